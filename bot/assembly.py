"""Puts an office together from an installation's settings: database, keys, people, routes, ways out."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

from bot.console_messenger import ConsoleMessenger
from bot.delivery import Messenger
from bot.errors import NotReadyError, UsageError
from bot.keyring import read_keyring
from bot.mail import Mail
from bot.reporting.floor import shipped_floor
from bot.reporting.office import EMAIL, KeyCupboard, Office
from bot.reporting.people import Directory, Person
from bot.reporting.policy_routes import PolicyRoutes, policy_routes
from bot.reporting.report import Report
from bot.reporting.route import Route
from bot.reporting.routing import plan
from bot.reporting.schools import load_schools
from bot.reporting.schools_in_force import SchoolsInForce
from bot.settings import Settings
from knowledge.catalogue import shipped_catalogue
from knowledge.loader import shipped_pack, shipped_policies
from storage import failpoints
from storage.migrating import HEAD, RevisionError, current
from storage.store import Store, UnavailableError, UnsafeError


@contextmanager
def opened(found: Settings, *, mounts: tuple[Path, ...], migrated: bool) -> Iterator[Office]:
    """An office on the database, for a command beside a running `serve`."""
    arm(found.failpoint)
    keys = cupboard(found, mounts)
    with plainly():
        store = Store(found.database_url.get_secret_value())
        try:
            if migrated and current(store) != HEAD:
                raise NotReadyError("the tables are not at this version: run signpost migrate")
            yield assemble(store, keys, directory_from(found), messengers(found))
        finally:
            store.close()


@contextmanager
def plainly() -> Iterator[None]:
    """Say in one line what keeps the database from being used. Raises `NotReadyError`."""
    try:
        yield
    except (UnsafeError, RevisionError) as error:
        raise NotReadyError(str(error)) from error
    except UnavailableError as error:
        raise NotReadyError(
            f"the database cannot be used now ({error}): is it running, is its disk full, may it be written?"
        ) from error


def keys_path(found: Settings) -> Path:
    """Where the keys file is. Raises `NotReadyError`."""
    if found.keys_file is None:
        raise NotReadyError("SIGNPOST_KEYS_FILE names no keys file: run signpost init")
    return found.keys_file


def cupboard(found: Settings, mounts: tuple[Path, ...]) -> KeyCupboard:
    """The keys file, read once to see that it is good. Raises `NotReadyError`, `KeysError`."""
    keys = KeyCupboard(keys_path(found), partial(read_keyring, mounts=mounts))
    _ = keys.ring
    return keys


def directory_from(found: Settings) -> Directory:
    """The schools file. Raises `NotReadyError`, or `Refused` with every fault."""
    if found.schools is None:
        raise NotReadyError("SIGNPOST_SCHOOLS names no schools file: run signpost init")
    return load_schools(found.schools, known_policies=shipped_policies())


def assemble(store: Store, keys: KeyCupboard, directory: Directory, ways: Mapping[str, Messenger]) -> Office:
    """An office on a database."""
    schools = SchoolsInForce(directory)
    reach = {name: partial(_reaches, way) for name, way in ways.items()}
    return Office(store, keys, schools, lambda report: route_of(report, schools.directory), reach)


def _reaches(way: Messenger, person: Person) -> bool:
    return way.address(person) is not None


def route_of(report: Report, directory: Directory) -> Route:
    """The route of a report: the school's policy over the nation's statutory floor."""
    school = directory.schools.get(report.school or "")
    policy = school.policy if school else directory.trust.policy
    return plan(report, directory, routes_of(policy), shipped_floor(directory.trust.nation))


@cache
def routes_of(policy: str) -> PolicyRoutes | None:
    """A built-in policy's routes; None for one that Signpost does not know."""
    if policy not in shipped_policies():
        return None
    return policy_routes(shipped_pack(policy), shipped_catalogue())


def messengers(found: Settings) -> dict[str, Messenger]:
    """The ways out that are configured, in order of preference; e-mail last."""
    ways: dict[str, Messenger] = {}
    if found.console_url is not None:
        ways["console"] = ConsoleMessenger(found.console_url)
    if found.slack_bot_token is not None:
        from bot.slack.client import SlackClient
        from bot.slack.messenger import SlackMessenger

        client = SlackClient(found.slack_bot_token.get_secret_value(), found.slack_api_url)
        ways["slack"] = SlackMessenger(client)
    if found.smtp_url is not None and found.mail_from is not None:
        ways[EMAIL] = Mail(found.smtp_url, found.mail_from)
    return ways


def arm(setting: str | None) -> None:
    """Arm the failpoint that the settings name. Raises `UsageError` where there is none of that name."""
    try:
        if setting is not None:
            failpoints.arm(setting)
    except ValueError as error:
        raise UsageError(f"SIGNPOST_FAILPOINT: {error}") from error
