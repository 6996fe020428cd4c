"""The composition root: the only place that reads the environment and the clock."""

import getpass
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import UnreadableError
from bot.settings import Settings, read_settings

if TYPE_CHECKING:
    from bot.doctor import Finding
    from bot.reporting.office import Office
    from bot.signpost import Shelf, Signpost
    from bot.vault import Vault

_STARTED = datetime.now(UTC)
_TICKS = time.CLOCK_BOOTTIME if hasattr(time, "CLOCK_BOOTTIME") else time.CLOCK_MONOTONIC
_STARTED_TICKS = time.clock_gettime(_TICKS) if hasattr(time, "clock_gettime") else time.monotonic()


def settings(folder: Path | None = None) -> Settings:
    """This process's settings."""
    return read_settings(os.environ, folder or Path.cwd())


def now() -> datetime:
    """The time: read once from the wall clock, then kept by a clock that nobody can set (promise R13)."""
    ticks = time.clock_gettime(_TICKS) if hasattr(time, "clock_gettime") else time.monotonic()
    return datetime.fromtimestamp(_STARTED.timestamp() + ticks - _STARTED_TICKS, UTC)


def today() -> date:
    """Today's date, for saying whether a policy is past its review."""
    return now().date()


def os_user() -> str:
    """The operating-system user at this terminal, for the audit; not what the environment claims."""
    if hasattr(os, "getuid"):
        import pwd

        try:
            return pwd.getpwuid(os.getuid()).pw_name
        except KeyError:
            return f"uid {os.getuid()}"
    return getpass.getuser()


def installed() -> bool:
    """Whether an installation is set up here and has begun: keys, people, and a database that is there."""
    found = settings()
    if found.keys_file is None or found.schools is None:
        return False
    scheme, _, file = found.database_url.get_secret_value().partition(":///")
    return not scheme.startswith("sqlite") or Path(file).exists()


def signpost(
    *,
    pack: Path | None = None,
    document: Path | None = None,
    shelf: "Shelf | None" = None,
    earlier: bool = False,
) -> "Signpost":
    """Signpost with its shipped mind; `earlier` answers from what is on the shelf alone.

    Raises `UnreadableError` for a pack or document that cannot be used.
    """
    from bot.signpost import Signpost
    from knowledge.loader import load_pack
    from knowledge.understanding import shipped_mind
    from knowledge.yamlfile import Refused

    try:
        loaded = load_pack(pack) if pack else None
    except Refused as error:
        raise UnreadableError(f"{pack} is not used, since it has faults:\n{error}") from error
    quotes = _quotes(document) if document else None
    return Signpost(shipped_mind(), pack=loaded, shelf=shelf, only_published=earlier, quotes=quotes)


def _quotes(document: Path) -> dict[str, str]:
    from knowledge.document import quotes_of

    try:
        return quotes_of(document.read_text(encoding="utf-8"), document.suffix)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise UnreadableError(f"{document} cannot be read as a policy document: {error}") from error


@contextmanager
def office(*, migrated: bool = True) -> Iterator["Office"]:
    """Open the database beside a running `serve`: nothing here claims notices or timers.

    Raises `NotReadyError` where keys, schools file or tables are missing; `migrated=False` takes the tables
    at any revision.
    """
    from bot import assembly

    with assembly.opened(settings(), mounts=_mounts(), migrated=migrated, clock=now) as found:
        yield found


@contextmanager
def vault() -> "Iterator[Vault]":
    """Open the database with its keys alone, for what needs nobody's address.

    Raises `NotReadyError` where keys or tables are missing.
    """
    from bot.vault import opened

    with opened(settings(), mounts=_mounts(), migrated=True) as found:
        yield found


def keys_path() -> Path:
    """Where the keys file is. Raises `NotReadyError` where the settings name none."""
    from bot.vault import keys_path

    return keys_path(settings())


def checkup() -> "Iterator[Finding]":
    """Look this installation over, for `signpost doctor`. Raises `SettingsError`."""
    from bot.checkup import Checkup

    return Checkup(settings(), _mounts(), now()).findings()


def serve() -> None:
    """Run until stopped: notices, escalation, health, the console page."""
    from bot import serving

    serving.serve(settings(), mounts=_mounts(), clock=now)


def _mounts() -> tuple[Path, ...]:
    from bot.private_files import secret_mounts

    return secret_mounts(os.environ)
