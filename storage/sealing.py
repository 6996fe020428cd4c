"""Encryption at rest: AES-256-GCM with one data key a case, each wrapped by a master key (promise S10).

What is sealed names its place (purpose, table, row, column) as associated data, so that a value moved to
another row or column does not open.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12
_KEY_BITS = 256


class SealBrokenError(Exception):
    """A sealed value does not open: another key, another place, or it was changed."""


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A case's data key as it is kept: encrypted under the master key of that name."""

    master: str
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value belongs: table, row and column."""

    table: str
    row: str
    column: str

    @property
    def associated(self) -> bytes:
        """The associated data that ties a value to its place."""
        return f"signpost\x1fseal\x1f{self.table}\x1f{self.row}\x1f{self.column}".encode()


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals and opens with master keys. `active` wraps new data keys; the others only open."""

    active: str
    masters: Mapping[str, bytes] = field(repr=False)

    def new_key(self, owner: str) -> tuple[bytes, WrappedKey]:
        """Make a fresh data key for a case: plain for use now, wrapped for keeping."""
        key = AESGCM.generate_key(_KEY_BITS)
        return key, self.wrap(key, owner)

    def wrap(self, key: bytes, owner: str) -> WrappedKey:
        """Wrap a data key under the active master key."""
        return WrappedKey(self.active, encrypt(self.masters[self.active], key, _wrapping(owner)))

    def unwrap(self, kept: WrappedKey, owner: str) -> bytes:
        """Open a kept data key. Raises `SealBrokenError` when its master key is gone or another."""
        if kept.master not in self.masters:
            raise SealBrokenError(f"the master key {kept.master!r} is not in the keys file")
        return decrypt(self.masters[kept.master], kept.wrapped, _wrapping(owner))


def _wrapping(owner: str) -> bytes:
    return f"signpost\x1fwrap\x1fcase_key\x1f{owner}\x1fwrapped".encode()


def seal(key: bytes, text: str, place: Place) -> bytes:
    """Encrypt text for its place."""
    return encrypt(key, text.encode(), place.associated)


def unseal(key: bytes, sealed: bytes, place: Place) -> str:
    """Decrypt what stands in a place. Raises `SealBrokenError`."""
    return decrypt(key, sealed, place.associated).decode()


def encrypt(key: bytes, plain: bytes, associated: bytes) -> bytes:
    """Encrypt under a fresh nonce, which stands before the result."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, associated)


def decrypt(key: bytes, sealed: bytes, associated: bytes) -> bytes:
    """Undo `encrypt`. Raises `SealBrokenError` when key, place or bytes are others."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], associated)
    except (InvalidTag, ValueError) as error:
        raise SealBrokenError("a sealed value does not open") from error
