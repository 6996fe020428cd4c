"""Cite the clauses that an answer rests on, and withhold those that could do harm."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.document import quote
from knowledge.rules import Channel, Pack
from knowledge.ruling import Opinion

_KEEPS_OR_DELETES = re.compile(
    r"\b(?:screen\s?-?(?:shot|grab|print|capture)\w*|print\w*|keep\w*|kept|sav(?:e|ed|es|ing)|forward\w*|"
    r"delet\w*|cop(?:y|ies|ied|ying)|record(?:s|ed|ing)?|evidence|captur\w*|wip(?:e|ed|ing)|"
    r"download\w*)\b",
    re.IGNORECASE,
)
_HANDLES = re.compile(
    r"\b(?:pass(?:ed|ing)? (?:it|them|this|that) |hand(?:ed|ing)? (?:it|them|this) |"
    r"show(?:n|ing)? (?:it|them)|shar(?:e|ed|ing)|tak(?:e|en|ing) (?:it |them )?down|"
    r"remov\w*|stor(?:e|ed|ing)|photograph(?:s|ed|ing)?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Citation:
    """A clause that justifies the answer; `quote` only where the school's own document is loaded."""

    address: str
    heading: str | None
    summary: str
    quote: str | None


@dataclass(frozen=True, slots=True)
class Citer:
    """Cites clauses of one pack; when `guarded`, says nothing of keeping, copying or deleting."""

    pack: Pack
    quotes: Mapping[str, str]
    guarded: bool = False

    def may_cite(self, address: str) -> bool:
        """Whether a clause may stand in a guarded answer, by its own words as far as they are known."""
        words = f"{self._words(address) or ''} {self.pack.gists.get(address, '')}"
        return address not in self.pack.evidence and not keeps_or_deletes(words)

    def cite(self, address: str, backing: Sequence[Opinion]) -> Citation:
        """Cite one clause: the school's own words where they are loaded, and what it is about."""
        said = (one.said.says for one in backing if address in one.said.addresses)
        summary = self.pack.gists.get(address) or self._row(address) or next(said, "")
        if self.guarded and keeps_or_deletes(summary):
            summary = ""
        heading = self.pack.headings.get(address.partition(":")[0])
        return Citation(address, heading, summary, self._words(address))

    def _words(self, address: str) -> str | None:
        return quote(address, self.quotes) or self.pack.clauses.get(address)

    def _row(self, address: str) -> str | None:
        return next((describe(row) for row in self.pack.register_ if row.address == address), None)


def keeps_or_deletes(text: str) -> bool:
    """Whether a text speaks of screenshots, printing, keeping, saving, forwarding or deleting."""
    return bool(_KEEPS_OR_DELETES.search(text))


def unsafe_beside_an_image(text: str) -> bool:
    """Whether advice could be read as leave to keep, copy, delete, show or send what was found."""
    return keeps_or_deletes(text) or bool(_HANDLES.search(text))


def describe(row: Channel) -> str:
    """One row of the register in a sentence, its gaps named."""
    runs = f"run by {row.master_admin}" if row.master_admin else "no administrator is named"
    posts = f"may post: {row.approved}" if row.approved else "nobody is named to post"
    since = f"; opened {row.opened}" if row.opened else ""
    whose = f"{row.school}: " if row.school else ""
    return f"{whose}{', '.join(row.channels) or 'no channel'}; {runs}; {posts}{since}."
