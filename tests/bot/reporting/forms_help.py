"""What the tests of forms share: a teacher at Oakfield who fills one in on a Friday in November."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from bot.reporting.filling import FormRefusedError, fill
from bot.reporting.finding import find_people, mentioned_in
from bot.reporting.forms import Context, Question, questions
from bot.reporting.kinds import NATURES
from bot.reporting.report import Report
from knowledge.rules import Kind
from tests.bot.reporting.oakfield import directory

NOW = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
"""In November the trust's own time is UTC."""


def context(*, reporter: str = "priya", school: str | None = "oak-primary", now: datetime = NOW) -> Context:
    find = partial(find_people, directory=directory(), today=now.date())
    mentioned = partial(mentioned_in, directory=directory(), today=now.date())
    return Context(reporter, school, directory(), now, "key-1", find, mentioned)


def in_nation(nation: str) -> Context:
    here = context()
    trust = replace(here.directory.trust, nation=nation)
    return replace(here, directory=replace(here.directory, trust=trust))


def plain(kind: Kind, **answers: str) -> dict[str, str]:
    """A small faultless form: nobody in danger, no image, a few words."""
    who = NATURES[kind].about[0].value
    return {"about": who, "danger": "no", "image": "no", "what": "It was on the village page.", **answers}


def filled(kind: Kind, **answers: str) -> Report:
    return fill(kind, plain(kind, **answers), context())


def faults(kind: Kind, answers: Mapping[str, str], *, where: Context | None = None) -> dict[str, str]:
    """What is wrong, by question; nothing where the form makes a report."""
    try:
        fill(kind, answers, where or context())
    except FormRefusedError as refused:
        return {fault.key: fault.what for fault in refused.faults}
    return {}


def asked(kind: Kind, answers: Mapping[str, str], *, where: Context | None = None) -> dict[str, Question]:
    return {question.key: question for question in questions(kind, answers, where or context())}
