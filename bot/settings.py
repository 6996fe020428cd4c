"""Settings from the environment or `signpost.toml`; the environment wins."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.errors import UsageError

FILE = "signpost.toml"
_KNOWN = ("policy",)


@dataclass(frozen=True, slots=True)
class Settings:
    """What this installation has decided for itself. `policy` answers `ask` when none is named."""

    policy: str | None = None


def read_settings(environment: Mapping[str, str], folder: Path) -> Settings:
    """Read settings. Raises `UsageError` naming everything wrong with the file at once."""
    written = _file_settings(folder / FILE)
    strange = sorted(set(written) - set(_KNOWN))
    if strange:
        raise UsageError(f"{FILE}: unknown settings {', '.join(strange)}; known are {', '.join(_KNOWN)}")
    policy = environment.get("SIGNPOST_POLICY") or written.get("policy")
    if policy is not None and not isinstance(policy, str):
        raise UsageError(f'{FILE}: policy is a name in quotes, as in policy = "dartmoor"')
    return Settings(policy=policy)


def _file_settings(path: Path) -> dict[str, object]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{FILE} cannot be read: {error}") from error
