"""`signpost dsar`: everything held about somebody, as a draft that only the data protection officer gets."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bot import app
from bot.console import inert
from bot.console.as_json import JsonOption
from bot.console.confirming import AsOption, CodeOption, confirmed, desk, text_given
from bot.console.private_output import OutOption, check_free, put_out
from bot.wording import subject_access as wording
from bot.wording.answers import KINDS
from bot.wording.cases import STATES

if TYPE_CHECKING:
    from datetime import datetime

    from bot.reporting.people import Directory
    from bot.reporting.personal_data import CaseData, Item
    from bot.reporting.subject_access import Draft

SubjectOption = Annotated[
    str,
    typer.Option("--subject", metavar="NAME", help="Whose data; an id for staff; - reads it from stdin."),
]


def dsar(
    *,
    subject: SubjectOption,
    whom: AsOption,
    code: CodeOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Gather everything held about somebody as a draft for the data protection officer. Releases nothing."""
    from bot.reporting.subject_access import prepare, request_for

    check_free(out)
    with desk() as office:
        request = request_for(office, text_given(subject), now=app.now())
        inert.say(f"This request goes by {request.mark}, in the code's message and in the audit.", err=True)
        actor = confirmed(office, whom, request.purpose, code)
        draft = prepare(office, actor, request, now=app.now())
        directory = office.directory
    put_out(inert.as_json(as_row(draft)) + "\n" if as_json else as_text(draft, directory), out)


def as_row(draft: "Draft") -> dict[str, Any]:
    """A draft as plain data."""
    return {
        "watermark": wording.WATERMARK,
        "released": False,
        "request": draft.request.mark,
        "subject": draft.request.sought.name,
        "person": draft.request.sought.person.id if draft.request.sought.person else None,
        "prepared_at": draft.prepared_at.isoformat(),
        "prepared_by": draft.prepared_by,
        "ask_before_confirming": draft.ask_first,
        "warnings": list(draft.warnings),
        "not_searched": wording.NOT_HERE,
        "grounds": dict(wording.GROUNDS),
        "cases": [_case_row(one) for one in draft.cases],
        "own": [_item_row(item) for item in draft.own],
    }


def _case_row(one: "CaseData") -> dict[str, Any]:
    return {
        "reference": one.reference,
        "kind": one.kind.value,
        "state": one.state.value,
        "opened_at": one.opened_at.isoformat(),
        "stands": list(one.stands),
        "ask_before_confirming": one.live,
        "items": [_item_row(item) for item in one.items],
    }


def _item_row(item: "Item") -> dict[str, Any]:
    return {
        "what": item.what,
        "at": item.at.isoformat() if item.at else None,
        "text": item.text,
        "how": item.how.value,
        "possible_exemptions": [ground.value for ground in item.grounds],
    }


def as_text(draft: "Draft", directory: "Directory") -> str:
    """A draft as text, harmless on a terminal; times are the trust's own."""
    return "\n".join(_lines(draft, ZoneInfo(directory.trust.timezone)))


def _lines(draft: "Draft", zone: ZoneInfo) -> Iterator[str]:
    yield wording.WATERMARK
    yield ""
    yield f"About: {inert.line(draft.request.sought.name)}. Request {draft.request.mark}."
    yield f"Prepared {_local(draft.prepared_at, zone)} for {inert.line(draft.prepared_by)}."
    for warning in draft.warnings:
        yield f"\n⚠ {inert.line(warning)}"
    if not draft.cases and not draft.own:
        yield f"\n{wording.NOTHING}"
    for case in draft.cases:
        yield from _case_lines(case, zone)
    if draft.own:
        yield "\nBeside cases"
        for item in draft.own:
            yield from _item_lines(item, zone)
    yield "\nGrounds on which something may have to be held back. Each is yours to decide:"
    used = dict.fromkeys(ground for case in draft.cases for item in case.items for ground in item.grounds)
    yield from (f"- {wording.GROUNDS[ground.value]}" for ground in used)
    yield f"\n{wording.NOT_HERE}\n"
    yield wording.WATERMARK


def _case_lines(case: "CaseData", zone: ZoneInfo) -> Iterator[str]:
    stands = "; ".join(wording.STANDS[one] for one in case.stands)
    yield f"\n{case.reference}: {KINDS[case.kind]}, {STATES[case.state.value]}"
    yield f"came in {_local(case.opened_at, zone)}; {stands}"
    if case.live:
        yield f"⚠ {wording.ASK_FIRST}"
    for item in case.items:
        yield from _item_lines(item, zone)


def _item_lines(item: "Item", zone: ZoneInfo) -> Iterator[str]:
    at = f" {_local(item.at, zone)}" if item.at else ""
    yield f"- {inert.line(item.what)}{at} ({wording.HOW[item.how.value]})"
    yield from (f"    {line}" for line in inert.lines(item.text).split("\n"))
    if item.grounds:
        yield f"    possible: {', '.join(ground.value.replace('_', ' ') for ground in item.grounds)}"


def _local(at: "datetime", zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
