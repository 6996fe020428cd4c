"""Where reports go by the policies in force, compiled once for each version, over the statutory floor."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from bot.logs import log
from bot.reporting.floor import shipped_floor
from bot.reporting.people import Directory
from bot.reporting.policies_in_force import PoliciesInForce
from bot.reporting.policy_routes import PolicyRoutes, policy_routes
from bot.reporting.report import Report
from bot.reporting.route import Route
from bot.reporting.routing import plan
from knowledge.catalogue import shipped_catalogue
from knowledge.loader import shipped_pack, shipped_policies
from knowledge.yamlfile import Refused


def route_of(
    report: Report, directory: Directory, routes: Callable[[str], PolicyRoutes | None] | None = None
) -> Route:
    """The route of a report: the school's policy over the nation's statutory floor."""
    school = directory.schools.get(report.school or "")
    policy = school.policy if school else directory.trust.policy
    return plan(report, directory, (routes or routes_of)(policy), shipped_floor(directory.trust.nation))


@cache
def routes_of(policy: str) -> PolicyRoutes | None:
    """A built-in policy's routes; None for one that Signpost does not know."""
    if policy not in shipped_policies():
        return None
    return policy_routes(shipped_pack(policy), shipped_catalogue())


@dataclass(slots=True)
class Routes:
    """The routes of policies: a published one's as of its newest version, else those of a built-in one."""

    published: PoliciesInForce | None = None
    _made: dict[str, tuple[str, PolicyRoutes]] = field(default_factory=dict)

    def of(self, policy: str) -> PolicyRoutes | None:
        """A policy's routes; without any that can be used, the statutory floor alone decides."""
        mark = self.published.mark(policy) if self.published else None
        if self.published is None or mark is None:
            return routes_of(policy)
        made = self._made.get(policy)
        if made is None or made[0] != mark:
            try:
                pack = self.published.base(policy)
            except Refused:
                log.error("published_policy_faulty")
                return routes_of(policy)
            made = self._made[policy] = mark, policy_routes(pack, shipped_catalogue())
        return made[1]
