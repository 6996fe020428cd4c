"""Render a policy's Markdown as Word and PDF files, the ways schools make them, to import them again."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import docx
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

_ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing of a policy as written: a title, heading, paragraph, bullet or table."""

    kind: Literal["title", "heading", "text", "bullet", "table"]
    text: str = ""
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


def lines_of(markdown: str) -> list[Line]:
    """The things of a policy in order; a line without a bullet after bullets is a paragraph."""
    return list(_lines(markdown.splitlines()))


def _lines(source: Sequence[str]) -> Iterator[Line]:
    rows: list[tuple[str, ...]] = []
    for line in [*source, ""]:
        if line.startswith("|"):
            cells = tuple(cell.strip() for cell in line.strip()[1:-1].split("|"))
            if not all(set(cell) <= set("-: ") and cell for cell in cells):
                rows.append(cells)
            continue
        if rows:
            yield Line("table", rows=tuple(rows))
            rows = []
        heading = re.match(r"(#+) (.*)", line)
        if heading:
            level = len(heading[1])
            yield Line("title" if level == 1 else "heading", heading[2].strip(), level - 1)
        elif line.startswith("- "):
            yield Line("bullet", line[2:].strip())
        elif line.strip():
            yield Line("text", line.strip())


WordForm = Literal["styled", "automatic", "bold"]


def word(lines: Sequence[Line], path: Path, form: WordForm = "styled") -> Path:
    """A Word document: heading styles with typed numbers, automatic numbers, or nothing but bold type."""
    made = docx.Document()
    numbers = _list(made) if form == "automatic" else ""
    counted = 0
    for line in lines:
        if line.kind == "table":
            _table(made, line.rows)
        elif line.kind == "bullet":
            made.add_paragraph(line.text, style="List Bullet")
        elif line.kind == "text":
            made.add_paragraph(line.text)
        elif form == "bold":
            made.add_paragraph().add_run(line.text).bold = True
        else:
            top = re.match(r"(\d+)\.? ", line.text)
            in_turn = top is None or int(top[1]) == counted + 1
            counted += int(top is not None and in_turn)
            _heading(made, line, numbers if in_turn else "")  # a gap in the numbers can only be typed
    made.save(str(path))
    return path


def _heading(made: WordDocument, line: Line, numbers: str) -> None:
    typed = re.match(r"(?:\d+(?:\.\d+)*|[ivx]+)\.? (.*)", line.text)
    if not (numbers and typed and line.kind == "heading"):
        made.add_heading(line.text, 0 if line.kind == "title" else line.level)
        return
    roman = line.text.split(".")[0] in _ROMANS
    level = 2 if roman else line.text.split(" ")[0].rstrip(".").count(".")
    paragraph = made.add_heading(typed[1], line.level)
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001  python-docx has no numbering of its own
    numbered = OxmlElement("w:numPr")
    for name, value in (("w:ilvl", str(level)), ("w:numId", numbers)):
        element = OxmlElement(name)
        element.set(qn("w:val"), value)
        numbered.append(element)
    properties.append(numbered)


def _list(made: WordDocument) -> str:
    """A list of "1.", beneath it "1.1", and "i." on the third level; its id."""
    numbering = made.part.numbering_part.element
    abstract = OxmlElement("w:abstractNum")
    abstract.set(qn("w:abstractNumId"), "900")
    forms = (("decimal", "%1."), ("decimal", "%1.%2"), ("lowerRoman", "%3."))
    for level, (form, shown) in enumerate(forms):
        one = OxmlElement("w:lvl")
        one.set(qn("w:ilvl"), str(level))
        for name, value in (("w:start", "1"), ("w:numFmt", form), ("w:lvlText", shown)):
            element = OxmlElement(name)
            element.set(qn("w:val"), value)
            one.append(element)
        abstract.append(one)
    numbering.insert(0, abstract)
    number = OxmlElement("w:num")
    number.set(qn("w:numId"), "900")
    pointer = OxmlElement("w:abstractNumId")
    pointer.set(qn("w:val"), "900")
    number.append(pointer)
    numbering.append(number)
    return "900"


def _table(made: WordDocument, rows: Sequence[Sequence[str]]) -> None:
    table = made.add_table(rows=0, cols=max(map(len, rows)))
    table.style = "Table Grid"
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=False):
            cell.text = text


PdfForm = Literal["plain", "furnished", "columns"]


def pdf(lines: Sequence[Line], path: Path, form: PdfForm = "plain") -> Path:
    """A PDF: plain, with running headers, footers and page numbers, or in two columns."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

    margin, gap = 60.0, 24.0
    wide, high = A4[0] - 2 * margin, A4[1] - 2 * margin - 20
    if form == "columns":
        half = (wide - gap) / 2
        frames = [Frame(margin + n * (half + gap), margin, half, high, 0, 0, 0, 0) for n in (0, 1)]
    else:
        half, frames = wide, [Frame(margin, margin, wide, high, 0, 0, 0, 0)]
    made = BaseDocTemplate(str(path), pagesize=A4)
    furnish = _furnish(lines) if form != "plain" else _nothing
    made.addPageTemplates([PageTemplate("page", frames, onPage=furnish)])
    made.build(list(_flow(lines, half)))
    return path


def _nothing(_canvas: Any, _made: Any) -> None:
    pass


def _furnish(lines: Sequence[Line]) -> Callable[[Any, Any], None]:
    title = next((line.text for line in lines if line.kind == "title"), "Policy")[:60]

    def draw(canvas: Any, made: Any) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(60, 812, title)
        canvas.drawString(60, 28, "Printed copies are uncontrolled")
        canvas.drawRightString(535, 28, f"Page {made.page}")

    return draw


def _flow(lines: Sequence[Line], width: float) -> Iterator[Any]:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import Paragraph, Spacer, Table, TableStyle

    for name in ("Vera", "VeraBd"):
        pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))
    body = ParagraphStyle("body", fontName="Vera", fontSize=9.5, leading=12.5, spaceAfter=6)
    bullet = ParagraphStyle("bullet", body, leftIndent=18, bulletIndent=6, spaceAfter=1)
    heads = [
        ParagraphStyle(f"h{n}", body, fontName="VeraBd", fontSize=s, leading=s * 1.25, spaceBefore=8)
        for n, s in enumerate((17, 13, 11))
    ]
    cell = ParagraphStyle("cell", body, fontSize=8 if width > 300 else 4, leading=10, spaceAfter=0)
    tight = [(f"{side}PADDING", (0, 0), (-1, -1), 2) for side in ("LEFT", "RIGHT")]
    for line in lines:
        if line.kind == "table":
            rows = [[Paragraph(_safe(text), cell) for text in row] for row in line.rows]
            style = TableStyle(
                [("GRID", (0, 0), (-1, -1), 0.5, "black"), ("VALIGN", (0, 0), (-1, -1), "TOP"), *tight]
            )
            yield Table(rows, colWidths=_widths(line.rows, width), style=style)
            yield Spacer(1, 8)
        elif line.kind == "bullet":
            yield Paragraph(_safe(line.text), bullet, bulletText="\u2022")
        elif line.kind == "text":
            yield Paragraph(_safe(line.text), body)
        else:
            yield Paragraph(_safe(line.text), heads[min(line.level, 2)])


def _widths(rows: Sequence[Sequence[str]], width: float) -> list[float]:
    """Columns as wide as their longest word needs, as people drag them."""
    longest = [
        max(len(word) for cell in column for word in (cell.split() or [""])) + 3
        for column in zip(*rows, strict=True)
    ]
    return [width * share / sum(longest) for share in longest]


def _safe(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
