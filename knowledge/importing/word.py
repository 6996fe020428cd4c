"""Read Word documents. The only door to python-docx."""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.opc.exceptions import OpcError
from docx.table import Table
from docx.text.paragraph import Paragraph

from knowledge.importing.document import Found, NotReadableError, Piece
from knowledge.importing.numbering import Numbering
from knowledge.importing.text import BULLET, tidied

Progress = Callable[[int, int], None]
_LARGEST_PART = 60_000_000
_LARGEST = 250_000_000
_MOST_PARTS = 5_000
_STEEPEST = 200
"""Real parts shrink to a tenth or so; a bomb to a thousandth."""
_SMALL = 2_000_000
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SKIPPED = {f"{_W}{name}" for name in ("del", "instrText", "delText", "txbxContent", "pict")} | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    "{http://schemas.openxmlformats.org/drawingml/2006/main}t",
}
_TRACKED = re.compile(rb"<w:(?:ins|del|moveFrom|moveTo) ")
_HEADING = re.compile(r"^heading (\d)", re.IGNORECASE)
_CONTENTS = re.compile(r"^(?:toc \d|toc heading|contents)", re.IGNORECASE)
BROKEN = "the Word file is damaged or cut short: open it in Word, save it as .docx again and import that"


def read_word(raw: bytes, progress: Progress) -> Found:
    """Read a .docx whole or not at all. Raises `NotReadableError`."""
    _examine(raw)
    try:
        opened = docx.Document(BytesIO(raw))
    except (OpcError, KeyError, ValueError, SyntaxError, zipfile.BadZipFile, OSError) as error:
        raise NotReadableError(BROKEN) from error
    return _Reader(opened).found(progress)


def _examine(raw: bytes) -> None:
    """Refuse what can hurt, or what would be imported wrongly, before anything is unpacked."""
    try:
        with zipfile.ZipFile(BytesIO(raw)) as packed:
            _weigh(packed.infolist())
            _look_over(packed)
    except _DAMAGED as error:
        raise NotReadableError(BROKEN) from error


_DAMAGED = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, OSError, EOFError),
    *(RuntimeError, ValueError),
)
"""What reading a damaged archive raises."""


def _look_over(packed: zipfile.ZipFile) -> None:
    names = set(packed.namelist())
    if "word/document.xml" not in names:
        raise NotReadableError("this is no Word document, though it is named like one: save it as .docx")
    if any(name.endswith("vbaProject.bin") for name in names):
        raise NotReadableError("the document holds macros: save it as .docx, without them, and import that")
    text = packed.read("word/document.xml")
    if b"<!DOCTYPE" in text[:4096] or b"<!ENTITY" in text[:4096]:
        raise NotReadableError("the Word file declares things that Word never writes: save it again in Word")
    if _TRACKED.search(text):
        raise NotReadableError(
            "the document has tracked changes that nobody has settled: accept or reject them all in Word "
            "(Review, Accept), save it and import that"
        )


def _weigh(parts: list[zipfile.ZipInfo]) -> None:
    total = sum(part.file_size for part in parts)
    steep = any(
        part.file_size > _SMALL and part.file_size > _STEEPEST * max(part.compress_size, 1) for part in parts
    )
    large = any(part.file_size > _LARGEST_PART for part in parts)
    if total > _LARGEST or large or len(parts) > _MOST_PARTS or steep:
        raise NotReadableError(
            "the file unpacks to far more than a policy holds: "
            "copy the policy's text into a new document and import that"
        )
    if any(part.flag_bits & 1 for part in parts):
        raise NotReadableError("the file is password-protected: take the password off and import it again")


class _Reader:
    def __init__(self, opened: WordDocument) -> None:
        self._word = opened
        self._numbering = Numbering(opened)
        self._styles = {style.style_id: style for style in opened.styles}
        self._default = next((s for s in opened.styles if s.element.get(f"{_W}default") == "1"), None)
        self._contents: list[str] = []
        self._table = 0

    def found(self, progress: Progress) -> Found:
        body = self._word.element.body
        blocks = list(_blocks(body))
        pieces: list[Piece] = []
        for done, block in enumerate(blocks):
            pieces.extend(self._pieces(block))
            if done % 50 == 0:
                progress(done, len(blocks))
        core = self._word.core_properties
        properties = {"title": core.title or "", "subject": core.subject or "", "version": core.version or ""}
        return Found(
            tuple(pieces), tuple(self._furniture()), tuple(self._contents), self._notes(), properties
        )

    def _pieces(self, block: Any) -> Iterator[Piece]:
        if block.tag == f"{_W}tbl":
            yield from self._rows(Table(block, self._word))
        else:
            yield from self._paragraph(Paragraph(block, self._word._body))  # noqa: SLF001  python-docx's own way

    def _paragraph(self, paragraph: Paragraph) -> Iterator[Piece]:
        style = self._styles.get(paragraph._p.style or "", self._default)  # noqa: SLF001  its own look-up is slow
        label = self._numbering.label(paragraph._p, style)  # noqa: SLF001  the element is what numbering needs
        lines = [tidied(line) for line in _text(paragraph._p).split("\n")]  # noqa: SLF001  same
        text = " ".join(filter(None, lines))
        if not text:
            return
        name = style.name or "" if style is not None else ""
        if _CONTENTS.match(name):
            self._contents.append(text)
            return
        level = _heading_level(paragraph, style)
        if level is not None:
            yield Piece(text, "heading", level, "" if label is None else label.shown)
        elif label is not None and (label.bullet or not label.shown or name.startswith("List ")):
            yield Piece(text, "item", label.level, label.shown, bold=_bold(paragraph, style))
        elif label is None and (name.startswith("List ") or any(map(BULLET.match, lines))):
            yield from _typed_items(lines)
        else:
            shown = "" if label is None else label.shown
            yield Piece(text, "text", 0, shown, bold=_bold(paragraph, style), size=_size(paragraph, style))

    def _rows(self, table: Table) -> Iterator[Piece]:
        rows = [list(row._tr.tc_lst) for row in table.rows]  # noqa: SLF001  merged cells stand once there
        if all(len(row) <= 1 for row in rows):
            for row in rows:
                for cell in row:
                    for block in _blocks(cell):
                        yield from self._pieces(block)
            return
        self._table += 1
        for row in rows:
            cells: list[str] = []
            for cell in row:
                goes_on = cell.vMerge == "continue"
                words = "" if goes_on else tidied(" ".join(_text(p) for p in cell.iter(f"{_W}p")))
                cells += [words, *[""] * (min(cell.grid_span, 40) - 1)]
            yield Piece("", "row", cells=tuple(cells), table=self._table)

    def _furniture(self) -> Iterator[str]:
        for section in self._word.sections:
            for part in (
                section.header,
                section.footer,
                section.first_page_header,
                section.first_page_footer,
            ):
                if not part.is_linked_to_previous:
                    for paragraph in part._element.iter(f"{_W}p"):  # noqa: SLF001  tables in it are read too
                        if words := tidied(_text(paragraph)):
                            yield words

    def _notes(self) -> tuple[str, ...]:
        boxes = [
            tidied(_text(p))
            for box in self._word.element.body.iter(f"{_W}txbxContent")
            for p in box.iter(f"{_W}p")
        ]
        words = " ".join(dict.fromkeys(filter(None, boxes)))
        return (f"text boxes are not read as clauses: “{words[:80]}”",) if words else ()


def _blocks(parent: Any, depth: int = 0) -> Iterator[Any]:
    """Paragraphs and tables in order, inside content controls too; Word's own contents list is left out."""
    for child in parent.iterchildren():
        if child.tag in {f"{_W}p", f"{_W}tbl"}:
            yield child
        elif child.tag == f"{_W}sdt" and depth < 20:  # noqa: PLR2004  no document nests so deep
            gallery = child.find(f".//{_W}docPartGallery")
            if gallery is None or gallery.get(f"{_W}val") != "Table of Contents":
                for content in child.findall(f"{_W}sdtContent"):
                    yield from _blocks(content, depth + 1)


def _text(element: Any) -> str:
    """The words of a paragraph, in hyperlinks and fields too; a line break is a line break."""
    said: list[str] = []
    waiting = list(reversed(list(element)))
    while waiting:
        one = waiting.pop()
        if one.tag == f"{_W}t":
            said.append(one.text or "")
        elif one.tag in {f"{_W}br", f"{_W}cr"}:
            said.append("\n")
        elif one.tag == f"{_W}tab":
            said.append(" ")
        elif one.tag == f"{_W}noBreakHyphen":
            said.append("-")
        elif one.tag not in _SKIPPED:
            waiting.extend(reversed(list(one)))
    return "".join(said)


def _typed_items(lines: list[str]) -> Iterator[Piece]:
    """Items with typed bullets, or that only a list style shows; words before the first are a paragraph."""
    gathered: list[tuple[bool, str]] = []
    typed = any(map(BULLET.match, lines))
    for line in filter(None, lines):
        if BULLET.match(line):
            gathered.append((True, tidied(BULLET.sub("", line))))
        elif gathered:
            gathered[-1] = (gathered[-1][0], f"{gathered[-1][1]} {line}")
        else:
            gathered.append((not typed, line))
    yield from (Piece(words, "item" if item else "text") for item, words in gathered if words)


def _heading_level(paragraph: Paragraph, style: Any) -> int | None:
    outline = paragraph._p.find(f"{_W}pPr/{_W}outlineLvl")  # noqa: SLF001  python-docx doesn't offer it
    if outline is not None and (outline.get(f"{_W}val") or "9") in "012345678":
        return int(outline.get(f"{_W}val")) + 1
    seen = 0
    while style is not None and seen < 9:  # noqa: PLR2004  styles build on each other, but not in a ring
        name = style.name or ""
        found = _HEADING.match(name)
        if found:
            return int(found[1])
        if name in {"Title", "title"}:
            return 0
        if "heading" in name.casefold():
            return 2
        style, seen = style.base_style, seen + 1
    return None


def _bold(paragraph: Paragraph, style: Any) -> bool:
    runs = [run for run in paragraph.runs if run.text.strip()]
    of_style = bool(style is not None and hasattr(style, "font") and style.font.bold)
    return bool(runs) and all(run.bold if run.bold is not None else of_style for run in runs)


def _size(paragraph: Paragraph, style: Any) -> float:
    sizes = [run.font.size.pt for run in paragraph.runs if run.text.strip() and run.font.size]
    if sizes:
        return float(max(sizes))
    of_style = style.font.size if style is not None and hasattr(style, "font") else None
    return float(of_style.pt) if of_style else 0.0
