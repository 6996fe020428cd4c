"""An installation's database with its keys: all that is needed to read what was published in it.

An office (`bot.assembly`) adds the people and the ways to reach them, whose libraries take as long again to
load: a question at the command line does without.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.errors import NotReadyError, UsageError
from bot.keyring import read_keyring
from bot.reporting.office import KeyCupboard
from bot.settings import Settings
from storage import failpoints
from storage.migrating import HEAD, RevisionError, current
from storage.store import Store, UnavailableError, UnsafeError


@dataclass(frozen=True, slots=True)
class Vault:
    """The database and its keys. It is `current` where the tables are at this version."""

    store: Store
    keys: KeyCupboard
    current: bool


@contextmanager
def opened(found: Settings, *, mounts: tuple[Path, ...], migrated: bool) -> Iterator[Vault]:
    """Open the database, for a command beside a running `serve`. Raises `NotReadyError`, `KeysError`."""
    arm(found.failpoint)
    keys = cupboard(found, mounts)
    with plainly():
        store = Store(found.database_url.get_secret_value())
        try:
            ready = current(store) == HEAD
            if migrated and not ready:
                raise NotReadyError("the tables are not at this version: run signpost migrate")
            yield Vault(store, keys, ready)
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


def arm(setting: str | None) -> None:
    """Arm the failpoint that the settings name. Raises `UsageError` where there is none of that name."""
    try:
        if setting is not None:
            failpoints.arm(setting)
    except ValueError as error:
        raise UsageError(f"SIGNPOST_FAILPOINT: {error}") from error
