"""`signpost report` and `signpost kinds`: a report handed in from a terminal, and what can be reported."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, NoReturn
from uuid import uuid4

import typer

from bot import app
from bot.console import inert
from bot.console.as_json import JsonOption
from bot.console.confirming import STDIN, AsOption, CodeOption, confirmed, person_named, text_given
from bot.errors import NotReadyError, NotSavedError, SignpostError, UsageError

if TYPE_CHECKING:
    from bot.reporting.filling import FormRefusedError
    from bot.reporting.intake import Handed
    from bot.reporting.office import Office
    from bot.reporting.submit import Receipt
    from knowledge.rules import Kind

ORIGIN = "terminal"
KindArgument = Annotated[str, typer.Argument(metavar="KIND", help="What kind (see: signpost kinds).")]


def report(  # noqa: PLR0913  each parameter is an option of the command
    kind: KindArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What happened; - reads it from stdin.")],
    *,
    whom: AsOption,
    answers: Annotated[
        list[str] | None,
        typer.Option("--answer", metavar="KEY=VALUE", help="Answer a question of the form; may be repeated."),
    ] = None,
    code: CodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hand in a report as yourself, confirmed by a one-time code. A terminal asks for what is missing."""
    from bot.reporting.filling import FormRefusedError
    from bot.reporting.intake import receipt_lines

    if text == code == STDIN:
        raise UsageError("give either the text or the code on stdin")
    meant, given = _kind(kind), dict(map(_answer, answers or ()))
    draft = _Draft(meant, {"what": text_given(text), **given}, asks=_somebody_types(text, as_json=as_json))
    with _saving() as office:
        try:
            receipt = _handed_in(office, draft, whom, code)
        except FormRefusedError as error:
            _refuse(error, as_json=as_json)
        lines = receipt_lines(office, receipt)
    if as_json:
        row = {"reference": receipt.reference, "goes_to": list(receipt.titles), "receipt": list(lines)}
        inert.print_json(row)
    else:
        inert.say_all(lines)


def kinds(
    kind: Annotated[str | None, typer.Argument(metavar="KIND", help="One kind: its whole form.")] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List the kinds of report, or show the form of one."""
    from bot.console.report_pages import form, kind_list
    from bot.console.terminal import Terminal
    from knowledge.rules import Kind

    wanted = [_kind(kind)] if kind else list(Kind)
    if as_json:
        rows = [_row(one) for one in wanted]
        inert.print_json(rows[0] if kind else rows)
        return
    Terminal(app.today()).show(form(wanted[0]) if kind else kind_list())


def _kind(said: str) -> "Kind":
    """The kind that is meant. Raises `UsageError`."""
    from bot.reporting.kinds import kind_named
    from knowledge.rules import Kind

    meant = kind_named(said)
    if meant is None:
        raise UsageError(f"{inert.line(said)[:40]!r} is no kind of report. The kinds are: {', '.join(Kind)}")
    return meant


def _answer(said: str) -> tuple[str, str]:
    key, equals, value = said.partition("=")
    if not (key and equals):
        raise UsageError(f"{inert.line(said)[:40]!r} is no answer: write --answer KEY=VALUE")
    return key.strip(), value


@dataclass(frozen=True, slots=True)
class _Draft:
    """A report as it was typed; `asks` where somebody is there to answer what is missing."""

    kind: "Kind"
    answers: Mapping[str, str]
    asks: bool


def _somebody_types(text: str, *, as_json: bool) -> bool:
    return sys.stdin.isatty() and text != STDIN and not as_json


@contextmanager
def _saving() -> "Iterator[Office]":
    """Open the office; where it can't be, nobody is to think that their report was kept."""
    from bot.wording.receipts import not_saved

    try:
        with app.office() as office:
            yield office
    except NotReadyError as error:
        raise NotSavedError(f"{not_saved('england', None)} The reason: {error}") from error


def _handed_in(office: "Office", draft: _Draft, whom: str, code: str | None) -> "Receipt":
    """Fill in, show, confirm, hand in. Raises `FormRefusedError` before any code is sent or used."""
    from bot.reporting.intake import Handed, hand_in, preview

    handed = Handed(draft.kind, draft.answers, person_named(office, whom), f"terminal {uuid4().hex}", ORIGIN)
    if draft.asks:
        handed = _asked(office, handed)
    else:
        preview(office, handed, now=app.now())
    confirmed(office, handed.reporter, f"report {draft.kind.value}", code)
    return hand_in(office, handed, now=app.now())


def _asked(office: "Office", handed: "Handed") -> "Handed":
    """The report with what was missing, its reporter having seen whom it goes to and agreed to send it."""
    from bot.console import report_pages
    from bot.console.asking import Asking, LeftError
    from bot.console.terminal import Terminal
    from bot.reporting.intake import context_for, preview

    terminal = Terminal(app.today())
    asking = Asking(terminal, input, context_for(office, handed.reporter, handed.key, now=app.now()))
    handed = replace(handed, answers=asking.complete(handed.kind, handed.answers))
    shown = preview(office, handed, now=app.now())
    asking.show_notes(handed.kind, handed.answers)
    terminal.show(report_pages.goes_to(shown, handed.reporter, office.directory))
    if not asking.agreed("Send it?"):
        raise LeftError
    return handed


def _refuse(error: "FormRefusedError", *, as_json: bool) -> NoReturn:
    """End with everything that is wrong with the form."""
    from bot.console.asking import refusal

    if not as_json:
        raise SignpostError(inert.line(refusal(error))) from error
    inert.print_json({"faults": [{"key": one.key, "what": one.what} for one in error.faults]})
    raise typer.Exit(1) from error


def _row(kind: "Kind") -> Mapping[str, Any]:
    """A kind with its form as it stands where no child is in danger and no image is involved."""
    from bot.reporting.forms import questions
    from bot.reporting.kinds import NATURES
    from bot.wording.answers import KINDS
    from bot.wording.forms import CHOOSE

    nature = NATURES[kind]
    asked = questions(kind, {"danger": "no", "image": "no"})
    return {
        "kind": kind.value,
        "name": KINDS[kind],
        "choose": CHOOSE[kind],
        "family": nature.family.value,
        "urgency": nature.urgency.value,
        "also_called": list(nature.spoken),
        "questions": [
            {
                "key": one.key,
                "label": one.label,
                "help": one.help,
                "sort": one.sort.value,
                "options": {option.value: option.label for option in one.options},
                "required": one.required,
            }
            for one in asked
        ],
    }
