"""What the lint finds in a document: each fault where it was put, and nothing in a document without any."""

import time
from datetime import date

import pytest

from knowledge.linting import Details, Finding, lint
from knowledge.linting.markdown import paper_from_list, paper_from_markdown
from knowledge.loader import starter_document

TODAY = date(2026, 11, 21)
STARTER = starter_document()
TITLE = "# Hill School: Social Media Policy (version 2, approved 3 March 2026, next review March 2027)"
REGISTER = """
## 4. Accounts

| School | Account | Master administrator | Approved users | Opened | Closed |
| --- | --- | --- | --- | --- | --- |
{row}
"""
FULL = "| Hill | Facebook: Hill | Business manager and head | Head, office | May 2024 | |"


def found(text: str, today: date = TODAY) -> list[Finding]:
    return list(lint(paper_from_markdown(text, "hill.md"), None, today=today))


def checks(text: str) -> set[str]:
    return {finding.check for finding in found(text)}


def with_clause(clause: str) -> str:
    return f"{TITLE}\n\n## 1. Aim\n\nWe keep children safe on social media.\n\n## 2. Rules\n\n{clause}\n"


def with_row(row: str) -> str:
    return f"{TITLE}\n{REGISTER.replace('4.', '1.').format(row=row)}"


def test_nothing_is_found_in_the_starter_policy() -> None:
    assert found(STARTER) == []


def test_nothing_is_found_in_a_plain_sound_policy() -> None:
    assert found(with_clause("Tell the DSL about any message from a pupil.")) == []
    assert found(with_row(FULL)) == []


@pytest.mark.parametrize(
    ("clause", "check"),
    [
        ("Staff at [insert name of school] take care.", "template"),
        ("Ask «Head» before you post.", "template"),
        ("The safeguarding lead is XX.", "template"),
        ("Name of School expects the best of everybody.", "template"),
        ("This was agreed on DD/MM/YYYY by the governors.", "template"),
        ("List details of the accounts; delete the examples when done.", "template"),
        ("Posts with pupils in them are checked. (if applicable)", "template"),
        ("Signed by the chair ______________", "template"),
        ("Designated safeguarding lead: ______", "blank-role"),
        ("Data protection officer:", "blank-role"),
        ("| Chair of governors | A Field |\n| --- | --- |\n| Safeguarding lead | |", "blank-role"),
        ("| Role | Name | Telephone |\n| --- | --- | --- |\n| Safeguarding lead | | |", "blank-role"),
        ("Date approved:\n\nApproved by: Board of Trustees", "blank-date"),
        ("| Approved by | The board |\n| --- | --- |\n| Date of approval | |", "blank-date"),
        ("Staff must not not reply to pupils.", "doubled"),
        ("This binds teachers, agency staff, governors, trainees, agency staff and volunteers.", "doubled"),
        ("Never post anything about a pupil on social med", "cut"),
        ("All posts are agreed beforehand with the", "cut"),
        ("This rests on the Terrorism Act 20 and its guidance.", "cut"),
        ("The DfE has issued. It can be read in the office.", "cut"),
        ("Worries are directed to the as appropriate.", "blank-recipient"),
        ("Anything unsuitable is reported to immediately.", "blank-recipient"),
        ("Staff must report any abusive comments they see.", "no-recipient"),
        ("Any breach should be reported. The head decides.", "no-recipient"),
        ("We follow Keeping Children Safe in Education 2024 in all we do.", "stale-guidance"),
        ("We follow the DfE's advice (Sep 18) on Keeping Children Safe in Education.", "stale-guidance"),
        ("We follow DfE (2023) ‘Keeping Children Safe in Education’.", "stale-guidance"),
        ("We follow ‘Keeping Children Safe in Education’ (KCSIE), September 2023.", "stale-guidance"),
        ("Data is kept under the Data Protection Act 1998.", "stale-guidance"),
        ("This policy is reviewed every three years.", "review-dates-disagree"),
        ("Next review: June 2028", "review-dates-disagree"),
        ("What it is not is set out in paragraph 7 of this policy.", "reference"),
    ],
)
def test_a_fault_is_found_and_nothing_else_is_said(clause: str, check: str) -> None:
    assert [finding.check for finding in found(with_clause(clause))] == [check]


@pytest.mark.parametrize(
    "clause",
    [
        "Accounts that contain the school name without leave are closed.",
        "The staff that had had training know that that is wrong.",
        "Reviewed posts are kept. Every year group is taught about it.",
        "Report it to the site and tell the DSL.",
        "Concerns must be reported to the head, or to the chair if it is about the head.",
        "You must report it through the form.",
        "We follow Keeping Children Safe in Education 2025 and the Data Protection Act 2018.",
        "We follow Keeping Children Safe in Education as it stands.",
        "We follow Keeping Children Safe in Education, the Teachers' Standards 2012 and the law.",
        "The Education Act 2002 and Keeping Children Safe in Education bind us.",
        "| Approved by | The board |\n| --- | --- |\n| Date of approval | 3 March 2026 |",
        "| Channel | What for |\n| --- | --- |\n| Facebook | News |",
        "The policy is reviewed every year.",
        "The school encourages pupils to\n\nBe kind to one another.",
        "See section 2 of this policy.",
        "This is what the school itself has published.",
        "The safeguarding lead and the head will:\n\n- share this policy\n- answer questions",
        "Adults working here must:-\n\n- know this policy",
        "The following definitions apply:-\n\nSocial media means apps where people talk.",
        "Section 175 of the Education Act 2002 applies.",
        "Be courteous (where appropriate, with names) and kind.",
    ],
)
def test_sound_wording_raises_no_alarm(clause: str) -> None:
    assert found(with_clause(clause)) == []


@pytest.mark.parametrize(
    ("row", "check", "says"),
    [
        ("| Hill | Facebook: Hill | | Head | May 2024 | |", "register-blank", "its administrator"),
        ("| Hill | Facebook: Hill | Head, office | | May 2024 | |", "register-blank", "who may post"),
        ("| Hill | Facebook: Hill | Head, office | Head | | |", "register-blank", "opened"),
        ("| Hill | Facebook: Hill | Jo Stone | Head, office | May 2024 | |", "one-administrator", "Hill"),
        ("| Hill | Facebook: Hill | J Stone | J Stone | May 2024 | |", "one-administrator", "Hill"),
        ("| Hill | Facebook: Hill | Head | Head | May 2024 | |", "one-administrator", "Hill"),
        ("| Hill | head@hill.example | Head, office | Head | May 2024 | |", "email-as-account", "e-mail"),
        ("| Eg Hill | Facebook: Hill | Head | Head | May 2024 | |", "template", "examples"),
    ],
)
def test_a_gap_in_the_register_is_found(row: str, check: str, says: str) -> None:
    (finding,) = found(with_row(row))
    assert (finding.check, finding.addresses) == (check, ("1:2",))
    assert says in finding.what


def test_an_account_that_is_open_needs_no_closing_date_and_a_team_is_not_one_person() -> None:
    assert found(with_row("| Hill | Facebook: Hill | Office team | Office team | May 2024 | |")) == []


def test_a_header_of_two_rows_is_no_row_with_gaps() -> None:
    text = with_row("| | | | | Opened | Closed |\n" + FULL).replace(
        "Opened | Closed |\n| ---", "Date | |\n| ---"
    )
    assert found(text) == []


def test_a_review_is_overdue_once_its_month_is_over() -> None:
    text = with_clause("Be kind.")
    assert found(text, date(2027, 3, 31)) == []
    assert [finding.check for finding in found(text, date(2027, 4, 1))] == ["review-overdue"]


def test_a_document_without_dates_is_told_so_and_held_against_today() -> None:
    text = with_clause("We follow Keeping Children Safe in Education 2025.").replace(TITLE, "# Policy")
    assert checks(text) == {"no-date", "no-review-date", "stale-guidance"}


def test_guidance_is_held_against_the_last_line_of_the_change_log() -> None:
    log = "| Version | Date | Change |\n| --- | --- | --- |\n| 2 | October 2026 | New rules on images |\n"
    text = with_clause("We follow Keeping Children Safe in Education 2025.")
    assert found(text) == []
    assert checks(f"{text}\n## 3. Version history\n\n{log}") == {"stale-guidance"}


@pytest.mark.parametrize(
    ("headings", "says"),
    [
        (("1. Aim", "2. Rules", "4. Review"), "goes on with 4 where 3"),
        (("1. Aim", "2. Rules", "2. Review"), "2 comes twice"),
        (("1. Aim", "1.1 Who", "1.3 When", "2. Rules"), "goes on with 1.3 where 1.2"),
        (("1. Aim", "i. Kind", "iii. Honest", "2. Rules"), "goes on with 1.3 where 1.2"),
        (("2. Rules", "3. Review"), "goes on with 2 where 1"),
    ],
)
def test_a_jump_in_the_numbering_is_found(headings: tuple[str, ...], says: str) -> None:
    text = "\n\n".join(f"## {heading}\n\nBe kind to one another." for heading in headings)
    (finding,) = (one for one in found(f"{TITLE}\n\n{text}") if one.check == "numbering")
    assert says in finding.what


def test_whole_numbering_is_left_alone() -> None:
    headings = (
        "1. Aim",
        "i. Be kind",
        "ii. Be fair",
        "2. Rules",
        "2.1 Pupils",
        "2.2 Parents",
        "3. End",
        "Appendix 1: Forms",
    )
    text = "\n\n".join(f"## {heading}\n\nBe kind to one another." for heading in headings)
    assert found(f"{TITLE}\n\n{text}") == []


def test_contents_that_do_not_match_are_found_both_ways() -> None:
    contents = "## Contents\n\n- 1. Aim ........ 2\n- 2. Cameras 3\n"
    text = with_clause("Be kind.").replace("## 1. Aim", f"{contents}\n## 1. Aim")
    said = [finding.what for finding in found(text) if finding.check == "contents"]
    assert said == ["the contents name “2. Cameras”, which isn't there", "“2. Rules” isn't in the contents"]
    assert checks(text.replace("Cameras", "Rules")) == set()


def test_clauses_that_cannot_both_hold_are_found_across_sections() -> None:
    text = with_clause("We do not include personal data of any kind in posts.")
    assert found(text) == []
    text += "\n## 3. Consent\n\nGet parents' consent before sharing images on the school's page.\n"
    (finding,) = found(text)
    assert (finding.check, finding.addresses) == ("contradiction", ("2:1", "3:1"))


@pytest.mark.parametrize(
    ("before", "after", "check"),
    [
        ("next review November 2027", "next review November 2025", "review-overdue"),
        ("## 12. Monitoring", "## 13. Monitoring", "numbering"),
        ("tell the head at once, who answers", "tell the as appropriate, who answers", "blank-recipient"),
        (
            "| School business manager and deputy head | Head, communications lead |",
            "| | Head |",
            "register-blank",
        ),
        ("in the edition now in force", "2023", "stale-guidance"),
        ("whatever the reason", "whatever whatever the reason", "doubled"),
        ("reviews this policy every year", "reviews this policy every four years", "review-dates-disagree"),
    ],
)
def test_a_fault_put_into_the_starter_is_the_first_thing_found(before: str, after: str, check: str) -> None:
    assert before in STARTER
    assert check in checks(STARTER.replace(before, after, 1))


def test_the_title_line_gives_the_details() -> None:
    paper = paper_from_markdown(with_clause("Be kind."), "hill.md")
    assert paper.details == Details("2", date(2026, 3, 3), None, "2027-03", None)


def test_a_list_of_clauses_has_no_first_page_that_could_lack_a_date() -> None:
    paper = paper_from_list('{"address": "1:1", "text": "Be kind."}', "hill.jsonl")
    assert lint(paper, None, today=TODAY) == ()


def test_a_clause_list_is_read_with_its_headings_and_rows() -> None:
    line = '{"address": "%s", "heading": "%s", "text": "%s"}'
    text = "\n".join((line % ("1:1", "1. Aim", "Be kind."), line % ("2:1", "2. Accounts", "a | b")))
    paper = paper_from_list(text, "hill.jsonl")
    assert [(block.address, block.kind) for block in paper.blocks] == [
        *(("1", "heading"), ("1:1", "paragraph")),
        *(("2", "heading"), ("2:1", "row")),
    ]


@pytest.mark.parametrize(
    "words",
    [
        "We follow Keeping Children Safe in Education and report to the head ",
        "a b, ",
        '", ',
        "_",
        "[insert ",
        ". ",
    ],
)
def test_a_paragraph_of_any_length_is_looked_over_in_a_moment(words: str) -> None:
    text = with_clause(f"KCSIE {words * (200_000 // len(words))}")
    began = time.perf_counter()
    found(text)
    assert time.perf_counter() - began < 10


def test_a_document_of_many_clauses_is_looked_over_in_a_moment() -> None:
    text = "\n".join(f"## {n}. Part {n}\n\n" + "Be kind to one another.\n\n" * 200 for n in range(1, 101))
    began = time.perf_counter()
    assert found(f"{TITLE}\n\n{text}") == []
    assert time.perf_counter() - began < 10
