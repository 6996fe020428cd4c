"""Read PDF documents by their layout. The only door to pdfplumber."""

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pdfplumber
from pdfminer.layout import LTAnno, LTChar, LTContainer, LTImage
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfplumber.utils.exceptions import PdfminerException

from knowledge.importing.document import Found, NotReadableError, Piece, Place
from knowledge.importing.lines import (
    TABLE,
    Line,
    Word,
    fits,
    gutter_of,
    lines_of,
    with_margins,
    without_furniture,
)
from knowledge.importing.paragraphs import paragraphs
from knowledge.importing.text import BULLET, tidied

Progress = Callable[[int, int], None]
MOST_PAGES = 400
_MOST_LETTERS = 1_500_000
_BOLD = re.compile(r"bold|black|heavy|semibd|demi", re.IGNORECASE)
BROKEN = "the PDF is damaged or cut short: save it again from where it was made, or import the Word document"
LOCKED = "the PDF is password-protected: save a copy without a password and import that"
SCANNED = (
    "the PDF holds pictures of pages and no text (a scan): import the document it was printed from, "
    "or have the scan's text recognised (OCR) first"
)


def read_pdf(raw: bytes, progress: Progress) -> Found:
    """Read a PDF whole or not at all. Raises `NotReadableError`."""
    if b"%%EOF" not in raw[-4096:]:
        raise NotReadableError(BROKEN)
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)  # it comments on fonts as if anybody had asked
    try:
        with pdfplumber.open(BytesIO(raw)) as opened:
            return _Reader(opened).found(progress)
    except (PDFPasswordIncorrect, PDFEncryptionError) as error:
        raise NotReadableError(LOCKED) from error
    except PdfminerException as error:
        locked = any(isinstance(one, PDFPasswordIncorrect | PDFEncryptionError) for one in error.args)
        raise NotReadableError(LOCKED if locked else BROKEN) from error
    except (
        PDFException,
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        AttributeError,
        RecursionError,
        OSError,
    ) as error:
        raise NotReadableError(BROKEN) from error


@dataclass(frozen=True, slots=True)
class _Page:
    words: list[Word]
    size: tuple[float, float]


_Rows = list[tuple[str, ...]]


class _Reader:
    def __init__(self, opened: Any) -> None:
        self._pdf = opened
        self._tables: dict[str, tuple[int, float, _Rows]] = {}

    def found(self, progress: Progress) -> Found:
        pages = list(self._read(progress))
        blank = [number for number, page in enumerate(pages, start=1) if not page.words]
        if len(blank) == len(pages):
            raise NotReadableError(SCANNED)
        words, furniture = without_furniture([page.words for page in pages], [page.size[1] for page in pages])
        pages = [_Page(these, page.size) for these, page in zip(words, pages, strict=True)]
        kept = self._lines(pages)
        notes = tuple(f"page {number} has no text: it may be a scan" for number in blank if number > 1)
        pieces = tuple(_pieces(kept, self._rows()))
        return Found(pieces, tuple(furniture), (), notes, _properties(self._pdf.metadata))

    def _read(self, progress: Progress) -> Iterator[_Page]:
        pages = self._pdf.pages
        if not pages:
            raise NotReadableError(BROKEN)
        if len(pages) > MOST_PAGES:
            raise NotReadableError(f"the PDF has {len(pages)} pages: give the social media policy alone")
        letters = 0
        for number, page in enumerate(pages, start=1):
            read = _Page(self._words(page, number), (float(page.width), float(page.height)))
            letters += sum(len(word.text) for word in read.words)
            if letters > _MOST_LETTERS:
                raise NotReadableError("the PDF holds far more text than a policy: give the policy alone")
            page.close()
            progress(number, len(pages))
            yield read

    def _words(self, page: Any, number: int) -> list[Word]:
        """A page's words; a table stands among them as one word, which keeps its place in the columns."""
        tables: list[Word] = []
        page._objects = _objects(page)  # noqa: SLF001  its own reading takes thrice as long
        for table in page.find_tables():
            rows = [tuple(tidied(cell or "") for cell in row) for row in table.extract()]
            rows = [row for row in rows if any(row)]
            if max(len([cell for cell in row if cell]) for row in rows or [()]) > 1:
                name = f"{TABLE}{number}.{len(tables)}"
                self._tables[name] = (number, table.bbox[1], rows)
                left, top, right, foot = table.bbox
                tables.append(Word(name, left, right, top, foot, _TABLE_SIZE, bold=False))
        words = page.extract_words(x_tolerance_ratio=0.15, extra_attrs=["size", "fontname"])
        free = [_word(word) for word in words if not any(_within(word, table) for table in tables)]
        return [*free, *tables]

    def _lines(self, pages: list[_Page]) -> list[Line]:
        plain = [[word for word in page.words if not word.text.startswith(TABLE)] for page in pages]
        gutters = [
            gutter_of(words, page.size[0]) if words else None
            for words, page in zip(plain, pages, strict=True)
        ]
        usual = Counter(round(one) for one in gutters if one is not None).most_common(1)
        if usual:
            also = float(usual[0][0])
            gutters = [
                also if own is None and fits(words, also) else own
                for own, words in zip(gutters, plain, strict=True)
            ]
        return with_margins(
            [
                line
                for number, (page, gutter) in enumerate(zip(pages, gutters, strict=True), start=1)
                for line in lines_of(page.words, number, gutter)
            ]
        )

    def _rows(self) -> dict[str, list[Piece]]:
        """Each table's rows; on a new page the same table goes on, and its repeated header is left out."""
        rows: dict[str, list[Piece]] = {}
        header: tuple[str, ...] = ()
        nth, last = 0, 0
        for name, (number, top, found) in self._tables.items():
            goes_on = last == number - 1 and len(found[0]) == len(header) and top < _TOP
            kept = found[1:] if goes_on and found[0] == header else found
            if not goes_on:
                nth, header = nth + 1, found[0]
            last = number
            rows[name] = [Piece("", "row", cells=row, table=nth, place=Place(page=number)) for row in kept]
        return rows


_TABLE_SIZE = 1.0
_TOP = 150.0
"""Points: a table that begins above this may go on from the page before."""


def _objects(page: Any) -> dict[str, list[dict[str, Any]]]:
    """A page's letters and rules as pdfplumber keeps them, without the colours that nothing here asks for."""
    found: dict[str, list[dict[str, Any]]] = {}
    waiting = list(reversed(page.layout._objs))  # noqa: SLF001  as pdfplumber itself does
    left, top = page.mediabox[0], page.height + page.mediabox[1]
    while waiting:
        one = waiting.pop()
        if isinstance(one, LTContainer):
            waiting.extend(reversed(one._objs))  # noqa: SLF001  same
        elif isinstance(one, LTChar):
            found.setdefault("char", []).append(_letter(one, left, top, page.initial_doctop))
        elif not isinstance(one, LTAnno | LTImage):
            plain = page.process_object(one)
            found.setdefault(plain["object_type"], []).append(plain)
    return found


def _letter(one: LTChar, left: float, top: float, above: float) -> dict[str, Any]:
    return {
        "object_type": "char",
        "text": one.get_text(),
        "x0": one.x0 + left,
        "x1": one.x1 + left,
        "top": top - one.y1,
        "bottom": top - one.y0,
        "doctop": above + top - one.y1,
        "width": one.width,
        "height": one.height,
        "upright": one.upright,
        "matrix": one.matrix,
        "size": one.size,
        "fontname": one.fontname if isinstance(one.fontname, str) else "",
    }


def _within(word: dict[str, Any], table: Word) -> bool:
    across, down = (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2
    return bool(table.left <= across <= table.right and table.top <= down <= table.foot)


def _word(found: dict[str, Any]) -> Word:
    return Word(
        found["text"],
        found["x0"],
        found["x1"],
        found["top"],
        found["bottom"],
        found["size"],
        bold=bool(_BOLD.search(found["fontname"])),
    )


def _properties(metadata: dict[str, Any]) -> dict[str, str]:
    title = metadata.get("Title")
    return {"title": tidied(title)} if isinstance(title, str) and title.strip() else {}


def _pieces(lines: Sequence[Line], rows: dict[str, list[Piece]]) -> Iterator[Piece]:
    """Paragraphs out of lines, and table rows where their table stood."""
    vocabulary = frozenset(word.text.casefold().strip(".,;:()") for line in lines for word in line.words)
    for paragraph in paragraphs(lines):
        if paragraph[0].text in rows:
            yield from rows[paragraph[0].text]
        else:
            yield from _piece(paragraph, vocabulary)


def _piece(lines: list[Line], vocabulary: frozenset[str]) -> Iterator[Piece]:
    text = tidied(_joined([line.text for line in lines], vocabulary))
    place = Place(page=lines[0].page)
    if BULLET.match(text):
        left = lines[0].left - lines[0].column[0]
        level = 1 if left > 3.5 * lines[0].size else 0
        words = tidied(BULLET.sub("", text, count=1))
        if words:
            yield Piece(words, "item", level, place=place)
        return
    yield Piece(text, bold=all(line.bold for line in lines), size=lines[0].size, place=place)


def _joined(lines: list[str], vocabulary: frozenset[str]) -> str:
    """Lines as one; a word that was parted at a hyphen is mended where the whole word is known."""
    text = lines[0]
    for line in lines[1:]:
        begun = re.search(r"(\w+)-$", text)
        rest = re.match(r"[a-z]+", line)
        if begun and rest:
            whole = f"{begun[1]}{rest[0]}".casefold()
            kept = f"{begun[1]}-{rest[0]}".casefold()
            parted = whole in vocabulary or (
                kept not in vocabulary and not _both_words(begun[1], rest[0], vocabulary)
            )
            text = text[:-1] + line if parted else text + line
        else:
            text = f"{text} {line}"
    return text


def _both_words(first: str, second: str, vocabulary: frozenset[str]) -> bool:
    return first.casefold() in vocabulary and second.casefold() in vocabulary
