"""What may be wrong with an installation, as pure checks: values in, findings out, each with its remedy.

`bot.checkup` looks at the installation and asks these.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from bot.durations import say_duration
from bot.reporting.floor import Floor
from bot.reporting.people import Directory
from bot.reporting.staffing import Survey
from bot.settings import Settings, half_of_slack, half_of_teams
from bot.slack.looked import SLACK, USEFUL_SCOPES, VITAL_SCOPES, Account, Workspace
from knowledge.rules import Policy, Role

_LOW, _EMPTY = 1_000_000_000, 100_000_000
_OLD_KEYS = timedelta(days=400)
_OLD_BACKUP = timedelta(days=2)
_SLOW, _STUCK = timedelta(minutes=1), timedelta(minutes=10)
_OTHERS = 0o077
_NAMED = 6
_MUST_HOLD = frozenset({Role.DSL, Role.PRINCIPAL, Role.ABOUT_HEAD, Role.ABOUT_EXECUTIVE, Role.ADMINISTRATOR})
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Level(StrEnum):
    """How bad it is. FAULT: reports could be lost, unread or read by others."""

    OK = "ok"
    WARN = "warn"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at, in one line; `remedy` is what to do, empty where nothing is."""

    level: Level
    what: str
    remedy: str = ""


def ok(what: str) -> Finding:
    """Something is as it should be."""
    return Finding(Level.OK, what)


def warn(what: str, remedy: str) -> Finding:
    """Something should be seen to."""
    return Finding(Level.WARN, what, remedy)


def fault(what: str, remedy: str) -> Finding:
    """Something has to be put right now."""
    return Finding(Level.FAULT, what, remedy)


def of_settings(found: Settings) -> Iterator[Finding]:
    """Settings that are each valid and together are not."""
    yield ok("the settings can be read")
    if found.smtp_url and not found.mail_from:
        yield fault("there is an e-mail server and no sender", "set SIGNPOST_MAIL_FROM")
    if found.mail_from and not found.smtp_url:
        yield warn("there is an e-mail sender and no server", "set SIGNPOST_SMTP_URL")
    half = half_of_slack(found)
    if half:
        yield fault(*half.split(": ", 1))
    elif found.slack_app_token and found.slack_signing_secret:
        remedy = "unset SLACK_SIGNING_SECRET, or SLACK_APP_TOKEN where requests are to come over HTTP"
        yield warn("Slack has both ways in, of which only Socket Mode is used", remedy)
    slack = found.slack_bot_token and not half
    yield from _of_teams_settings(found)
    teams = found.teams_app_id and not half_of_teams(found)
    if not any((found.smtp_url, found.console_url, slack, teams)):
        remedy = "set SIGNPOST_SMTP_URL and SIGNPOST_MAIL_FROM"
        yield fault("nobody can be told anything: neither chat nor e-mail is set up", remedy)
    elif not found.smtp_url:
        remedy = "set SIGNPOST_SMTP_URL and SIGNPOST_MAIL_FROM"
        yield warn("there is no way past chat when chat is down", remedy)
    if found.test:
        remedy = "unset SIGNPOST_TEST where real reports come in"
        yield warn("SIGNPOST_TEST=1: whoever has the console token can report and act as anybody", remedy)
    if found.host not in _LOOPBACK and not found.trusted_proxies:
        remedy = "put a proxy with TLS before it and name it in SIGNPOST_TRUSTED_PROXIES"
        yield warn(f"it listens on {found.host}, and no proxy is named", remedy)


def _of_teams_settings(found: Settings) -> Iterator[Finding]:
    if half := half_of_teams(found):
        yield fault(*half.split(": ", 1))
    elif found.teams_app_id and not found.teams_pupils:
        remedy = "set TEAMS_PUPILS to the pupils' group or e-mail domain"
        yield warn("nothing says which accounts of the tenant are pupils'", remedy)


def of_keys(
    path: Path, age: timedelta, *, known: Collection[str], in_use: Collection[str]
) -> Iterator[Finding]:
    """The keys file: how old it is, and whether it has every master key (by name) that something needs."""
    missing = sorted(set(in_use) - set(known))
    if missing:
        remedy = f"restore {path} from its backup, with the key {missing[0]}"
        yield fault(f"what {', '.join(missing)} sealed cannot be read: no such key in the keys file", remedy)
    if age > _OLD_KEYS:
        yield warn(f"the keys have not been changed for {age.days} days", "run signpost rotate-keys")
    if not missing and age <= _OLD_KEYS:
        yield ok("the keys file is good")


def of_modes(modes: Iterable[tuple[Path, int]]) -> Iterator[Finding]:
    """Files and folders, with their modes, that nobody but their owner may open."""
    exposed = [(path, mode) for path, mode in modes if mode & _OTHERS]
    for path, mode in exposed:
        wanted = "700" if path.is_dir() else "600"
        yield fault(f"{path} is open to others (mode {mode & 0o777:04o})", f"chmod {wanted} {path}")
    if not exposed:
        yield ok("what is kept is closed to others")


def of_disk(folder: Path, free: int) -> Finding:
    """Bytes left where the data is."""
    if free < _LOW:
        level = Level.FAULT if free < _EMPTY else Level.WARN
        return Finding(level, f"{free // 1_000_000} MB are left on the disk of {folder}", "make room there")
    return ok(f"{free // 1_000_000_000} GB are left on the disk of {folder}")


def of_people(
    directory: Directory, found: Survey, unreachable: Collection[str], today: date
) -> Iterator[Finding]:
    """Who cannot be told anything, roles nobody is in, hours nobody covers. People are named by id."""
    staying = {one for one in unreachable if not directory.people[one].gone(today)}
    duty = sorted(one for one in staying if directory.roles_of(one))
    rest = sorted(staying - set(duty))
    remedy = "give an e-mail address or an account in the schools file that Signpost has a way to"
    if duty:
        yield fault(f"nothing reaches {some(duty)}, who would be told of reports", remedy)
    if rest:
        yield warn(f"nothing reaches {some(rest)}: no receipts, no questions", remedy)
    for held in found.vacant:
        level = Level.FAULT if held.role in _MUST_HOLD else Level.WARN
        where = f" at {held.school}" if held.school else ""
        yield Finding(
            level, f"nobody is here as {held.role.value}{where}", "name somebody in the schools file"
        )
    for lacking in found.lacking:
        what = f"the ladder tells {lacking.role.value}, which nobody holds at {lacking.school}"
        yield warn(what, f"add {lacking.role.value} to roles in the schools file, or take it off the ladder")
    yield from _uncovered(found)
    for hint in found.hints:
        yield warn(hint, "see signpost schools check")
    if not staying and not found.vacant:
        yield ok("everybody can be reached and every role has somebody")


def of_workspace(seen: Workspace) -> Iterator[Finding]:
    """Whether Slack takes the tokens, and what it has granted."""
    if seen.trouble is not None:
        what, remedy = "refuses the bot token", "copy the Bot User OAuth Token into SLACK_BOT_TOKEN anew"
        if not seen.trouble.refused:
            what, remedy = "cannot be asked", "see that this machine reaches it, and SIGNPOST_SLACK_API_URL"
        yield fault(f"Slack {what} ({seen.trouble.why})", remedy)
        return
    yield ok(f"Slack takes the bot token, for {seen.name}")
    if seen.socket is not None:
        what = f"Slack gives no Socket Mode connection ({seen.socket.why})"
        remedy = "make an app-level token with connections:write, and see that Socket Mode is on"
        yield fault(what, remedy)
    if seen.scopes is None:
        return
    for scopes, level in ((VITAL_SCOPES, Level.FAULT), (USEFUL_SCOPES, Level.WARN)):
        for scope in sorted(set(scopes) - seen.scopes):
            what = f"Slack did not grant {scope}: {scopes[scope]}"
            yield Finding(level, what, "put manifest.yml into the app's settings, and install it again")


def of_accounts(directory: Directory, accounts: Mapping[str, Account], today: date) -> Iterator[Finding]:
    """Whether those who are told of reports have a Slack account that works; `accounts`: what each is."""
    told = [one for one in directory.people.values() if not one.gone(today) and directory.roles_of(one.id)]
    without = sorted(one.id for one in told if not one.accounts)
    if without:
        remedy = "give each the slack: of their profile (Copy member ID) in the schools file"
        yield warn(f"{some(without)} would be told of reports and have no Slack account", remedy)
    for kind in Account:
        ids = sorted(one.id for one in told if accounts.get(one.accounts.get(SLACK, "")) is kind)
        if not ids or kind is Account.MEMBER:
            continue
        if kind is Account.UNSEEN:
            yield warn(f"Slack said nothing of {some(ids)} in time", "run signpost doctor again in a minute")
        else:
            yield fault(
                f"the Slack account of {some(ids)} is {kind.value}", "correct slack: in the schools file"
            )


def of_lost(lanes: Iterable[tuple[str, str, date]]) -> Iterator[Finding]:
    """Ways on which somebody was found unreachable: platform and id, the reason, since when."""
    for lane, reason, since in lanes:
        platform, _, person = lane.partition(":")
        what = f"{person} cannot be reached on {platform} since {since} ({reason})"
        yield warn(
            what, f"correct their {platform} account or address; it is tried again once they are seen there"
        )


def _uncovered(found: Survey) -> Iterator[Finding]:
    days: dict[str, list[date]] = {}
    for one in found.uncovered:
        days.setdefault(one.school, []).append(one.opening.opens.date())
    for school, lacking in days.items():
        what = f"{school} has no DSL and no deputy on {len(lacking)} school days, first on {lacking[0]}"
        yield fault(what, "name a deputy_dsl, or change who is away, in the schools file")


def of_tables(at: str | None, head: str) -> Finding:
    """The revision that the tables are at."""
    if at == head:
        return ok(f"the tables are at {at}")
    return fault(
        f"the tables are at {at or 'nothing yet'}, this version needs {head}", "run signpost migrate"
    )


def of_durability(setting: str) -> Finding:
    """Whether a commit is on disk when it returns: SQLite's `synchronous`, PostgreSQL's."""
    if setting in {"2", "3", "on", "local", "remote_write", "remote_apply"}:
        return ok("what is committed is on disk")
    return fault(f"the database does not write through (synchronous is {setting})", "set it to full, or on")


def of_writing(*, takes: bool) -> Finding:
    """Whether the database, which can be read, takes anything new."""
    if takes:
        return ok("the database can be written to")
    remedy = "see whether its disk has become read-only, or another program holds it"
    return fault("nothing can be written to the database: no report could be saved", remedy)


def of_cases(unchased: int, unanswered: int) -> Iterator[Finding]:
    """Open cases that nothing moves on, and those that went a whole lap without an answer."""
    if unchased:
        remedy = "start signpost serve: it sets them going within half a minute"
        yield fault(f"{unchased} open cases have nothing to move them on", remedy)
    if unanswered:
        remedy = "ask everybody in a safeguarding role to look at their notices; mention no case to anybody"
        yield fault(f"{unanswered} cases went a whole lap of their ladder without an answer", remedy)
    if not unchased and not unanswered:
        yield ok("every open case is being called for, or somebody has it")


def of_outbox(waiting_since: datetime | None, now: datetime) -> Finding:
    """How long the oldest message that is due has waited."""
    waited = now - waiting_since if waiting_since else timedelta(0)
    if waited < _SLOW:
        return ok("no message is late")
    level = Level.FAULT if waited >= _STUCK else Level.WARN
    what = f"the oldest message has waited for {say_duration(waited)}"
    return Finding(level, what, "see that signpost serve runs, and that chat or the e-mail server answers")


def of_role_changes(changes: Sequence[tuple[str, str]]) -> Iterator[Finding]:
    """People new in a role whom nobody has agreed to: the change's id as it is shown, and the person's."""
    for change, person in changes:
        what = f"{person} is new in a role, and older cases stay shut to them"
        yield warn(what, f"have a head or DSL run signpost agree {change}")
    if not changes:
        yield ok("nobody new in a role waits for agreement")


def of_guidance(floor: Floor, today: date) -> Iterator[Finding]:
    """Statutory guidance of which a newer edition should be out."""
    for source in dict.fromkeys(line.source for line in floor.stale(today)):
        one = floor.sources[source]
        what = f"a newer edition of {one.title} was due on {one.next_edition_due}"
        yield warn(what, "update Signpost, and check routes against the new edition")
    if not floor.written:
        remedy = "see that your policy names everybody who has to hear"
        yield warn(f"no statutory floor is written for {floor.nation} yet", remedy)
    elif not floor.stale(today):
        yield ok("no newer edition of the guidance is due")


def of_policies(policies: Iterable[Policy], today: date) -> Iterator[Finding]:
    """Policies in force that are past their review."""
    late = [policy for policy in policies if policy.overdue(today)]
    for policy in late:
        what = f"the policy {policy.id} was due for review on {policy.review_due}"
        yield warn(what, "have its owner review it, and publish the new version")
    if not late:
        yield ok("no policy is past its review")


def of_backup(at: datetime | None, now: datetime) -> Finding:
    """When the last backup was made."""
    remedy = "run signpost backup FILE every day, and keep FILE.keys apart from it"
    if at is None:
        return warn("no backup was ever made", remedy)
    if now - at > _OLD_BACKUP:
        return warn(f"the last backup is {(now - at).days} days old", remedy)
    return ok("there is a fresh backup")


def of_audit(rows: int, breaks: Sequence[str]) -> Iterator[Finding]:
    """The audit chain: how many rows, and where it does not hold."""
    for broken in breaks[:_NAMED]:
        remedy = "keep this database as it is, and compare it with a backup: somebody changed it"
        yield fault(f"the audit does not verify: {broken}", remedy)
    if not breaks:
        yield ok(f"all {rows} rows of the audit verify")


def some(ids: Sequence[str]) -> str:
    """The first few of some ids, in words, and how many more there are."""
    more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
    return f"{', '.join(ids[:_NAMED])}{more}"
