"""Looks an installation over for `signpost doctor`: each part by itself, so that one fault hides no other."""

import os
import shutil
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot import assembly, doctor, teams_doctor, vault
from bot.doctor import Finding
from bot.errors import KeysError, NotReadyError
from bot.greeting import greet
from bot.reporting.agreeing import SHOWN
from bot.reporting.backups import LAST_BACKUP
from bot.reporting.calling import CHASING, RESTORED
from bot.reporting.floor import shipped_floor
from bot.reporting.office import KeyCupboard, Office
from bot.reporting.people import Directory
from bot.reporting.policies_in_force import NotPublishedError, PoliciesInForce, in_force
from bot.reporting.rights import LIVE, State
from bot.reporting.staffing import survey
from bot.settings import Settings, half_of_slack, half_of_teams
from bot.slack.looked import SLACK
from bot.teams.looked import TEAMS
from knowledge.loader import shipped_pack, shipped_policies
from knowledge.yamlfile import Refused
from storage import cases, conversations, house, inspecting, keys, outbox, timers
from storage.audit import AuditLog
from storage.migrating import HEAD, current
from storage.sealing import SealBrokenError
from storage.store import Store, UnavailableError, UnsafeError

if TYPE_CHECKING:
    from knowledge.rules import Policy

_CHASED = (State.NOTIFIED.value, State.ACKNOWLEDGED.value)
_BESIDE = ("", "-wal", "-shm")
"""What SQLite keeps beside its file."""

Findings = Generator[Finding, None, None]


@dataclass(frozen=True, slots=True)
class Checkup:
    """One look at an installation, at one time. `mounts` are where the host itself keeps secrets."""

    settings: Settings
    mounts: tuple[Path, ...]
    now: datetime

    def findings(self) -> Findings:
        """Everything found. Nothing that is wrong with the installation is raised."""
        yield from doctor.of_settings(self.settings)
        yield from self._folder()
        yield from self._mail()
        cupboard = yield from self._keys()
        store = yield from self._store()
        try:
            published = yield from self._published(store, cupboard)
            directory = yield from self._schools(published)
            yield from self._slack(directory)
            yield from self._teams(directory, store)
            if store is not None:
                yield from self._database(store, cupboard, directory)
        finally:
            if store is not None:
                store.close()

    def _folder(self) -> Findings:
        folder = self.settings.data_dir
        if not folder.is_dir():
            yield doctor.warn(f"{folder} is not there yet", "start signpost serve: it makes it")
            return
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            yield doctor.fault(f"{folder} cannot be written by this user", "run as the user that owns it")
        yield doctor.of_disk(folder, shutil.disk_usage(folder).free)
        kept = [folder, folder / "console.token", *self._database_files()]
        yield from doctor.of_modes((path, path.stat().st_mode) for path in kept if path.exists())

    def _database_files(self) -> list[Path]:
        _, sqlite, path = self.settings.database_url.get_secret_value().partition("sqlite:///")
        return [Path(path + end) for end in _BESIDE] if sqlite else []

    def _mail(self) -> Findings:
        server = self.settings.smtp_url
        if server is None:
            return
        wrong = greet(server)
        if wrong is None:
            yield doctor.ok("the e-mail server answers")
        else:
            remedy = "correct SIGNPOST_SMTP_URL, or have the server mended"
            yield doctor.fault(f"the e-mail server {server.host}:{server.port}: {wrong}", remedy)

    def _keys(self) -> Generator[Finding, None, KeyCupboard | None]:
        try:
            return vault.cupboard(self.settings, self.mounts)
        except (KeysError, NotReadyError, OSError) as error:
            for line in str(error).splitlines():
                yield doctor.fault(*_split(line))
        return None

    def _published(
        self, store: Store | None, cupboard: KeyCupboard | None
    ) -> Generator[Finding, None, PoliciesInForce | None]:
        """The published policies; what keeps the database shut is said elsewhere."""
        if store is None or cupboard is None:
            return None
        try:
            return in_force(store, cupboard) if current(store) == HEAD else None
        except UnavailableError:
            return None
        except (SealBrokenError, KeysError, NotPublishedError) as error:
            remedy = "put the keys back that it was published under, or publish it again"
            yield doctor.fault(f"a published policy cannot be opened ({type(error).__name__})", remedy)
        return None

    def _schools(self, published: PoliciesInForce | None) -> Generator[Finding, None, Directory | None]:
        try:
            found = assembly.directory_from(self.settings, published.policies() if published else None)
        except NotReadyError as error:
            yield doctor.fault(*_split(str(error)))
        except Refused as refused:
            for one in refused.faults:
                yield doctor.fault(f"{one.file}:{one.line}: {one.what}", one.remedy)
        else:
            yield doctor.ok("the schools file has no fault")
            yield from doctor.of_guidance(shipped_floor(found.trust.nation), self._today(found))
            yield from _policies(found, self._today(found), published)
            return found
        return None

    def _slack(self, directory: Directory | None) -> Findings:
        found = self.settings
        if found.slack_bot_token is None or half_of_slack(found):
            return
        from bot.slack.looking import look

        accounts = _accounts(directory, SLACK)
        app = found.slack_app_token
        token, app_token = found.slack_bot_token.get_secret_value(), app.get_secret_value() if app else None
        seen = look(token, app_token, found.slack_api_url, accounts)
        yield from doctor.of_workspace(seen)
        if directory is not None and seen.trouble is None:
            yield from doctor.of_accounts(directory, seen.accounts, self._today(directory))

    def _teams(self, directory: Directory | None, store: Store | None) -> Findings:
        found = self.settings
        if found.teams_app_id is None or half_of_teams(found):
            return
        from bot.teams.looking import look

        accounts = _accounts(directory, TEAMS)
        seen = look(found, accounts, known=_heard_from(store, accounts))
        yield from teams_doctor.of_tenant(seen)
        if directory is not None:
            yield from teams_doctor.of_seats(directory, seen.accounts, self._today(directory))

    def _today(self, directory: Directory) -> date:
        return self.now.astimezone(ZoneInfo(directory.trust.timezone)).date()

    def _store(self) -> Generator[Finding, None, Store | None]:
        """The database, if it is there and whole: looking must not make an empty one."""
        if any(not path.exists() for path in self._database_files()[:1]):
            yield doctor.warn("there is no database yet", "start signpost serve: it makes it")
            return None
        try:
            store = Store(self.settings.database_url.get_secret_value())
        except (UnsafeError, OSError) as error:
            yield doctor.fault(*_split(str(error)))
            return None
        try:
            store.check()
        except UnavailableError as error:
            remedy = "see that it runs and that SIGNPOST_DATABASE_URL is right"
            yield doctor.fault(f"the database cannot be reached ({error})", remedy)
        except UnsafeError as error:
            yield doctor.fault(*_split(str(error)))
        except Exception as error:  # noqa: BLE001  a damaged file makes the driver raise anything
            yield doctor.fault(f"the database cannot be read ({type(error).__name__})", "restore a backup")
        else:
            yield doctor.ok("the database is reachable and whole")
            return store
        store.close()
        return None

    def _database(self, store: Store, cupboard: KeyCupboard | None, directory: Directory | None) -> Findings:
        try:
            at = current(store)
            yield doctor.of_tables(at, HEAD)
            with store.reading() as session:
                yield doctor.of_durability(inspecting.durability(session, sqlite=store.sqlite))
            if at != HEAD:
                return
            yield doctor.of_writing(takes=self._takes_writing(store))
            yield from self._stored(store)
            if cupboard is not None:
                yield from self._sealed(store, cupboard)
                if directory is not None:
                    ways = assembly.messengers(self.settings, store, lambda: self.now)
                    yield from self._people(assembly.assemble(store, cupboard, directory, ways))
        except UnavailableError as error:
            yield doctor.fault(f"the database went away ({error})", "run signpost doctor again")

    def _takes_writing(self, store: Store) -> bool:
        """Whether a row can be put in; it is taken back at once."""
        try:
            with store.writing() as session:
                house.put_fact(session, "looked", "over", self.now)
        except UnavailableError:
            return False
        return True

    def _stored(self, store: Store) -> Findings:
        with store.reading() as session:
            unchased = len(timers.unchased(session, _CHASED, (*CHASING, RESTORED)))
            unanswered = cases.count_unanswered(session, [state.value for state in LIVE])
            changes = [(one.id[:SHOWN], one.person) for one in house.role_changes(session)]
            backup = house.fact(session, LAST_BACKUP)
            waiting_since = outbox.oldest_waiting(session, self.now)
        yield from doctor.of_cases(unchased, unanswered)
        yield doctor.of_outbox(waiting_since, self.now)
        yield from doctor.of_role_changes(changes)
        yield doctor.of_backup(backup.at if backup else None, self.now)

    def _sealed(self, store: Store, cupboard: KeyCupboard) -> Findings:
        ring, path = cupboard.ring, vault.keys_path(self.settings)
        with store.reading() as session:
            in_use = keys.masters_in_use(session)
        age = self.now - datetime.fromtimestamp(path.stat().st_mtime, UTC)
        yield from doctor.of_keys(path, age, known=ring.keys, in_use=in_use)
        rows, breaks = AuditLog(ring.audit).verify(store)
        yield from doctor.of_audit(rows, [f"row {one.seq}: {one.what}" for one in breaks])

    def _people(self, office: Office) -> Findings:
        directory, today = office.directory, office.day(self.now)
        with office.store.reading() as session:
            lost = inspecting.lost_since(session)
            lanes = office.unreachable(session)
            unreachable = [one for one in directory.people if one in lanes]
        yield from doctor.of_people(directory, survey(directory, today), unreachable, today)
        yield from doctor.of_lost((one.lane, one.reason, one.at.date()) for one in lost)


def _accounts(directory: Directory | None, platform: str) -> list[str]:
    """The accounts on a platform of whoever holds a role."""
    people = directory.people.values() if directory is not None else ()
    holders = (one for one in people if directory is not None and directory.roles_of(one.id))
    return [one.accounts[platform] for one in holders if platform in one.accounts]


def _heard_from(store: Store | None, accounts: list[str]) -> frozenset[str]:
    """The accounts whose place in Teams is known; what keeps the database shut is said elsewhere."""
    try:
        if store is None or current(store) != HEAD:
            return frozenset()
        with store.reading() as session:
            return frozenset(one for one in accounts if conversations.of(session, one) is not None)
    except UnavailableError:
        return frozenset()


def _policies(directory: Directory, today: date, published: PoliciesInForce | None) -> Iterator[Finding]:
    named = dict.fromkeys([directory.trust.policy, *(one.policy for one in directory.schools.values())])
    found: list[Policy] = []
    for name in named:
        try:
            pack = published.pack(name) if published else None
        except Refused as refused:
            yield doctor.fault(
                f"the published policy {name} is faulty ({refused.faults[0].what})", "publish it again"
            )
            continue
        if pack is not None or name in shipped_policies():
            found.append((pack or shipped_pack(name)).policy)
    yield from doctor.of_policies(found, today)


def _split(text: str) -> tuple[str, str]:
    """A refusal's line as what is wrong and its remedy, which follows the last colon."""
    what, _, remedy = text.rpartition(": ")
    return (what, remedy) if what else (text, "see docs/operations.md")
