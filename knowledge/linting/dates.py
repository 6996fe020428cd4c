"""Dates that are past, missing or at odds, and guidance that has been replaced since."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from knowledge.linting.values import Clause, Details, Finding, Paper, dates_in, last_day, listed
from knowledge.rules import Day
from knowledge.yamlfile import parse

_YEARS = {"annual": 1, "every year": 1, "yearly": 1, "each year": 1, "every 12 months": 1}
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5}
_CYCLE = re.compile(
    r"\breview(?:s|ed)?\b[^.]{0,60}?\b(annual|every year|yearly|each year|every 12 months|"
    r"every (\d|two|three|four|five) years?)|\b(annual)(?:ly)? review",
    re.IGNORECASE,
)
_NEXT = re.compile(r"\b(?:next review|review (?:due|date)|due for review)\b\W*([^.;)|]{3,30})", re.IGNORECASE)
_MONTH = r"(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,? )"
_BEHIND = re.compile(
    rf"[\s'’‘\"”,:()–-]*(?:(?:kcsi?e|dfe|statutory|guidance|updated|revised|edition|version|from|of)[\s,:()–-]+)*"
    rf"{_MONTH}?((?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_NEAR = 40
"""So many characters before a name may hold its year."""
_BEFORE = re.compile(
    rf"(?:{_MONTH}?((?:19|20)\d\d)|{_MONTH}'?(\d\d))\)?\s*(?:on\b|:|–|-)?\s*['’‘\"“]*$", re.IGNORECASE
)
_LEEWAY = 0.6
"""Years by which an interval may miss what the text says: reviews slip by a term."""


def overdue(details: Details, today: date) -> Iterator[Finding]:
    """A review that is past due."""
    if details.review_due is not None and last_day(details.review_due) < today:
        what = f"the review was due {spoken(details.review_due)} and is overdue"
        yield Finding("review-overdue", (), what, "Review the policy, or say in it when it was")


def missing(details: Details) -> Iterator[Finding]:
    """No day on which it was made or last looked at, or none on which it is next."""
    if details.as_of is None:
        yield Finding(
            "no-date", (), "it doesn't say when it was approved or last reviewed", "Write the date on it"
        )
    if details.review_due is None:
        yield Finding("no-review-date", (), "it doesn't say when it is next reviewed", "Write the date on it")


def disagreeing(paper: Paper, details: Details) -> Iterator[Finding]:
    """Review dates, or a cycle and the dates, that can't both be right."""
    due = details.review_due
    said = details.reviewed or details.approved
    for clause in paper.clauses:
        years = _cycle(clause.text)
        if years and due is not None and said is not None:
            apart = (last_day(due) - last_day(said)).days / 365.25
            if abs(apart - years) > _LEEWAY:
                what = (
                    f"it says every {years} year{'s' * (years > 1)}, while the dates on it are "
                    f"{spoken(said)} and {spoken(due)}"
                )
                yield Finding("review-dates-disagree", (clause.address,), what, "Make them agree")
        yield from _other_date(clause, due)


def _other_date(clause: Clause, due: Day | None) -> Iterator[Finding]:
    for written in _NEXT.finditer(clause.text):
        found = dates_in(written[1])
        if due is not None and found and not _same(found[0], due):
            what = f"the next review is {spoken(found[0])} here and {spoken(due)} elsewhere"
            yield Finding("review-dates-disagree", (clause.address,), what, "Make them agree")


def _same(one: Day, other: Day) -> bool:
    first, second = str(one), str(other)
    return first.startswith(second) or second.startswith(first)


def _cycle(text: str) -> int | None:
    found = _CYCLE.search(text)
    if found is None:
        return None
    said = (found[1] or found[3]).lower()
    number = (found[2] or "").lower()
    return _NUMBERS.get(number) or (int(number) if number.isdigit() else _YEARS.get(said, 1))


@dataclass(frozen=True, slots=True)
class Guidance:
    """A piece of guidance and its editions: year, and since when it has been in force."""

    name: str
    says: re.Pattern[str]
    since: Mapping[int, date]
    every_september: int | None

    def current(self, on: date) -> int:
        """The edition in force on a day."""
        if self.every_september is not None:
            return max(self.every_september, on.year - (on < date(on.year, 9, 1)))
        return max((year for year, since in self.since.items() if since <= on), default=min(self.since))


def stale(paper: Paper, details: Details, today: date) -> Iterator[Finding]:
    """Guidance cited in an edition that had been replaced when the document was last brought up to date.

    A document without any date is held against today: nobody can tell how old it is.
    """
    on = details.as_of or today
    for guidance in known_guidance():
        found: dict[int, list[str]] = {}
        current = guidance.current(on)
        for clause in paper.clauses:
            for year in _cited(clause.text, guidance):
                if year < current:
                    found.setdefault(year, []).append(clause.address)
        for year, addresses in sorted(found.items()):
            held = f"was in force on {spoken(on)}" if details.as_of else "is in force now"
            what = f"{guidance.name} is cited as of {year}; that of {current} {held}"
            yield Finding("stale-guidance", tuple(addresses), what, "Cite the edition in force")


def _cited(text: str, guidance: Guidance) -> set[int]:
    """The editions that a clause cites: the year right behind the name, or else right before it."""
    found: set[int] = set()
    for named in guidance.says.finditer(text):
        after = _BEHIND.match(text, named.end())
        before = _BEFORE.search(text[max(0, named.start() - _NEAR) : named.start()])
        year = after[1] if after else (before[1] or f"20{before[2]}") if before else None
        if year is not None:
            found.add(int(year))
    return found


@cache
def known_guidance() -> tuple[Guidance, ...]:
    """The guidance whose editions Signpost knows (`guidance.yml`)."""
    text = files("knowledge.linting").joinpath("guidance.yml").read_text(encoding="utf-8")
    return tuple(map(_guidance, parse(text, "knowledge/linting/guidance.yml").data))


def _guidance(entry: dict[str, Any]) -> Guidance:
    starts = {int(year): since for year, since in entry.get("from", {}).items()}
    since = {year: starts.get(year, date(year, 1, 1)) for year in entry.get("editions", ())}
    return Guidance(
        entry["name"],
        re.compile(entry["says"], re.IGNORECASE),
        since,
        entry["first"] if entry.get("every_september") else None,
    )


def spoken(day: Day) -> str:
    """A date as one says it: 20 July 2023, July 2024, 2024."""
    if isinstance(day, date):
        return f"{day.day} {day:%B %Y}"
    year, _, month = day.partition("-")
    return f"{date(int(year), int(month), 1):%B %Y}" if month else listed([year])
