"""Read HTML, as policies stand on a school's site. The only door to beautifulsoup."""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup
from bs4.element import Comment, Doctype, NavigableString, Tag

from knowledge.importing.document import Found, NotReadableError, Piece
from knowledge.importing.text import BULLET, tidied

_LEFT_OUT = ("script", "style", "noscript", "template", "svg", "head", "iframe", "form", "button", "select")
_FURNITURE = ("nav", "header", "footer", "aside")
_BLOCKS = frozenset(
    (
        "address article blockquote body center dd details div dl dt fieldset figcaption figure h1 h2 h3 h4 "
        "h5 h6 hr html li main ol p pre section summary table tbody td tfoot th thead tr ul"
    ).split()
)
_BOLD = frozenset({"b", "strong"})
_DEEPEST = 150
_BREAK = "\x0b"
_PARTED = re.compile(r"\x0b\s*\x0b|\x0b(?=\s*[\u2022\u25aa\u25cf\u00b7-]\s)")
"""Two line breaks part paragraphs; one does where a typed bullet follows."""


def read_html(text: str) -> Found:
    """Read a page: its headings, paragraphs, lists and tables; menus, headers and footers are left out."""
    soup = BeautifulSoup(text, "html.parser")
    title = tidied(soup.title.get_text()) if soup.title else ""
    for tag in soup.find_all(_LEFT_OUT):
        tag.decompose()
    for tag in soup.find_all("br"):
        tag.replace_with(_BREAK)
    furniture = []
    for tag in soup.find_all(_FURNITURE):
        if tag.name != "header" or not tag.find(["h1", "h2", "p"]):
            furniture.append(tidied(tag.get_text(" ")))
            tag.extract()
    pieces = tuple(_Walk().pieces(soup.body or soup, 0))
    return Found(pieces, tuple(filter(None, furniture)), properties={"title": title} if title else {})


class _Walk:
    def __init__(self) -> None:
        self._table = 0

    def pieces(self, parent: Tag, depth: int) -> Iterator[Piece]:
        """The pieces within a block; words that stand bare in it are a paragraph."""
        if depth > _DEEPEST:
            raise NotReadableError(
                "the page is nested too deeply: save it again from a browser, as HTML only"
            )
        run: list[NavigableString | Tag] = []
        for child in [*parent.children, None]:
            if isinstance(child, Tag) and _is_block(child):
                yield from _paragraph(run)
                run = []
                yield from self._block(child, depth)
            elif isinstance(child, Tag) or (
                isinstance(child, NavigableString) and not isinstance(child, Comment | Doctype)
            ):
                run.append(child)
        yield from _paragraph(run)

    def _block(self, tag: Tag, depth: int) -> Iterator[Piece]:
        if tag.name[0] == "h" and tag.name[1:].isdigit():
            yield Piece(tidied(tag.get_text()), "heading", int(tag.name[1:]))
        elif tag.name in {"ul", "ol"}:
            yield from self._list(tag, depth)
        elif tag.name == "table":
            yield from self._rows(tag, depth)
        else:
            yield from self.pieces(tag, depth + 1)

    def _list(self, tag: Tag, depth: int) -> Iterator[Piece]:
        level = sum(parent.name in {"ul", "ol"} for parent in tag.parents)
        for nth, entry in enumerate(tag.find_all("li", recursive=False), start=1):
            found = list(self.pieces(entry, depth + 1))
            label = f"{nth}." if tag.name == "ol" else ""
            for place, piece in enumerate(found):
                if piece.kind == "text":
                    yield Piece(
                        piece.text, "item" if place == 0 else "text", level, label if place == 0 else ""
                    )
                else:
                    yield piece

    def _rows(self, table: Tag, depth: int) -> Iterator[Piece]:
        rows = [row for row in table.find_all("tr") if row.find_parent("table") is table]
        cells = [row.find_all(["td", "th"], recursive=False) for row in rows]
        if all(len(these) <= 1 for these in cells):
            for these in cells:
                for cell in these:
                    yield from self.pieces(cell, depth + 1)
            return
        self._table += 1
        for these in cells:
            shown = []
            for cell in these:
                wide = str(cell.get("colspan") or "1")
                shown += [
                    tidied(cell.get_text(" ")),
                    *[""] * (min(int(wide), 20) - 1 if wide.isdigit() else 0),
                ]
            yield Piece("", "row", cells=tuple(shown), table=self._table)


def _is_block(tag: Tag) -> bool:
    return tag.name in _BLOCKS or tag.find(list(_BLOCKS)) is not None


def _paragraph(run: list[NavigableString | Tag]) -> Iterator[Piece]:
    text = "".join(one.get_text() if isinstance(one, Tag) else str(one) for one in run)
    bold = all(
        (isinstance(one, Tag) and (one.name in _BOLD or one.find(list(_BOLD)) is not None))
        for one in run
        if (one.get_text() if isinstance(one, Tag) else str(one)).strip()
    )
    for line in _PARTED.split(text):
        words = tidied(line)
        if words and BULLET.match(words):
            yield Piece(tidied(BULLET.sub("", words)), "item")
        elif words:
            yield Piece(words, bold=bold)
