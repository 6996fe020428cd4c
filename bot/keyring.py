"""The keys file: master keys that wrap the cases' own keys, and the key of the audit chain (promise S10)."""

import base64
import binascii
import re
import secrets
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from bot.errors import KeysError, PrivateFileError
from bot.private_files import MOUNT, read_private, write_private

_BYTES = 32
_NAME = re.compile(r"[A-Za-z0-9_-]{1,32}", re.ASCII)
_SPOT = re.compile(r"line \d+, column \d+|end of document")
_RESTORE = "restore it from its backup"


@dataclass(frozen=True, slots=True)
class Keyring:
    """Master keys by name, 32 bytes each; `active` wraps new keys, the others still open old ones.

    `audit` signs the audit chain and is never rotated with them. No value shows in `repr`.
    """

    active: str
    keys: Mapping[str, bytes] = field(repr=False)
    audit: bytes = field(repr=False)


def read_keyring(path: Path, *, mounts: tuple[Path, ...] = (MOUNT,)) -> Keyring:
    """Read the keys file; it must be its owner's alone, or read-only under one of `mounts`.

    Raises `KeysError`: a line for each fault, with its remedy, never a value.
    """
    try:
        text = read_private(path, mounts=mounts)
    except PrivateFileError as error:
        missing = isinstance(error.__cause__, FileNotFoundError)
        hint = f": run signpost init, or {_RESTORE}" if missing else ""
        raise KeysError(f"keys file: {error}{hint}") from error
    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        spot = _SPOT.search(str(error))
        raise KeysError(
            f"keys file {path}: it is not TOML at {spot[0] if spot else 'some place'}: {_RESTORE}"
        ) from None  # the parser's words may quote a key
    keyring, faults = _understood(written)
    if faults or keyring is None:
        raise KeysError("\n".join(f"keys file {path}: {fault}" for fault in faults))
    return keyring


def new_keyring_text() -> str:
    """A fresh keys file: one master key, active, and an audit key."""
    return _written(Keyring("k1", {"k1": secrets.token_bytes(_BYTES)}, secrets.token_bytes(_BYTES)))


def with_new_key(keyring: Keyring) -> Keyring:
    """The keyring with one more key, fresh and active."""
    numbers = [int(name[1:]) for name in keyring.keys if re.fullmatch(r"k[0-9]{1,9}", name, re.ASCII)]
    name = f"k{max(numbers, default=0) + 1}"
    return Keyring(name, _frozen({**keyring.keys, name: secrets.token_bytes(_BYTES)}), keyring.audit)


def without(keyring: Keyring, name: str) -> Keyring:
    """The keyring without one key, for when nothing is wrapped by it any more.

    Raises `KeysError` for the active key and for one that is not there.
    """
    if name == keyring.active or name not in keyring.keys:
        why = "is the active key" if name == keyring.active else "is not in the keys file"
        raise KeysError(f"the key {name} {why}, so it cannot be taken out")
    rest = {other: value for other, value in keyring.keys.items() if other != name}
    return Keyring(keyring.active, _frozen(rest), keyring.audit)


def write_keyring(path: Path, keyring: Keyring) -> None:
    """Replace the keys file whole or not at all, owner-only from its first byte. Raises `KeysError`."""
    try:
        write_private(path, _written(keyring))
    except OSError as error:
        raise KeysError(f"keys file {path} cannot be written, and is as it was: {error.strerror}") from error


def _understood(written: Mapping[str, object]) -> tuple[Keyring | None, list[str]]:
    table = written.get("keys")
    texts: dict[str, object] = dict(table) if isinstance(table, dict) else {}
    # Written by hand, `audit` easily ends up below the `[keys]` line, and TOML then counts it among them.
    audit = _decoded(written["audit"] if "audit" in written else texts.pop("audit", None))
    keys = {name: value for name, text in texts.items() if (value := _decoded(text)) is not None}
    active = written.get("active")
    faults = [*_faults(texts, keys, audit)]
    if not isinstance(active, str) or active not in texts:
        faults.append("active names none of its keys: set it to the newest of them")
    elif audit is not None and active in keys and not faults:
        return Keyring(active, _frozen(keys), audit), []
    return None, faults


def _faults(texts: Mapping[str, object], keys: Mapping[str, bytes], audit: bytes | None) -> Iterator[str]:
    if not texts:
        yield f"it holds no keys: {_RESTORE}"
    if audit is None:
        yield f"audit is not {_BYTES} bytes in base64: {_RESTORE}"
    # A name that is no name is not shown: it may be a key put in the wrong place.
    if not all(_NAME.fullmatch(name) for name in texts):
        yield "a key has no proper name (letters, digits, - and _): name it as in k1"
    for name in texts:
        if name not in keys and _NAME.fullmatch(name):
            yield f"{name} is not {_BYTES} bytes in base64: {_RESTORE}"
    if any(times > 1 for times in Counter([*keys.values(), *([audit] if audit else [])]).values()):
        yield f"two of its keys are the same: {_RESTORE}, or take out the one that nothing was sealed with"


def _decoded(text: object) -> bytes | None:
    try:
        value = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except (binascii.Error, ValueError):
        return None
    return value if len(value) == _BYTES else None


def _written(keyring: Keyring) -> str:
    lines = [
        "# Signpost's keys. Keep a copy apart from the database's: with both, anybody can read every report;",
        "# without this file, nobody can. Change keys with `signpost rotate-keys`.",
        f'active = "{keyring.active}"',
        f'audit = "{_encoded(keyring.audit)}"',
        "",
        "[keys]",
        *(f'{name} = "{_encoded(value)}"' for name, value in keyring.keys.items()),
    ]
    return "\n".join(lines) + "\n"


def _encoded(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _frozen(keys: Mapping[str, bytes]) -> Mapping[str, bytes]:
    return MappingProxyType(dict(keys))
