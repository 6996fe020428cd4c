"""The `signpost` command. Exit 0: done; 1: refused or failed, with one clear line; 2: put wrongly."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TextIO

import typer

from bot import app
from bot.console import editions, erasing, operations, reports
from bot.console.agreeing import agree
from bot.console.as_json import JsonOption, answer_row, print_json
from bot.console.case_files import case
from bot.console.doctor import doctor
from bot.console.drills import drill
from bot.console.policies import policy
from bot.console.schools import schools
from bot.console.subject_access import dsar
from bot.console.teams import teams
from bot.errors import SignpostError, UsageError
from knowledge.yamlfile import Refused

if TYPE_CHECKING:
    from bot.signpost import Signpost

signpost = typer.Typer(
    name="signpost",
    help="Answers “can I post this?” from a school's own social media policy, with the clause.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

for name, group in (
    ("policy", policy),
    ("schools", schools),
    ("teams", teams),
    ("case", case),
    ("drill", drill),
    ("audit", operations.audit),
):
    signpost.add_typer(group, name=name)

PolicyOption = Annotated[
    str | None, typer.Option("--policy", help="Which policy answers (see: signpost policy list).")
]
PackOption = Annotated[
    Path | None, typer.Option("--pack", help="Answer from this pack file, built in or not.")
]
DocumentOption = Annotated[
    Path | None,
    typer.Option("--document", help="The school's own document (.md or .jsonl), for quoting its words."),
]


AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="DATE", help="Answer as the policy published here stood at the end of a day."
    ),
]
TellOwnerOption = Annotated[
    bool,
    typer.Option(
        "--tell-owner", help="Pass the question on to the policy's owner if the policy leaves it open."
    ),
]


@signpost.callback()
def top() -> None:
    """Answers “can I post this?” from a school's own social media policy, with the clause."""


@signpost.command()
def ask(  # noqa: PLR0913  each parameter is an option of the command
    question: Annotated[
        str | None, typer.Argument(help="What you would like to know, in your own words.")
    ] = None,
    *,
    policy: PolicyOption = None,
    pack: PackOption = None,
    document: DocumentOption = None,
    as_of: AsOfOption = None,
    tell_owner: TellOwnerOption = False,
    as_json: JsonOption = False,
    jsonl: Annotated[
        str | None,
        typer.Option("--jsonl", help="Answer rows of {id, policy, question} from a file, or - for stdin."),
    ] = None,
) -> None:
    """Ask whether something may be posted, or what to do about something that happened."""
    if (question is None) == (jsonl is None):
        raise UsageError("give either a question or --jsonl FILE")
    if bool(pack) and bool(policy or as_of or tell_owner):
        raise UsageError("give --pack without --policy, --as-of and --tell-owner")
    if jsonl is not None and tell_owner:
        raise UsageError("--tell-owner goes with one question")
    named = policy or (None if pack else app.settings().policy)
    published = None if pack else editions.shelf(as_of)
    asked = app.signpost(pack=pack, document=document, shelf=published, earlier=as_of is not None)
    if jsonl is not None:
        _answer_rows(asked, jsonl, named)
        return
    answer = asked.ask(named, question or "")
    ready = asked.adviser(named).pack
    version = published.version(ready.policy.id) if published else None
    if as_json:
        print_json({**answer_row(None, ready.policy.id, answer, ready), "edition": version})
    else:
        from bot.console.terminal import Terminal

        if as_of is not None:
            editions.said_as_of(as_of, version)
        Terminal(app.today()).show_answer(answer, ready, asked.mind.catalogue)
    if tell_owner:
        editions.tell_owner(ready.policy.id, answer, question or "")


@signpost.command()
def demo(
    *,
    policy: Annotated[str, typer.Option("--policy", help="Which policy answers.")] = "starter",
    script: Annotated[
        str | None, typer.Option("--script", help="Run the lines of a file, or - for stdin.")
    ] = None,
) -> None:
    """Ask and report in this terminal, with a made-up trust and no tokens."""
    from bot.console.demo import Demo, typed
    from bot.console.terminal import Terminal

    with Demo(app.signpost(), policy, Terminal(app.today()), app.now) as shown:
        if script is None and sys.stdin.isatty():
            shown.welcome()
            shown.converse(typed())
            return
        with _opened(script or "-") as lines:
            shown.run(lines)


@signpost.command()
def serve() -> None:
    """Run Signpost: notices, escalation, health, and the console page on this machine."""
    app.serve()


@signpost.command()
def init(
    *,
    folder: Annotated[Path, typer.Option("--folder", help="Where to.")] = Path(),
    as_json: JsonOption = False,
) -> None:
    """Write settings, a keys file and an example schools file, overwriting nothing."""
    from bot.console.init import init as begin
    from bot.console.init import show_begun

    show_begun(begin(folder, app.settings(folder)), as_json=as_json)


for verb in (
    *(reports.report, reports.kinds, agree, doctor, dsar, erasing.hold, erasing.purge),
    *(operations.backup, operations.restore, operations.rotate_keys, operations.migrate),
    operations.failpoints,
):
    signpost.command()(verb)


def _answer_rows(asked: "Signpost", source: str, default: str | None) -> None:
    failed = False
    with _opened(source) as lines:
        for row, answer in asked.ask_all(_rows(lines), default):
            if isinstance(answer, str):
                failed = True
                print_json({"id": row.get("id"), "error": row.get("_fault") or answer})
            else:
                policy = row.get("policy") or default
                print_json(answer_row(row.get("id"), policy, answer, asked.adviser(policy).pack))
    if failed:
        raise typer.Exit(1)


def _opened(source: str) -> TextIO:
    if source == "-":
        return sys.stdin
    try:
        return Path(source).open(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise SignpostError(f"{source} cannot be read: {error.strerror}") from error


def _rows(lines: TextIO) -> Iterator[Mapping[str, Any]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line.removeprefix("\ufeff"))
        except (ValueError, RecursionError):
            row = None
        yield row if isinstance(row, dict) else {"_fault": f"line {number} is no JSON object"}


def _leave_no_core() -> None:
    """Have a crash write no file of this process's memory, with every report it has open (promise S9)."""
    try:
        import resource
    except ImportError:  # where there is none, as on Windows, no such files are written either
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> NoReturn:
    """Run the command; every refusal is one clear line on standard error."""
    _leave_no_core()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        signpost(standalone_mode=True)
    except UsageError as error:
        typer.echo(f"signpost: {error}", err=True)
        sys.exit(2)
    except (SignpostError, Refused) as error:
        typer.echo(f"signpost: {error}", err=True)
        sys.exit(1)
    except Exception as error:  # noqa: BLE001  the process edge: Typer's own hook would print the error's text
        from bot import logs

        logs.configure(sys.stderr)
        logs.crashed(error)
        sys.exit(1)
    sys.exit(0)
