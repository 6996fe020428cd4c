"""Say what each piece is: title page, heading, numbered paragraph, item, row; leave contents lists out."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.importing.document import (
    Block,
    Document,
    Found,
    Heading,
    Item,
    Paragraph,
    Piece,
    Row,
)
from knowledge.importing.marks import Mark, mark_of
from knowledge.importing.text import DOTTED

_LONGEST_HEADING = 25
_LONGEST_PLAIN = 10
_LONGEST_BOLD = 14
_SENTENCE = re.compile(r"[.;,]$")
_DUTY = re.compile(
    r"\b(?:must|should|shall|will|may|cannot|is|are|has|have|was|were|do not|don't|can)\b", re.IGNORECASE
)
_CONTENTS = re.compile(r"^(?:table of )?contents(?: page)?:?$|^index$", re.IGNORECASE)
_PAGE = re.compile(r"[\s.…_]*\b\d{1,3}$")
_PROSE = 12


def shaped(found: Found, name: str) -> Document:
    """A document out of a reader's pieces."""
    pieces = [piece for piece in found.pieces if piece.text or any(piece.cells)]
    pieces, contents = _without_contents(pieces)
    dotted = [piece.text for piece in pieces if DOTTED.search(piece.text)]
    pieces = [piece for piece in pieces if not DOTTED.search(piece.text)]
    shape = _Shape(pieces)
    blocks, front, title = shape.blocks()
    return Document(
        name=name,
        title=title or found.properties.get("title", ""),
        blocks=tuple(blocks),
        front=tuple(front),
        furniture=found.furniture,
        contents=(*found.contents, *contents, *dotted),
        notes=found.notes,
        properties=found.properties,
    )


def _plain(text: str) -> str:
    mark = mark_of(text)
    bare = mark.rest if mark and mark.form == "number" else text
    return " ".join(re.findall(r"[a-z0-9]+", _PAGE.sub("", bare).casefold()))


def _without_contents(pieces: list[Piece]) -> tuple[list[Piece], list[str]]:
    """The pieces without a table of contents: what follows its heading and comes again further on."""
    start = next((at for at, piece in enumerate(pieces) if _CONTENTS.match(piece.text)), None)
    if start is None:
        return pieces, []
    said = Counter(_plain(_said(piece)) for piece in pieces)
    end = start + 1
    while end < len(pieces):
        text = _said(pieces[end])
        listed = said[_plain(text)] > 1 or re.search(r"(?:\.{2,}|…|\s)\s*\d{1,3}$", text)
        numbered = mark_of(text) is not None and len(text.split()) <= _LONGEST_PLAIN
        again = _plain(text) in {_plain(_said(piece)) for piece in pieces[start + 1 : end]} and _plain(text)
        if again or not (listed or (numbered and pieces[end].kind != "heading")):
            break
        end += 1
    if end == start + 1:
        return pieces, []
    return pieces[:start] + pieces[end:], [_said(piece) for piece in pieces[start + 1 : end]]


def _said(piece: Piece) -> str:
    return piece.text or " ".join(filter(None, piece.cells))


@dataclass(slots=True)
class _Shape:
    pieces: list[Piece]
    body: float = 0.0
    """The size of letters in most of the text; 0 where sizes are not known."""

    def __post_init__(self) -> None:
        sizes: Counter[float] = Counter()
        for piece in self.pieces:
            if piece.kind == "text" and piece.size:
                sizes[piece.size] += len(piece.text)
        self.body = sizes.most_common(1)[0][0] if sizes else 0.0

    def blocks(self) -> tuple[list[Block], list[str], str]:
        """The document's blocks, the lines of its title page, and its title."""
        styled = [self._as_heading(at) for at in range(len(self.pieces))]
        if sum(one.kind == "heading" for one in styled) <= 1:
            styled = self._lonely(styled)
        styled, front, title = _title_page(_joined_appendices(styled))
        return _mended(styled), front, title

    def _as_heading(self, at: int) -> Piece:
        piece = self.pieces[at]
        mark = mark_of(piece.text, piece.label)
        if piece.kind == "heading":
            words = len(piece.text.split())
            sentence = words > _PROSE and piece.text.endswith(".") and mark is not None and mark.depth > 1
            return replace(piece, kind="text") if words > _LONGEST_HEADING or sentence else piece
        if piece.kind != "text":
            return piece
        return replace(piece, kind="heading", level=_level(mark)) if self._heads(at, piece, mark) else piece

    def _heads(self, at: int, piece: Piece, mark: Mark | None) -> bool:
        """Whether a line that no style marks is a heading: by its look, else by its number."""
        words = len(piece.text.split())
        if words > _LONGEST_HEADING or not any(map(str.isalpha, piece.text)):
            return False
        if mark and mark.form == "appendix":
            return words <= _LONGEST_BOLD and not piece.text.endswith(".")
        rest = mark.rest if mark else piece.text
        if piece.size and self.body and piece.size >= self.body + _LARGER:
            return words <= _LONGEST_BOLD or mark is not None or not piece.text.endswith((".", ":"))
        if piece.bold or (rest.isupper() and sum(map(str.isalpha, rest)) >= _FEWEST_CAPITALS):
            return _is_title(rest)
        return mark is not None and words <= _LONGEST_PLAIN and self._numbered(at, mark)

    def _numbered(self, at: int, mark: Mark) -> bool:
        """Whether nothing but its number and its place make a heading of a line."""
        if mark.form in {"roman", "letter"}:
            return self._leads_items(at, mark)
        if _SENTENCE.search(mark.rest) or _DUTY.search(mark.rest) or mark.rest.endswith((":", ":-")):
            return False
        return mark.rest[:1].isupper() and self._stands_alone(at, mark)

    def _leads_items(self, at: int, mark: Mark) -> bool:
        """Whether plain items follow: a lettered line above them is a heading, not an item itself."""
        after = self.pieces[at + 1] if at + 1 < len(self.pieces) else None
        return (
            after is not None
            and after.kind == "item"
            and not after.label
            and mark.rest[:1].isupper()
            and not mark.rest.endswith((";", ","))
        )

    def _stands_alone(self, at: int, mark: Mark) -> bool:
        """Whether the neighbours are no items of the same list, and something follows."""
        for other in (at - 1, at + 1):
            if 0 <= other < len(self.pieces):
                near = mark_of(self.pieces[other].text, self.pieces[other].label)
                if near and near.form == "number" and near.depth == mark.depth:
                    return False
        return at + 1 < len(self.pieces)

    def _lonely(self, styled: list[Piece]) -> list[Piece]:
        """Headings of a text that marks none: short lines without a full stop, before a paragraph or list."""
        shaped: list[Piece] = []
        for at, piece in enumerate(styled):
            after = styled[at + 1] if at + 1 < len(styled) else None
            title_like = (
                piece.kind == "text"
                and len(piece.text.split()) <= _LONGEST_PLAIN - 2
                and piece.text[:1].isupper()
                and not re.search(r"[.;,:!-]$", piece.text)
                and not _DUTY.search(piece.text)
                and after is not None
                and (after.kind == "item" or len(after.text.split()) > 6)  # noqa: PLR2004  a line of prose
            )
            shaped.append(replace(piece, kind="heading", level=2) if title_like else piece)
        return shaped


def _level(mark: Mark | None) -> int:
    if mark is None:
        return 3
    return mark.depth + 1 if mark.form == "number" else 2 if mark.form == "appendix" else 3


_LARGER = 0.9
_FEWEST_CAPITALS = 4
"""So many capitals make a heading; "DSL" alone does not."""


def _is_title(text: str) -> bool:
    """Whether emphasised words are a title rather than a sentence that matters."""
    if len(text.split()) > _LONGEST_BOLD or text.endswith((";", ",", ":-")):
        return False
    return not (text.endswith((".", ":")) and _DUTY.search(text))


def _joined_appendices(pieces: list[Piece]) -> list[Piece]:
    """One heading out of "Appendix 1" on a line of its own and the title beneath it."""
    joined: list[Piece] = []
    for piece in pieces:
        before = joined[-1] if joined else None
        bare = before is not None and before.kind == "heading" and mark_of(before.text, before.label)
        if (
            before is not None
            and bare
            and not bare.rest
            and piece.kind == "heading"
            and mark_of(piece.text, piece.label) is None
        ):
            joined[-1] = replace(before, text=f"{before.text}: {piece.text}")
        else:
            joined.append(piece)
    return joined


def _title_page(pieces: list[Piece]) -> tuple[list[Piece], list[str], str]:
    """Part the title and the lines above the first section from the document proper."""
    first = _first_section(pieces)
    front = pieces[:first]
    prose = [piece for piece in front if _is_prose(piece)]
    above = [piece for piece in front if piece not in prose]
    named = [piece.text for piece in above if piece.kind == "heading"]
    titled = [text for text in named if "policy" in text.casefold()] or named
    if not titled:
        titled = [piece.text for piece in above if "policy" in piece.text.casefold()]
    return prose + pieces[first:], [_said(piece) for piece in above], titled[0] if titled else ""


def _is_prose(piece: Piece) -> bool:
    """Whether a line above the first section is a clause; dates, versions and names of people are none."""
    words = len(piece.text.split())
    if _CONTROL.match(piece.text) or piece.kind not in {"text", "item"}:
        return False
    return (piece.kind == "item" and words > 2) or (words >= _PROSE and ":" not in piece.text[:30])  # noqa: PLR2004


_CONTROL = re.compile(
    r"^(?:version|approved|adopted|ratified|agreed|date|last|next|reviewed|review|policy|document|author|owner|"
    r"written by|prepared|status|issue|ref|responsib)\w*\b[^.]{0,40}[:\d]",
    re.IGNORECASE,
)


def _first_section(pieces: Sequence[Piece]) -> int:
    """Where the first section begins: the first heading that is no title."""
    headings = [at for at, piece in enumerate(pieces) if piece.kind == "heading"]
    sizes = Counter(pieces[at].size for at in headings)
    shallowest = min((pieces[at].level for at in headings), default=0)
    tops = sum(pieces[at].level == shallowest for at in headings)
    for nth, at in enumerate(headings):
        piece = pieces[at]
        mark = mark_of(piece.text, piece.label)
        after = pieces[at + 1] if at + 1 < len(pieces) else None
        if nth >= _MOST_TITLES or (mark is not None and mark.rest):
            return at
        alone = nth == 0 and tops == 1 and piece.level == shallowest and len(headings) > 1
        largest = piece.size > min(sizes) and sizes[piece.size] <= 2  # noqa: PLR2004  a title of two lines
        stacked = after is not None and after.kind == "heading" and after.level <= piece.level
        named = _TITLE.search(piece.text) and (at == 0 or after is None or not _is_prose(after))
        if not (alone or largest or stacked or named):
            return at
    return headings[-1] if headings else 0


_MOST_TITLES = 3
_TITLE = re.compile(
    r"\bpolicy\b|\bsocial (?:media|network)|\bcode of conduct\b|\bguid(?:ance|elines)\b", re.IGNORECASE
)


def _mended(pieces: list[Piece]) -> list[Block]:
    """The pieces as blocks; a sentence that was cut in two is one again."""
    blocks: list[Block] = []
    for piece in pieces:
        before = blocks[-1] if blocks else None
        if isinstance(before, Paragraph | Item) and _goes_on(before, piece):
            blocks[-1] = replace(before, text=f"{before.text} {piece.text}")
        else:
            blocks.append(_block(piece))
    return blocks


def _goes_on(before: Paragraph | Item, piece: Piece) -> bool:
    cut = re.search(r"[a-z,]$", before.text) is not None and len(before.text) > 40  # noqa: PLR2004  a line's worth
    return (
        cut
        and piece.kind == "text"
        and not piece.label
        and piece.text[:1].islower()
        and mark_of(piece.text) is None
    )


def _block(piece: Piece) -> Block:
    mark = mark_of(piece.text, piece.label)
    if piece.kind == "heading":
        return Heading(piece.level, mark.number if mark else "", piece.text, piece.place)
    if piece.kind == "row":
        return Row(piece.cells, piece.table, piece.place)
    bare = mark is not None and mark.rest and mark.punctuated and mark.form != "appendix"
    number, text = (mark.number, mark.rest) if mark and bare else ("", piece.text)
    if piece.kind == "item" or (mark is not None and bare and mark.form != "number"):
        return Item(piece.level, number, text, piece.place)
    return Paragraph(number, text, piece.place)
