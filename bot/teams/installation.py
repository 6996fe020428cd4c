"""What an installation's settings make of Teams: the way out, and the way in."""

from collections.abc import Callable
from datetime import datetime

from bot.reporting.office import Office
from bot.settings import Settings
from bot.signpost import Signpost
from bot.teams.callers import Callers, each
from bot.teams.client import TeamsClient
from bot.teams.desk import Desk
from bot.teams.face import TeamsFace
from bot.teams.hosts import Hosts
from bot.teams.keys import Keys
from bot.teams.messenger import PLATFORM, TeamsMessenger
from bot.teams.places import Places
from bot.teams.sdk import Endpoint, Handle
from bot.teams.tenant import tokens_for
from storage.store import Store


def messenger_for(found: Settings, store: Store, clock: Callable[[], datetime]) -> TeamsMessenger:
    """The way out. Raises `NotReadyError` where Teams is only half set up."""
    tenant = each(found.teams_tenant_id)[0]
    client = TeamsClient(tokens_for(found), tenant, Hosts(found.teams_service_urls))
    return TeamsMessenger(client, Places(store), clock, tenant=tenant)


def face_for(
    found: Settings,
    office: Office,
    policies: Callable[[], Signpost],
    way: TeamsMessenger,
    clock: Callable[[], datetime],
) -> TeamsFace:
    """The way in, beside the way out."""
    desk = Desk(
        office,
        policies,
        clock,
        PLATFORM,
        client=way.client,
        callers=Callers(tokens_for(found).for_graph, found),
        places=way.places,
    )
    keys, hosts = Keys(found.teams_openid_url), Hosts(found.teams_service_urls)

    def endpoint(handle: Handle) -> Endpoint:
        tenants = each(found.teams_tenant_id)
        return Endpoint(str(found.teams_app_id), tenants, handle, keys=keys, hosts=hosts)

    return TeamsFace(desk, endpoint)
