"""Word documents as schools really keep them: contents, merged cells, links, soft returns, headers, lists."""

from pathlib import Path
from typing import Any

import docx
import pytest
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from knowledge.importing.clauses import Clauses, clauses
from knowledge.importing.reading import read_document
from tests.support.renderings import lines_of, word


@pytest.fixture(name="made")
def _made() -> WordDocument:
    made = docx.Document()
    made.add_heading("Oakfield Primary School: Social Media Policy", 0)
    made.add_heading("1. Rules", 1)
    return made


def _read(made: WordDocument, folder: Path) -> Clauses:
    path = folder / "policy.docx"
    made.save(str(path))
    return clauses(read_document(path))


def test_words_contents_list_is_left_out(made: WordDocument, tmp_path: Path) -> None:
    made.styles.add_style("TOC 1", WD_STYLE_TYPE.PARAGRAPH)
    made.paragraphs[0].insert_paragraph_before("Rules\t2", style="TOC 1")
    control = parse_xml(
        f"<w:sdt {nsdecls('w')}><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/>"
        "</w:docPartObj></w:sdtPr><w:sdtContent><w:p><w:r><w:t>Rules ... 2</w:t></w:r></w:p>"
        "</w:sdtContent></w:sdt>"
    )
    made.element.body.insert(0, control)
    made.add_paragraph("Be kind to each other online.")
    found = _read(made, tmp_path)
    assert found.texts == {"1:1": "Be kind to each other online."}
    assert found.document.contents == ("Rules 2",)


def test_words_in_links_and_content_controls_are_kept(made: WordDocument, tmp_path: Path) -> None:
    paragraph = made.add_paragraph("Write to ")
    link = parse_xml(f"<w:hyperlink {nsdecls('w')}><w:r><w:t>the office</w:t></w:r></w:hyperlink>")
    control = parse_xml(
        f"<w:sdt {nsdecls('w')}><w:sdtContent><w:r><w:t> before you post.</w:t></w:r></w:sdtContent></w:sdt>"
    )
    paragraph._p.append(link)  # noqa: SLF001  python-docx adds no links
    paragraph._p.append(control)  # noqa: SLF001  same
    assert _read(made, tmp_path).texts == {"1:1": "Write to the office before you post."}


def test_merged_cells_stand_once_and_headers_of_two_rows_are_rows(made: WordDocument, tmp_path: Path) -> None:
    table = made.add_table(rows=3, cols=3)
    for row, texts in zip(
        table.rows, (("Page", "Date", ""), ("", "Opened", "Closed"), ("X", "2024", "")), strict=True
    ):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    assert _read(made, tmp_path).texts == {
        "1:1": "Page | Date |",
        "1:2": "| Opened | Closed",
        "1:3": "X | 2024 |",
    }


def test_typed_bullets_after_soft_returns_are_items(made: WordDocument, tmp_path: Path) -> None:
    made.add_paragraph("Staff must not:\n\u2022 swear\n\u2022 shout")
    assert _read(made, tmp_path).texts == {"1:1": "Staff must not:", "1:2": "swear", "1:3": "shout"}


def test_a_table_that_only_frames_text_is_text(made: WordDocument, tmp_path: Path) -> None:
    cell = made.add_table(rows=1, cols=1).cell(0, 0)
    cell.text = "Staff must be kind."
    cell.add_paragraph("Staff must be honest.")
    assert list(_read(made, tmp_path).texts.values()) == ["Staff must be kind.", "Staff must be honest."]


def test_headers_and_footers_tell_the_version_and_are_no_clauses(made: WordDocument, tmp_path: Path) -> None:
    made.sections[0].footer.paragraphs[0].text = "Version 2.3, next review May 2027"
    made.add_paragraph("Be kind to each other online.")
    found = _read(made, tmp_path)
    assert list(found.texts) == ["1:1"]
    assert found.document.furniture == ("Version 2.3, next review May 2027",)


def test_text_boxes_are_named_for_a_person_to_look_at(made: WordDocument, tmp_path: Path) -> None:
    paragraph: Any = made.add_paragraph("Be kind to each other online.")
    box = OxmlElement("w:pict")
    content = OxmlElement("w:txbxContent")
    inner = parse_xml(f"<w:p {nsdecls('w')}><w:r><w:t>Ring the head first</w:t></w:r></w:p>")
    content.append(inner)
    box.append(content)
    run = OxmlElement("w:r")
    run.append(box)
    paragraph._p.append(run)  # noqa: SLF001  python-docx draws no boxes
    found = _read(made, tmp_path)
    assert list(found.texts.values()) == ["Be kind to each other online."]
    assert "Ring the head first" in found.document.notes[0]


def test_numbers_restart_beneath_each_heading(tmp_path: Path) -> None:
    text = "# P\n\n## 1. A\n\n### i. X\n\nOne.\n\n### ii. Y\n\nTwo.\n\n## 2. B\n\n### i. Z\n\nThree.\n"
    path = word(lines_of(text), tmp_path / "policy.docx", "automatic")
    assert list(clauses(read_document(path)).texts) == ["1.i:1", "1.ii:1", "2.i:1"]


def test_an_outline_level_makes_a_heading_whatever_the_style(made: WordDocument, tmp_path: Path) -> None:
    paragraph = made.add_paragraph("Personal use")
    level = OxmlElement("w:outlineLvl")
    level.set(qn("w:val"), "0")
    paragraph._p.get_or_add_pPr().append(level)  # noqa: SLF001  python-docx doesn't offer it
    made.add_paragraph("Staff may use it at lunch.")
    assert list(_read(made, tmp_path).texts) == ["personal-use:1"]
