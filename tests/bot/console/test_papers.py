"""The lint finds in a Word file or a PDF what it finds in the same words as text."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import docx
import pytest

from bot.console.papers import paper_from_document, read_file
from bot.console.policy_check import check_all
from bot.errors import UnreadableError
from knowledge.importing.reading import read_document
from knowledge.linting import Finding, Paper, lint
from knowledge.loader import starter_document
from tests.support.renderings import Line, lines_of, pdf, word

TODAY = date(2026, 11, 21)
TITLE = "# Hill School: Social Media Policy (version 2, approved 3 March 2026, next review March 2027)"
FAULTS = f"""{TITLE}

## 1. Aim

Our rules keep everybody who works or learns at this school safe on social media, at work and at home.

## 2. Rules

Staff at [insert name of school] take care with everything that they post about their work here.

We follow Keeping Children Safe in Education 2024 in all that we do on social media at this school.

- Ask the head before you post a picture of a pupil on any account of the school.
- Staff must not not reply to messages from pupils on their own accounts.

## 4. Accounts

| School | Account | Master administrator | Approved users | Opened |
| --- | --- | --- | --- | --- |
| Hill | Facebook: Hill | | Head, office | May 2024 |
| Vale | Instagram: Vale | Jo Stone | Head, office | May 2024 |

## 5. Review

This policy is reviewed every three years by the governors, who hear what staff think of it.
"""
EXPECTED = {
    ("numbering", ("4",)),
    ("review-dates-disagree", ("5:1",)),
    ("stale-guidance", ("2:2",)),
    ("template", ("2:1",)),
    ("doubled", ("2:4",)),
    ("register-blank", ("4:2",)),
    ("one-administrator", ("4:3",)),
}
LOG = (
    ("Version", "Date", "Change"),
    ("1", "March 2024", "First written"),
    ("2", "October 2026", "New rules on images"),
)
Render = Callable[[list[Line], Path], Path]


def _word(lines: list[Line], folder: Path) -> Path:
    return word(lines, folder / "ours.docx", "styled")


def _word_numbered(lines: list[Line], folder: Path) -> Path:
    return word(lines, folder / "ours.docx", "automatic")


def _word_bold(lines: list[Line], folder: Path) -> Path:
    return word(lines, folder / "ours.docx", "bold")


def _pdf(lines: list[Line], folder: Path) -> Path:
    return pdf(lines, folder / "ours.pdf", "furnished")


every_form = pytest.mark.parametrize("render", [_word, _word_numbered, _word_bold, _pdf])


def _paper(path: Path) -> Paper:
    return paper_from_document(read_document(path), path.name)


def _found(path: Path, today: date = TODAY) -> list[Finding]:
    return list(lint(_paper(path), None, today=today))


def _checks(path: Path) -> set[str]:
    return {finding.check for finding in _found(path)}


@every_form
def test_every_fault_is_found_at_its_clause_and_nothing_else_is_said(render: Render, tmp_path: Path) -> None:
    found = _found(render(lines_of(FAULTS), tmp_path))
    assert {(finding.check, finding.addresses) for finding in found} == EXPECTED


@every_form
def test_nothing_is_found_in_the_starter_policy(render: Render, tmp_path: Path) -> None:
    assert _found(render(lines_of(starter_document()), tmp_path)) == []


@every_form
def test_a_document_without_dates_is_told_so(render: Render, tmp_path: Path) -> None:
    made = render(lines_of(FAULTS.replace(TITLE, "# Social Media Policy")), tmp_path)
    assert {"no-date", "no-review-date"} <= _checks(made)


@every_form
@pytest.mark.parametrize("heading", ["6. Version history", "6. Where we were"])
def test_guidance_is_held_against_the_change_log_known_by_its_heading_or_its_columns(
    render: Render, heading: str, tmp_path: Path
) -> None:
    sound = FAULTS.replace("Education 2024", "Education 2025")
    assert "stale-guidance" not in _checks(render(lines_of(sound), tmp_path))
    table = [Line("heading", heading, 1), Line("table", rows=LOG)]
    assert "stale-guidance" in _checks(render([*lines_of(sound), *table], tmp_path))


@every_form
def test_a_change_log_on_the_title_page_counts_and_the_next_review_in_it_does_not(
    render: Render, tmp_path: Path
) -> None:
    title, *rest = lines_of(FAULTS.replace("Education 2024", "Education 2025"))
    rows = (*LOG[:2], ("2", "June 2026", "Images; next review October 2026"))
    made = render([title, Line("table", rows=rows), *rest], tmp_path)
    assert _paper(made).details is not None
    assert "stale-guidance" not in _checks(made)
    made = render([title, Line("table", rows=LOG), *rest], tmp_path)
    assert "stale-guidance" in _checks(made)


@every_form
@pytest.mark.parametrize("entry", ["{number}. {name} ........ {page}", "{number}. {name}"])
def test_contents_that_do_not_match_are_found_both_ways(render: Render, entry: str, tmp_path: Path) -> None:
    names = ((1, "Aim"), (2, "Rules"), (3, "Cameras"), (4, "Accounts"))
    listed = [Line("text", entry.format(number=number, name=name, page=number + 1)) for number, name in names]
    title, *rest = lines_of(FAULTS)
    made = render([title, Line("heading", "Contents", 1), *listed, *rest], tmp_path)
    said = [finding.what for finding in _found(made) if finding.check == "contents"]
    assert said == ["the contents name “3. Cameras”, which isn't there", "“5. Review” isn't in the contents"]


def test_headings_beneath_those_that_the_contents_list_need_not_be_listed(tmp_path: Path) -> None:
    made = docx.Document()
    made.add_heading("Hill School Social Media Policy", 0)
    made.add_heading("Contents", 1)
    for name in ("Aim", "Rules"):
        made.add_paragraph(f"{name}\t3")
    for name, level in (("Aim", 1), ("Rules", 1), ("Pictures", 2), ("Messages", 2)):
        made.add_heading(name, level)
        made.add_paragraph("Everybody who works at this school keeps to these rules, wherever they are.")
    made.save(str(tmp_path / "ours.docx"))
    assert "contents" not in _checks(tmp_path / "ours.docx")


@every_form
def test_an_appendix_may_number_its_sections_from_one_again(render: Render, tmp_path: Path) -> None:
    text = FAULTS.replace("## 4.", "## 3.").replace("## 5.", "## 4.")
    text += "\n## Appendix 1: Forms\n\n"
    for number in (1, 2, 4):
        text += (
            f"## {number}. Form {'ABCDE'[number]}\n\nFill this form in before you post for the school.\n\n"
        )
    said = [one.what for one in _found(render(lines_of(text), tmp_path)) if one.check == "numbering"]
    assert said == ["the numbering goes on with 4 where 3 is due: is something left out?"]


@every_form
def test_a_place_to_fill_in_on_the_title_page_is_found(render: Render, tmp_path: Path) -> None:
    title, *rest = lines_of(FAULTS)
    made = render([title, Line("text", "Approved by: [insert name]"), *rest], tmp_path)
    found = [finding for finding in _found(made) if finding.what.startswith("“[insert name]”")]
    assert [(finding.check, finding.addresses) for finding in found] == [("template", ("title-page:2",))]


def test_a_reference_to_a_numbered_paragraph_leads_somewhere(tmp_path: Path) -> None:
    text = FAULTS.replace(
        "Our rules keep", "1.1 As paragraph 1.2 of this policy says, our rules keep"
    ).replace("## 2.", "1.2 They hold for everybody who works here, paid or not, wherever they are.\n\n## 2.")
    path = tmp_path / "ours.docx"
    word(lines_of(text), path)
    assert "reference" not in _checks(path)
    word(lines_of(text.replace("paragraph 1.2", "paragraph 1.7")), path)
    assert "reference" in _checks(path)


def test_a_file_is_checked_by_name_whatever_its_form(tmp_path: Path) -> None:
    made = [_word(lines_of(FAULTS), tmp_path), _pdf(lines_of(FAULTS), tmp_path)]
    checked = check_all(list(map(str, made)), today=TODAY)
    for one in checked:
        assert {(finding.check, finding.addresses) for finding in one.findings} == EXPECTED


def test_a_file_that_cannot_be_read_is_one_clear_line_that_says_what_to_do(tmp_path: Path) -> None:
    old = tmp_path / "ours.doc"
    old.write_bytes(b"\xd0\xcf\x11\xe0 an old Word file")
    with pytest.raises(UnreadableError, match=r"old Word file.*save it as \.docx") as refused:
        check_all([str(old)], today=TODAY)
    assert "\n" not in str(refused.value)
    with pytest.raises(UnreadableError, match="no such file"):
        read_file(tmp_path / "nothing.pdf")
