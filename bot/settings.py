"""Settings from the environment or `signpost.toml`; the environment wins, and every fault is told at once."""

import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from bot.addresses import has_password
from bot.errors import PrivateFileError, SettingsError
from bot.private_files import NOT_FOR_ALL, is_exposed, read_private, secret_mounts
from bot.setting_types import (
    DatabaseUrl,
    Failpoint,
    Host,
    Length,
    Level,
    Mailbox,
    MailUrl,
    Networks,
    Pem,
    Place,
    Port,
    Secret,
    Truth,
    WebUrl,
    WebUrls,
    Word,
)

FILE = "signpost.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What this installation has decided for itself. Each field is a key of `signpost.toml`.

    Secrets show as stars wherever settings are shown. Paths are whole.
    """

    policy: Word | None = None
    """Answers `ask` when none is named."""
    database_url: DatabaseUrl
    """SQLAlchemy's form; without one, SQLite in `data_dir`."""
    data_dir: Place
    keys_file: Place | None = None
    schools: Place | None = None
    host: Host = "127.0.0.1"
    port: Port = 8080
    log_level: Level = "info"
    mail_from: Mailbox | None = None
    email_after: Length = timedelta(minutes=10)
    """How long chat may be down before notices go by e-mail."""
    smtp_url: MailUrl | None = None
    trusted_proxies: Networks = ()
    """Whose X-Forwarded-* headers count."""
    metrics_token: Secret | None = None
    """Without it `/metrics` answers this machine only."""
    test: Truth = False
    failpoint: Failpoint | None = None
    console_url: WebUrl | None = None
    slack_bot_token: Secret | None = None
    slack_signing_secret: Secret | None = None
    slack_app_token: Secret | None = None
    slack_api_url: WebUrl | None = None
    teams_app_id: Word | None = None
    teams_app_secret: Secret | None = None
    teams_app_certificate: Pem | None = None
    teams_managed_identity: Word | None = None
    teams_tenant_id: Word | None = None
    teams_openid_url: WebUrl | None = None
    teams_login_url: WebUrl | None = None
    teams_service_urls: WebUrls = ()
    """Hosts added to those that notices may go to (promise S19)."""
    graph_url: WebUrl | None = None
    teams_staff_group: Word | None = None
    teams_pupils: Word | None = None


NAMES = tuple(one.name for one in fields(Settings))
SECRETS = (
    "database_url",
    "smtp_url",
    "metrics_token",
    "slack_bot_token",
    "slack_signing_secret",
    "slack_app_token",
    "teams_app_secret",
    "teams_app_certificate",
)
"""Each may instead stand in a file of its own, which NAME_file names."""
_FILES = {f"{name}_file": name for name in SECRETS}
_BARE = frozenset(
    "slack_bot_token slack_signing_secret slack_app_token teams_app_id teams_app_secret teams_tenant_id "
    "teams_app_certificate teams_managed_identity teams_staff_group teams_pupils".split()
)
"""What the platforms' own documents name: no SIGNPOST_ stands before these variables."""
_APP_LEVEL = "xapp-"
_TEAMS_PROOFS = ("teams_app_secret", "teams_app_certificate", "teams_managed_identity")
_TEAMS_REST = ("teams_tenant_id", "teams_staff_group", "teams_pupils")
_GUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_ONLY_IN_TESTS = ("failpoint", "console_url")
_DIGITS = re.compile(r"[0-9]{1,5}", re.ASCII)
_SPOT = re.compile(r"line \d+, column \d+|end of document")
_ADAPTER = TypeAdapter(Settings)


@dataclass(frozen=True, slots=True)
class _Given:
    """One setting as somebody gave it, and where, so that a refusal can point there."""

    source: str
    value: object = field(repr=False)


def read_settings(environment: Mapping[str, str], folder: Path) -> Settings:
    """Read settings; relative paths are taken from `folder`, where `signpost.toml` may be.

    Raises `SettingsError` with one line for each problem.
    """
    reader = _Reader(folder, secret_mounts(environment))
    given = reader.opened(_merged(reader.from_file(), _from_environment(environment)))
    reader.problems.extend(_misplaced(given))
    found = _validated(given, folder)
    if reader.problems or not isinstance(found, Settings):
        faults = () if isinstance(found, Settings) else found
        raise SettingsError((*reader.problems, *faults))
    return found


def half_of_slack(found: Settings) -> str:
    """What keeps Slack from being used as it is set up, with its remedy; empty where nothing does."""
    bot, app, secret = found.slack_bot_token, found.slack_app_token, found.slack_signing_secret
    if bot is not None and bot.get_secret_value().startswith(_APP_LEVEL):
        return "SLACK_BOT_TOKEN holds an app-level token: put the bot token there, which begins with xoxb-"
    if app is not None and not app.get_secret_value().startswith(_APP_LEVEL):
        return "SLACK_APP_TOKEN holds no app-level token: put the one there that begins with xapp-"
    if bot is not None and app is None and secret is None:
        return (
            "Slack has a bot token and no way in: set SLACK_APP_TOKEN (Socket Mode), "
            "or SLACK_SIGNING_SECRET (HTTP)"
        )
    if bot is None and (app or secret) is not None:
        given = "SLACK_APP_TOKEN" if app else "SLACK_SIGNING_SECRET"
        return f"{given} is set and no bot token: set SLACK_BOT_TOKEN"
    return ""


def half_of_teams(found: Settings) -> str:
    """What keeps Teams from being used as it is set up, with its remedy; empty where nothing does."""
    given = [variable(name) for name in _TEAMS_PROOFS if getattr(found, name) is not None]
    rest = [*given, *(variable(name) for name in _TEAMS_REST if getattr(found, name))]
    if found.teams_app_id is None:
        return f"{rest[0]} is set and no app: set TEAMS_APP_ID" if rest else ""
    if not _GUID.fullmatch(found.teams_app_id):
        return "TEAMS_APP_ID holds no id: copy the Application (client) ID of the app registration"
    tenants = _listed(found.teams_tenant_id or "")
    if not tenants or not all(map(_GUID.fullmatch, tenants)):
        what = "TEAMS_TENANT_ID holds no id" if tenants else "Teams has an app and no tenant"
        return f"{what}: set TEAMS_TENANT_ID to the Directory (tenant) ID"
    if len(given) != 1:
        what = f"{' and '.join(given)} are set" if given else "Teams has an app and no credential"
        return f"{what}: set one of {', '.join(map(variable, _TEAMS_PROOFS))}"
    return ""


def variable(name: str) -> str:
    """The environment variable of a setting."""
    bare = _FILES.get(name, name) in _BARE
    return name.upper() if bare else f"SIGNPOST_{name.upper()}"


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the files that settings are in, noting problems as it goes."""

    folder: Path
    mounts: tuple[Path, ...]
    problems: list[str] = field(default_factory=list)

    def from_file(self) -> dict[str, _Given]:
        path = self.folder / FILE
        try:
            written, mode = tomllib.loads(path.read_text(encoding="utf-8-sig")), path.stat().st_mode
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            self.problems.append(f"{FILE} cannot be read: {why}")
            return {}
        except tomllib.TOMLDecodeError as error:
            # Only the place: the parser's words may quote what stands there.
            spot = _SPOT.search(str(error))
            self.problems.append(f"{FILE} is not TOML at {spot[0] if spot else 'some place'}")
            return {}
        self._note_strangers(written)
        if is_exposed(path, mode, mounts=self.mounts, refused=NOT_FOR_ALL):
            self._note_open_secrets(written)
        return {
            name: _Given(f"{FILE}: {name}", value)
            for name, value in written.items()
            if name in NAMES or name in _FILES
        }

    def opened(self, given: Mapping[str, _Given]) -> dict[str, _Given]:
        """Put the content of each NAME_file in the place of NAME."""
        settled = {name: one for name, one in given.items() if name not in _FILES}
        for name, secret in _FILES.items():
            if name not in given:
                continue
            if secret in given:
                self.problems.append(f"{given[name].source}: give either this or {given[secret].source}")
            elif (text := self._secret(given[name])) is not None:
                settled[secret] = _Given(given[name].source, text)
        return settled

    def _secret(self, named: _Given) -> str | None:
        path = self.folder / named.value if isinstance(named.value, str) else None
        if path is None or not os.path.lexists(path):
            # The path is not shown: it may be the secret itself, put where its file should be named.
            self.problems.append(f"{named.source}: expected the path of a file that is there")
            return None
        try:
            content = read_private(path, mounts=self.mounts, refused=NOT_FOR_ALL)
        except PrivateFileError as error:
            self.problems.append(f"{named.source}: {error}")
            return None
        if not content.strip():
            self.problems.append(f"{named.source}: {path} is empty")
            return None
        return content.removesuffix("\n").removesuffix("\r")

    def _note_strangers(self, written: Mapping[str, object]) -> None:
        strange = sorted(set(written) - set(NAMES) - set(_FILES))
        if strange:
            self.problems.append(
                f"{FILE}: unknown settings {', '.join(strange)}; known are {', '.join(NAMES)}"
            )

    def _note_open_secrets(self, written: Mapping[str, object]) -> None:
        for name in SECRETS:
            value = written.get(name)
            if isinstance(value, str) and (not name.endswith("_url") or has_password(value)):
                self.problems.append(
                    f"{FILE}: {name}: others can read this file: run chmod 600 {self.folder / FILE}"
                )


def _from_environment(environment: Mapping[str, str]) -> dict[str, _Given]:
    return {
        name: _Given(variable(name), _TYPED.get(name, str)(environment[variable(name)]))
        for name in (*NAMES, *_FILES)
        if environment.get(variable(name), "").strip()
    }


def _merged(file: Mapping[str, _Given], environment: Mapping[str, _Given]) -> dict[str, _Given]:
    """Put the environment before the file, whichever of NAME and NAME_file each of them used."""
    taken = {_FILES.get(name, name) for name in environment}
    return {name: one for name, one in file.items() if _FILES.get(name, name) not in taken} | dict(
        environment
    )


def _misplaced(given: Mapping[str, _Given]) -> Iterator[str]:
    if "test" in given and given["test"].value is True:
        return
    for name in _ONLY_IN_TESTS:
        if name in given:
            yield f"{given[name].source}: only where SIGNPOST_TEST=1"


def _validated(given: Mapping[str, _Given], folder: Path) -> Settings | tuple[str, ...]:
    values = {"data_dir": "data"} | {name: one.value for name, one in given.items()}
    values.setdefault("database_url", f"sqlite:///{values['data_dir']}/signpost.db")
    try:
        return _ADAPTER.validate_python(values, context={"folder": folder})
    except ValidationError as error:
        # Handed back rather than raised from here: pydantic's own error holds the values.
        return tuple(
            f"{_source(given, str(fault['loc'][0]))}: {fault.get('ctx', {}).get('error', fault['msg'])}"
            for fault in error.errors(include_url=False, include_input=False)
        )


def _source(given: Mapping[str, _Given], name: str) -> str:
    return given[name].source if name in given else variable(name)


def _listed(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


# The environment knows only text; what is not of its type stays text and is refused as such.
_TYPED: Mapping[str, Callable[[str], object]] = {
    "port": lambda text: int(text) if _DIGITS.fullmatch(text) else text,
    "test": lambda text: {"1": True, "0": False}.get(text, text),
    "log_level": str.lower,
    "trusted_proxies": _listed,
    "teams_service_urls": _listed,
}
