"""What a file without faults may still lack."""

from dataclasses import replace
from datetime import date
from types import MappingProxyType

from bot.reporting.people import Absence
from bot.reporting.staffing import Held, survey
from knowledge.rules import Role
from tests.bot.reporting.oakfield import directory

OAKFIELD = directory()
TODAY = date(2026, 9, 14)


def test_oakfield_lacks_nothing() -> None:
    found = survey(OAKFIELD, TODAY)
    assert (found.unreachable, found.vacant, found.short, found.lacking, found.uncovered, found.hints) == (
        (),
    ) * 6


def test_holders_are_told_apart_by_who_is_here_away_and_gone() -> None:
    people = {**OAKFIELD.people}
    people["omar"] = replace(people["omar"], left=TODAY)
    people["ruth"] = replace(people["ruth"], away=(Absence(TODAY, TODAY),))
    found = survey(replace(OAKFIELD, people=people), TODAY)
    deputies = Held(Role.DEPUTY_DSL, "oak-primary", here=(), away=("ruth",), gone=("omar",))
    assert deputies in found.vacant
    assert [(one.role, one.here) for one in found.short] == [(Role.SLT, ("helen",))]


def test_leavers_need_not_be_reached() -> None:
    bare = replace(OAKFIELD.people["tom"], email=None, accounts=MappingProxyType({}))
    assert survey(replace(OAKFIELD, people={**OAKFIELD.people, "tom": bare}), TODAY).unreachable == ("tom",)
    gone = replace(bare, left=TODAY)
    assert survey(replace(OAKFIELD, people={**OAKFIELD.people, "tom": gone}), TODAY).unreachable == ()


def test_a_vacancy_by_the_file_is_a_vacancy() -> None:
    empty = tuple(replace(one, people=()) if one.role is Role.DPO else one for one in OAKFIELD.holdings)
    assert [one.role for one in survey(replace(OAKFIELD, holdings=empty), TODAY).vacant] == [Role.DPO]
