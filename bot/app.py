"""The composition root: the only place that reads the environment and the clock."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

from bot.errors import UnreadableError
from bot.settings import Settings, read_settings
from bot.signpost import Signpost
from knowledge.document import quotes_of
from knowledge.loader import load_pack
from knowledge.understanding import shipped_mind
from knowledge.yamlfile import Refused


def settings() -> Settings:
    """This process's settings."""
    return read_settings(os.environ, Path.cwd())


def today() -> date:
    """Today's date, for saying whether a policy is past its review."""
    return datetime.now(UTC).date()


def signpost(*, pack: Path | None = None, document: Path | None = None) -> Signpost:
    """Signpost with its shipped mind. Raises `UnreadableError` for a pack or document that cannot be used."""
    try:
        loaded = load_pack(pack) if pack else None
    except Refused as error:
        raise UnreadableError(f"{pack} is not used, since it has faults:\n{error}") from error
    return Signpost(shipped_mind(), pack=loaded, quotes=_quotes(document) if document else None)


def _quotes(document: Path) -> dict[str, str]:
    try:
        return quotes_of(document.read_text(encoding="utf-8"), document.suffix)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise UnreadableError(f"{document} cannot be read as a policy document: {error}") from error
