"""`signpost case …`: cases at a terminal, for their handlers, with the same rights as in chat."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Protocol

import typer

from bot import app
from bot.console import inert
from bot.console.as_json import JsonOption
from bot.console.confirming import AsOption, CodeOption, confirmed, desk, person_named, text_given
from bot.console.private_output import OutOption, check_free, put_out
from bot.errors import UsageError
from bot.wording.cases import DECISIONS

if TYPE_CHECKING:
    from bot.reporting.casefile import Actor
    from bot.reporting.office import Office

case = typer.Typer(
    help="Cases, for whoever handles them. A one-time code confirms who asks.", no_args_is_help=True
)

Reference = Annotated[str, typer.Argument(metavar="REF", help="The case, as in SP-7Q4K-M2XD.")]
TextArgument = Annotated[str, typer.Argument(metavar="TEXT", help="What to write; - reads it from stdin.")]


def _a_decision(given: str) -> str:
    if given not in DECISIONS:
        raise typer.BadParameter(f"choose one of {', '.join(DECISIONS)}")
    return given


DecisionOption = Annotated[
    str,
    typer.Option(
        "--decision", metavar="DECISION", callback=_a_decision, help=f"One of {', '.join(DECISIONS)}."
    ),
]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; - reads it from stdin.")]


@case.command("list")
def list_cases(*, whom: AsOption, code: CodeOption = None, as_json: JsonOption = False) -> None:
    """List the cases that you were told of, newest first: nothing of their content."""
    from bot.console.case_page import list_rows, show_list
    from bot.reporting.viewing import my_cases

    with desk() as office:
        actor = confirmed(office, whom, "case list", code)
        found = my_cases(office, actor, now=app.now())
        directory = office.directory

    if as_json:
        inert.print_json(list_rows(found))
    else:
        show_list(found, directory)


@case.command()
def show(
    reference: Reference, *, whom: AsOption, code: CodeOption = None, as_json: JsonOption = False
) -> None:
    """Show a case: the report, whom it went to and why, and its chronology."""
    from bot.console.case_page import case_row, show_case
    from bot.reporting.viewing import open_case

    with desk() as office:
        actor = _confirmed(office, "show", reference, whom, code)
        view = open_case(office, reference, actor, now=app.now())
        directory = office.directory

    if as_json:
        inert.print_json(case_row(view, directory))
    else:
        show_case(view, directory)


@case.command()
def export(  # noqa: PLR0913  each parameter is an option of the command
    reference: Reference,
    *,
    whom: AsOption,
    code: CodeOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, safe to open in a spreadsheet.")] = False,
) -> None:
    """Export a case for the school's own safeguarding record, as text, JSON or CSV."""
    from bot.console.case_record import as_record
    from bot.reporting.viewing import export_case

    if as_json and as_csv:
        raise UsageError("give either --json or --csv")
    check_free(out)
    with desk() as office:
        actor = _confirmed(office, "export", reference, whom, code)
        view = export_case(office, reference, actor, now=app.now())
        text = as_record(view, office.directory, "json" if as_json else "csv" if as_csv else "text")
    put_out(text, out)


@case.command()
def acknowledge(reference: Reference, *, whom: AsOption, code: CodeOption = None) -> None:
    """Acknowledge a case: you have seen it and deal with it. Others stop being called in your role."""
    from bot.reporting.acknowledge import acknowledge as acknowledge_case

    with desk() as office:
        actor = _confirmed(office, "acknowledge", reference, whom, code)
        done = acknowledge_case(office, reference, actor, now=app.now())
    was = "acknowledged" if done.fresh else "was acknowledged already"
    inert.say(f"{done.reference} {was}. {_REST[done.settled]}")


@case.command()
def note(reference: Reference, text: TextArgument, *, whom: AsOption, code: CodeOption = None) -> None:
    """Write a note that only handlers see."""
    from bot.reporting import handling

    _do("note", reference, (whom, code), _texted(handling.add_note, reference, text))
    inert.say("Noted.")


@case.command()
def ask(reference: Reference, text: TextArgument, *, whom: AsOption, code: CodeOption = None) -> None:
    """Ask the reporter something; they are told that a question waits."""
    from bot.reporting import handling

    _do("ask", reference, (whom, code), _texted(handling.ask_reporter, reference, text))
    inert.say("Asked. The answer will stand in the chronology.")


@case.command()
def answer(reference: Reference, text: TextArgument, *, whom: AsOption, code: CodeOption = None) -> None:
    """Answer, as the reporter, what a handler asked."""
    from bot.reporting import handling

    _do("answer", reference, (whom, code), _texted(handling.answer_question, reference, text))
    inert.say("Answered. The handlers are told.")


@case.command()
def close(
    reference: Reference,
    *,
    decision: DecisionOption,
    reason: ReasonOption,
    whom: AsOption,
    code: CodeOption = None,
) -> None:
    """Close a case with a decision and its reason. The reporter learns that it is closed, and no more."""
    from bot.reporting import handling

    def done(office: "Office", actor: "Actor") -> None:
        closing = handling.Closing(handling.Decision(decision), text_given(reason))
        handling.close(office, reference, actor, closing, now=app.now())

    _do("close", reference, (whom, code), done)
    inert.say("Closed.")


@case.command()
def reopen(reference: Reference, *, reason: ReasonOption, whom: AsOption, code: CodeOption = None) -> None:
    """Open a closed case again."""
    from bot.reporting import handling

    _do("reopen", reference, (whom, code), _texted(handling.reopen, reference, reason))
    inert.say("Open again.")


@case.command("hand-over")
def hand_over(
    reference: Reference,
    *,
    to: Annotated[str, typer.Option("--to", metavar="PERSON", help="Who is to take it.")],
    whom: AsOption,
    code: CodeOption = None,
) -> None:
    """Hand a case to somebody else; it stays yours until they have acknowledged it."""
    from bot.reporting import handling

    with desk() as office:
        taker = person_named(office, to)
        actor = _confirmed(office, "hand-over", reference, whom, code)
        handling.hand_over(office, reference, actor, taker, now=app.now())
    inert.say("Handed over: they are told now. It stays yours until they acknowledge it.")


@case.command()
def link(
    reference: Reference,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="Another case of yours.")],
    *,
    whom: AsOption,
    code: CodeOption = None,
) -> None:
    """Link two cases that you handle: whoever one of them is about is kept out of both."""
    from bot.reporting import handling

    _do("link", reference, (whom, code), _texted(handling.link, reference, other))
    inert.say("Linked.")


@case.command()
def merge(
    reference: Reference,
    *,
    into: Annotated[str, typer.Option("--into", metavar="OTHER", help="The case that goes on.")],
    whom: AsOption,
    code: CodeOption = None,
) -> None:
    """Close a case as a duplicate of another that is about the same people."""
    from bot.reporting import handling

    _do("merge", reference, (whom, code), _texted(handling.merge, reference, into))
    inert.say("Merged.")


@case.command()
def act(  # noqa: PLR0913  each parameter is an option of the command
    reference: Reference,
    text: TextArgument,
    *,
    owner: Annotated[str, typer.Option("--owner", metavar="PERSON", help="Which handler does it.")],
    due: Annotated[datetime, typer.Option("--due", formats=["%Y-%m-%d"], help="By which day.")],
    whom: AsOption,
    code: CodeOption = None,
) -> None:
    """Note what is to be done, by whom and by when; they are reminded on that morning."""
    from bot.reporting import handling

    with desk() as office:
        action = (person_named(office, owner), text_given(text), due.date())
        actor = _confirmed(office, "act", reference, whom, code)
        handling.add_action(office, reference, actor, action, now=app.now())
    inert.say("Noted.")


@case.command()
def add(reference: Reference, text: TextArgument, *, whom: AsOption, code: CodeOption = None) -> None:
    """Add something to your own report; whoever handles it is told."""
    from bot.reporting import handling

    _do("add", reference, (whom, code), _texted(handling.add_information, reference, text))
    inert.say("Added.")


@case.command()
def mentioned(
    reference: Reference,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="The member of staff.")],
    *,
    about: Annotated[bool, typer.Option("--about/--only-mentioned", help="How they stand to the case.")],
    whom: AsOption,
    code: CodeOption = None,
) -> None:
    """Say whether a case is about a member of staff, or only mentions them."""
    from bot.reporting.recusal import say_standing
    from bot.reporting.report import Standing

    with desk() as office:
        said = (person_named(office, person), Standing.ABOUT if about else Standing.MENTIONED)
        actor = _confirmed(office, "mentioned", reference, whom, code)
        say_standing(office, reference, actor, said, now=app.now())
    inert.say("Noted. " + ("Nothing of it goes to them any more." if about else "They may be told now."))


@case.command()
def transferred(
    reference: Reference,
    *,
    record: Annotated[str, typer.Option("--record", metavar="NUMBER", help="Its number in your own record.")],
    whom: AsOption,
    code: CodeOption = None,
) -> None:
    """Note that the school's own safeguarding record holds a closed case from now on."""
    from bot.reporting import handling

    _do("transferred", reference, (whom, code), _texted(handling.transfer, reference, record))
    inert.say("Noted.")


_REST = {
    True: "Nobody else is called.",
    False: "Others who must know of it are still being called.",
}
_Deed = Callable[["Office", "Actor"], None]


class _Texted(Protocol):
    """A use case that takes a case, who does it, and a text."""

    def __call__(
        self, office: "Office", reference: str, actor: "Actor", text: str, /, *, now: datetime
    ) -> None:
        """Do it."""


def _confirmed(office: "Office", verb: str, reference: str, whom: str, code: str | None) -> "Actor":
    from bot.reporting.casefile import tidy_reference

    return confirmed(office, whom, f"case {verb} {tidy_reference(reference)}", code)


def _texted(use_case: _Texted, reference: str, text: str) -> _Deed:
    return lambda office, actor: use_case(office, reference, actor, text_given(text), now=app.now())


def _do(verb: str, reference: str, who: tuple[str, str | None], done: _Deed) -> None:
    """Do something with a case as a confirmed person, given as their name and code."""
    with desk() as office:
        done(office, _confirmed(office, verb, reference, *who))
