"""From a form's answers to a report, or to everything that is wrong with them at once."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.errors import SignpostError
from bot.reporting.forms import (
    SORTS,
    STANDING,
    WORDED,
    Context,
    Sort,
    naming_of,
    needed,
    options_of,
    picked,
    read_choices,
)
from bot.reporting.kinds import danger_of, filed_as, image_of, urgency_of
from bot.reporting.report import About, Report
from bot.reporting.standings import standings
from bot.reporting.typed import (
    FutureTimeError,
    UnclearTimeError,
    clean,
    holds_a_file,
    moment,
    without_links,
)
from bot.wording import forms as wording
from knowledge.rules import Kind

FIELD_LIMIT = 20_000
"""Characters that fit in one answer."""
FORM_LIMIT = 100_000
"""Characters that fit in one report."""
WHOLE = "form"
"""The key of a fault that is no single question's."""
_MOST_UNKNOWN = 20
_KEY_SHOWN = 60
_NO_NAMES = frozenset(
    "and boy boys class computing form girl girls group her his lesson pupil pupils room school staff "
    "student students teacher the them they unknown user year".split()
)
_INVOLVED = frozenset({"yes", "unsure"})
_APART = frozenset({"about", "subject", "subject_person", "school"})
"""Answers with a place of their own in a report."""


@dataclass(frozen=True, slots=True)
class FormFault:
    """One thing wrong: at which question, and what to do about it. It repeats nothing that was typed."""

    key: str
    what: str


class FormRefusedError(SignpostError):
    """The answers make no report yet; `faults` says everything that is missing or wrong."""

    def __init__(self, faults: tuple[FormFault, ...]) -> None:
        super().__init__(" ".join(dict.fromkeys(fault.what for fault in faults)))
        self.faults = faults


def fill(kind: Kind, answers: Mapping[str, str], context: Context) -> Report:
    """The report that the answers make. Raises `FormRefusedError` with every fault at once."""
    long = tuple(_too_long(answers))
    known = {key: text for key, text in answers.items() if _is_asked(key, context)}
    given = _tidied(kind, known, context)
    faults = (*long, *_unknown(answers, context), *_wrong(kind, given, context))
    if faults:
        raise FormRefusedError(faults)
    return _report(kind, given, context)


def _too_long(answers: Mapping[str, str]) -> Iterator[FormFault]:
    over = [key for key, text in answers.items() if len(text) > FIELD_LIMIT]
    yield from (FormFault(_shown(key), wording.TOO_LONG) for key in over[:_MOST_UNKNOWN])
    if not over and sum(map(len, answers.values())) > FORM_LIMIT:
        yield FormFault(WHOLE, wording.TOO_LONG_IN_ALL)


def _is_asked(key: str, context: Context) -> bool:
    if key.startswith(STANDING):
        return context.directory.person(key.removeprefix(STANDING)) is not None
    return key in SORTS


def _unknown(answers: Mapping[str, str], context: Context) -> Iterator[FormFault]:
    strange = [key for key, text in answers.items() if text and not _is_asked(key, context)]
    yield from (FormFault(_shown(key), wording.NO_QUESTION) for key in strange[:_MOST_UNKNOWN])


def _shown(key: str) -> str:
    return clean(key[:_KEY_SHOWN], lines=False)


def _tidied(kind: Kind, answers: Mapping[str, str], context: Context) -> dict[str, str]:
    """The answers as they are kept: what can't be seen taken out, choices by value, nothing empty."""
    seen = {
        key: clean(text[:FIELD_LIMIT], lines=SORTS.get(key) is Sort.LONG) for key, text in answers.items()
    }
    given = read_choices(kind, {key: text for key, text in seen.items() if text}, context)
    if image_of(filed_as(kind, given), given) not in _INVOLVED:
        return given
    return {
        key: without_links(text, wording.LINK_LEFT_OUT) if key in WORDED - {"url"} else text
        for key, text in given.items()
    }


def _wrong(kind: Kind, given: Mapping[str, str], context: Context) -> Iterator[FormFault]:
    for key in needed(kind):
        if not given.get(key):
            yield FormFault(key, wording.SAY_ABOUT if key == "about" else wording.SAY_WHICH)
    for key, text in given.items():
        yield from _wrong_answer(kind, key, text, context)
    if given.get("url") and image_of(filed_as(kind, given), given) in _INVOLVED:
        yield FormFault("url", wording.NO_LINK)
    if _names(given.get("subject", "")) & _names(given.get("fault", "")):
        yield FormFault("fault", wording.NO_NAME)
    if not _says_anything(given):
        yield FormFault("what", wording.EMPTY)


def _names(text: str) -> frozenset[str]:
    """The words of a text that may be somebody's name."""
    words = re.findall(r"[^\W\d_]{3,}", text.casefold())
    return frozenset(words) - _NO_NAMES


def _wrong_answer(kind: Kind, key: str, text: str, context: Context) -> Iterator[FormFault]:
    if holds_a_file(text):
        yield FormFault(key, wording.NO_FILE)
    elif SORTS.get(key) is Sort.WHEN:
        what = _wrong_time(text, context)
        if what:
            yield FormFault(key, what)
    elif key == "subject_person":
        if any(context.directory.person(person) is None for person in picked({key: text})):
            yield FormFault(key, wording.NO_SUCH_PERSON)
    elif key not in WORDED:
        options = options_of(kind, key, context)
        if text not in options:
            yield FormFault(key, wording.SAY_WHICH if options == wording.YES_NO else wording.one_of(options))


def _wrong_time(text: str, context: Context) -> str | None:
    try:
        _local(text, context)
    except UnclearTimeError:
        return wording.UNCLEAR_TIME
    except FutureTimeError:
        return wording.FUTURE
    return None


def _local(text: str, context: Context) -> str:
    return moment(text, now=context.now, zone=ZoneInfo(context.directory.trust.timezone))


def _says_anything(given: Mapping[str, str]) -> bool:
    return any(given.get(key) for key in (*WORDED, "subject_person"))


def _report(kind: Kind, given: Mapping[str, str], context: Context) -> Report:
    filed = filed_as(kind, given)
    naming = naming_of(kind, given, context)
    kept = {
        key: _local(text, context) if SORTS[key] is Sort.WHEN else text
        for key, text in given.items()
        if key not in _APART and not key.startswith(STANDING)
    }
    danger, image = danger_of(kind, given), image_of(filed, given)
    return Report(
        kind=filed,
        urgency=urgency_of(kind, given),
        reporter=context.reporter,
        school=given.get("school") or context.school,
        about=About(given["about"]),
        subject=given.get("subject", ""),
        standings=standings(naming, find_people=context.find_people, mentioned_in=context.mentioned_in),
        danger=danger in _INVOLVED,
        image=image in _INVOLVED,
        answers={**kept, "danger": danger, "image": image},
    )
