"""The schools file beside a tenant: what differs, and changes that leave everything else as it stands."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.reporting.people import Directory
from bot.reporting.schools import read_schools
from bot.reporting.schools_edits import NotEditedError, edited
from bot.reporting.schools_sync import Difference, Entry, Sort, differences
from knowledge.rules import Role
from knowledge.yamlfile import Refused
from tests.bot.reporting.oakfield import OAKFIELD, directory
from tests.support.teams.people import account_of

TODAY = date(2026, 11, 23)
GROUP = account_of("the deputies' group")
PRIYA = "7b1c0000-0000-4000-8000-000000000001"
GROUPED = OAKFIELD.replace(
    "{role: deputy_dsl, school: oak-primary, people: [omar, ruth]}",
    f"{{role: deputy_dsl, school: oak-primary, people: [omar, ruth], group: {GROUP}}}",
)
DEPUTIES = next(place for place, one in enumerate(directory().holdings) if one.people == ("omar", "ruth"))


def _entry(person: str, **more: bool) -> Entry:
    known = directory().people[person]
    account = known.accounts.get("teams", account_of(person))
    entry = Entry(account, known.name, frozenset({str(known.email)}))
    return Entry(entry.id, entry.name, entry.addresses, **more)


def _tenant(*without: str) -> list[Entry]:
    return [_entry(one) for one in directory().people if one not in without]


def _found(
    entries: list[Entry], members: set[str] | None = None, known: Directory | None = None
) -> list[Difference]:
    groups = {GROUP: frozenset(members)} if members is not None else {}
    read = known or read_schools(GROUPED, "schools.yml")
    return [one for one in differences(read, entries, groups, TODAY) if one.person != "" or members]


def test_whoever_has_no_account_in_the_file_is_found_by_their_address() -> None:
    found = _found(_tenant())
    assert {one.sort for one in found} == {Sort.FOUND}
    assert {(one.person, one.account) for one in found} == {
        (one, account_of(one)) for one in directory().people if one != "priya"
    }


def test_an_address_that_nobody_or_several_or_only_a_guest_has_gives_no_account() -> None:
    twin = Entry(account_of("twin"), "T", frozenset({"sam@oakfield.example"}))
    entries = [*_tenant("tom", "omar", "ruth"), twin, _entry("omar", guest=True), _entry("ruth", closed=True)]
    sorts = {one.person: one.sort for one in _found(entries)}
    assert sorts["sam"] is Sort.SEVERAL
    assert sorts["tom"] is sorts["omar"] is sorts["ruth"] is Sort.MISSING


def test_an_account_that_somebody_else_has_in_the_file_is_not_given_to_a_second() -> None:
    entries = [*_tenant("tom", "priya"), Entry(PRIYA, "Tom", frozenset({"tom@oakfield.example"}))]
    (tom,) = [one for one in _found(entries) if one.person == "tom"]
    assert tom.sort is Sort.SEVERAL


def test_an_account_that_is_closed_or_not_there_is_only_shown() -> None:
    closed = [_entry("priya", closed=True), *_tenant("priya")]
    (one,) = [one for one in _found(closed) if one.person == "priya"]
    assert (one.sort, one.writes) == (Sort.CLOSED, False)
    (one,) = [one for one in _found(_tenant("priya")) if one.person == "priya"]
    assert (one.sort, one.account) == (Sort.GONE, PRIYA)


def test_a_roles_group_shows_who_joined_who_left_and_who_is_nobodys() -> None:
    nell = Entry(account_of("nell"), "Nell Newstarter", frozenset())
    members = {account_of("omar"), account_of("tom"), nell.id}
    found = [one for one in _found([*_tenant(), nell], members) if one.holding == DEPUTIES]
    assert found == [
        Difference(Sort.JOINED, "tom", holding=DEPUTIES),
        Difference(Sort.LEFT, "ruth", holding=DEPUTIES),
        Difference(Sort.STRANGER, account=nell.id, name="Nell Newstarter", holding=DEPUTIES),
    ]


def test_a_role_is_never_emptied_by_a_group() -> None:
    found = [one for one in _found(_tenant(), set()) if one.holding == DEPUTIES]
    assert [(one.sort, one.writes) for one in found] == [(Sort.LAST, False), (Sort.LAST, False)]


def test_leavers_are_looked_for_nowhere() -> None:
    text = GROUPED.replace("school: oak-primary, slack: U0TOM,", "left: 2026-01-01,")
    assert text != GROUPED
    found = _found(_tenant("tom"), known=read_schools(text, "schools.yml"))
    assert "tom" not in {one.person for one in found}


BLOCK = """\
people:  # who we are
  - id: sam  # the DSL
    name: Sam Okafor
    aliases:
      - Mr Okafor

  - name: Ruth Bell
    id: "ruth"
roles:
  - role: deputy_dsl
    people:
      - omar  # first
      # then
      - ruth
"""


def _whole(block: str) -> str:
    """Oakfield with three entries written over several lines."""
    people, _, roles = block.partition("roles:\n")
    text = OAKFIELD.replace("people:\n", people, 1)
    for person in ("sam", "ruth"):
        start = text.index(f"  - {{id: {person}, name:")
        text = text[:start] + text[text.index("\n", start) + 1 :]
    old = "  - {role: deputy_dsl, school: oak-primary, people: [omar, ruth]}\n"
    assert old in text
    return text.replace(old, roles.replace("people:", "school: oak-primary\n    people:"))


def _sets(text: str, *changes: Difference) -> str:
    return edited(text, "schools.yml", changes)


def _place(text: str) -> int:
    read = read_schools(text, "schools.yml")
    return next(
        place
        for place, one in enumerate(read.holdings)
        if (one.role, one.school) == (Role.DEPUTY_DSL, "oak-primary")
    )


@pytest.mark.parametrize("text", [GROUPED, _whole(BLOCK), _whole(BLOCK).replace("\n", "\r\n")])
def test_changes_are_written_and_every_other_line_stays_as_it_is(text: str) -> None:
    place = _place(text)
    after = _sets(
        text,
        Difference(Sort.FOUND, "sam", account_of("sam")),
        Difference(Sort.FOUND, "ruth", account_of("ruth")),
        Difference(Sort.JOINED, "tom", holding=place),
        Difference(Sort.LEFT, "omar", holding=place),
        Difference(Sort.STRANGER, account=account_of("nell"), holding=place),
    )
    read = read_schools(after, "schools.yml")
    assert read.people["sam"].accounts["teams"] == account_of("sam")
    assert read.people["ruth"].accounts["teams"] == account_of("ruth")
    assert read.holdings[place].people == ("ruth", "tom")
    old, new = text.splitlines(), after.splitlines()
    assert len([one for one in new if one not in old]) == 3
    assert len([one for one in old if one not in new]) <= 3
    assert "  # then" in after or "  # then" not in text
    assert ("\r\n" in after) == ("\r\n" in text)
    assert after.count("\r") == (after.count("\n") if "\r\n" in text else 0)


def test_comments_beside_what_changes_stay() -> None:
    after = _sets(_whole(BLOCK), Difference(Sort.FOUND, "sam", account_of("sam")))
    assert f"  - id: sam  # the DSL\n    teams: {account_of('sam')}\n    name: Sam Okafor\n" in after


def test_a_change_that_would_make_the_file_faulty_is_refused() -> None:
    with pytest.raises(Refused, match="stands in line"):
        _sets(OAKFIELD, Difference(Sort.FOUND, "sam", PRIYA))


def test_signs_beyond_ascii_shift_nothing() -> None:
    text = OAKFIELD.replace("name: Priya Nair", "name: Príya 𝒩air 😀ß")
    after = _sets(text, Difference(Sort.FOUND, "sam", account_of("sam")))
    assert after == text.replace("slack: U0SAM}", f"slack: U0SAM, teams: {account_of('sam')}}}")


@given(some.data())
def test_whatever_is_written_reads_back_as_meant_or_nothing_is(data: some.DataObject) -> None:
    people = list(directory().people)
    found = [
        Difference(Sort.FOUND, one, account_of(one))
        for one in data.draw(some.lists(some.sampled_from(people), unique=True, max_size=4))
        if one != "priya"
    ]
    place = data.draw(some.integers(0, len(directory().holdings) - 1))
    held = directory().holdings[place].people
    joined = [
        one
        for one in data.draw(some.lists(some.sampled_from(people), unique=True, max_size=2))
        if one not in held
    ]
    left = data.draw(some.lists(some.sampled_from(held), unique=True, max_size=len(held)))
    changes = [
        *found,
        *(Difference(Sort.JOINED, one, holding=place) for one in joined),
        *(Difference(Sort.LEFT, one, holding=place) for one in left),
    ]
    try:
        after = edited(OAKFIELD, "schools.yml", changes)
    except (Refused, NotEditedError):
        return  # nobody hears about themselves, and no needed role is empty
    read = read_schools(after, "schools.yml")
    assert read.holdings[place].people == (*(one for one in held if one not in left), *joined)
    assert all(read.people[one.person].accounts["teams"] == one.account for one in found)
