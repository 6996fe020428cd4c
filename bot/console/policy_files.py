"""Packs by name: a built-in policy's id, or a file."""

from pathlib import Path

from bot.errors import UnknownPolicyError
from knowledge.loader import load_pack, shipped_pack, shipped_policies
from knowledge.rules import Pack


def pack_named(name: str) -> Pack:
    """A built-in pack or one from a file. Raises `UnknownPolicyError`, `Refused` with every fault."""
    if name in shipped_policies():
        return shipped_pack(name)
    path = Path(name)
    if not path.suffix and not path.exists():
        raise UnknownPolicyError(name, shipped_policies())
    return load_pack(path)
