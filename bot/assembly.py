"""Puts an office together from an installation's settings: database, keys, people, routes, ways out."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

from bot import vault
from bot.delivery import Messenger
from bot.errors import NotReadyError
from bot.reporting.office import EMAIL, KeyCupboard, Office
from bot.reporting.people import Directory, Person
from bot.reporting.policies_in_force import PoliciesInForce, in_force
from bot.reporting.routes_in_force import Routes, route_of
from bot.reporting.schools import load_schools
from bot.reporting.schools_in_force import SchoolsInForce, look_for_absences
from bot.settings import Settings
from knowledge.loader import shipped_policies
from storage.store import Store


@contextmanager
def opened(
    found: Settings, *, mounts: tuple[Path, ...], migrated: bool, clock: Callable[[], datetime]
) -> Iterator[Office]:
    """An office on the database, for a command beside a running `serve`."""
    with vault.opened(found, mounts=mounts, migrated=migrated) as kept:
        published = in_force(kept.store, kept.keys) if kept.current else None
        directory = directory_from(found, published.policies() if published else None)
        office = assemble(kept.store, kept.keys, directory, messengers(found, kept.store, clock), published)
        if kept.current and isinstance(office.schools, SchoolsInForce):
            look_for_absences(office, office.schools)
        yield office


def directory_from(found: Settings, known: tuple[str, ...] | None = None) -> Directory:
    """The schools file; it names `known` policies, or built-in ones. Raises `NotReadyError`, `Refused`."""
    if found.schools is None:
        raise NotReadyError("SIGNPOST_SCHOOLS names no schools file: run signpost init")
    return load_schools(found.schools, known_policies=known or shipped_policies())


def assemble(
    store: Store,
    keys: KeyCupboard,
    directory: Directory,
    ways: Mapping[str, Messenger],
    published: PoliciesInForce | None = None,
) -> Office:
    """An office on a database. Without `published`, reports are routed by the built-in policies alone."""
    schools = SchoolsInForce(directory, known=published.policies if published else shipped_policies)
    reach = {name: partial(_reaches, way) for name, way in ways.items()}
    routes = Routes(published).of
    return Office(store, keys, schools, lambda report: route_of(report, schools.directory, routes), reach)


def _reaches(way: Messenger, person: Person) -> bool:
    return way.address(person) is not None


def messengers(found: Settings, store: Store, clock: Callable[[], datetime]) -> dict[str, Messenger]:
    """The ways out that are configured, in order of preference; e-mail last."""
    ways: dict[str, Messenger] = {}
    if found.console_url is not None:
        from bot.console_messenger import ConsoleMessenger

        ways["console"] = ConsoleMessenger(found.console_url)
    if found.slack_bot_token is not None:
        from bot.slack.client import SlackClient
        from bot.slack.messenger import SlackMessenger

        client = SlackClient(found.slack_bot_token.get_secret_value(), found.slack_api_url)
        ways["slack"] = SlackMessenger(client)
    if found.teams_app_id is not None:
        from bot.teams.installation import messenger_for

        ways["teams"] = messenger_for(found, store, clock)
    if found.smtp_url is not None and found.mail_from is not None:
        from bot.mail import Mail

        ways[EMAIL] = Mail(found.smtp_url, found.mail_from)
    return ways
