"""`signpost policy publish, versions, diff, gaps, starter`: policies in force, compared, left open."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bot import app
from bot.console import inert
from bot.console.as_json import JsonOption
from bot.console.confirming import AsOption, CodeOption, confirmed, desk
from bot.console.policy_files import pack_named
from bot.errors import UnreadableError, UsageError
from knowledge.loader import shipped_policies

if TYPE_CHECKING:
    from bot.reporting.gaps import Gap
    from bot.reporting.office import Office
    from bot.reporting.policies_in_force import Version
    from knowledge.answer import Answer
    from knowledge.comparing import Changed, Comparison
    from knowledge.rules import Pack

PackArgument = Annotated[str, typer.Argument(metavar="PACK", help="A pack file, or a built-in policy's id.")]
ForceOption = Annotated[
    str | None,
    typer.Option("--force", metavar="REASON", help="Publish a draft that nobody has reviewed, and say why."),
]
_EDITION = "a pack file, a policy's id, or ID@NUMBER or ID@DATE for one that was published"
OldArgument = Annotated[str, typer.Argument(metavar="OLD", help=f"The earlier: {_EDITION}.")]
NewArgument = Annotated[str, typer.Argument(metavar="NEW", help="The later.")]
QuestionsOption = Annotated[
    Path | None,
    typer.Option("--questions", metavar="FILE", help="Ask these too: a question a line, or JSON lines."),
]
MonthOption = Annotated[
    str | None, typer.Option("--month", metavar="YYYY-MM", help="This month unless given.")
]
_LARGEST = 8_000_000


def publish(
    pack: PackArgument,
    *,
    whom: AsOption,
    force: ForceOption = None,
    code: CodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a policy into force as its next version, as its owner, a head or an executive."""
    from bot.reporting.policies_in_force import check
    from bot.reporting.policies_in_force import publish as put_into_force

    text = _text(pack)
    with desk() as office:
        submitted = check(office, text, pack, force)
        purpose = f"publish {submitted.pack.policy.id} {submitted.digest[:8]}"
        actor = confirmed(office, whom, purpose, code)
        version = put_into_force(office, submitted, actor, now=app.now())
        row = _row(version, office)
    if as_json:
        inert.print_json(row)
    else:
        inert.say(f"{version.id} is in force, approved by {row['approved_by']}.")


def versions(
    policy: Annotated[str | None, typer.Argument(metavar="ID", help="One policy; else all.")] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List the published versions: when, who approved them, and why if a draft was."""
    from bot.reporting.policies_in_force import versions as published

    with desk() as office:
        rows = [_row(version, office) for version in published(office, policy)]
    if as_json:
        inert.print_json(rows)
        return
    for row in rows:
        why = f"; unreviewed: {row['reason']}" if row["reason"] else ""
        inert.say(f"{row['id']:16} {row['at'][:16]}  approved by {row['approved_by']}{why}")
    if not rows:
        inert.say("Nothing has been published.")


def starter(
    *,
    out: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write it here; nothing is overwritten."),
    ] = None,
) -> None:
    """Print the starter policy, for a school that has none, as Markdown to adopt and to change."""
    from knowledge.loader import starter_document

    if out is None:
        typer.echo(starter_document(), nl=False)
        return
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(starter_document())
    except OSError as error:
        raise UnreadableError(f"{out} is not written: {error.strerror}") from error
    inert.say(f"{out}: the starter policy; `signpost ask --policy starter` answers from it.")


def diff(
    old: OldArgument, new: NewArgument, *, questions: QuestionsOption = None, as_json: JsonOption = False
) -> None:
    """Show which clauses and rules changed, and which questions now get another answer."""
    from bot.signpost import Signpost
    from knowledge.comparing import compare
    from knowledge.understanding import shipped_mind

    asked = list(_questions(questions)) if questions else []
    packs = _editions(old, new)
    mind = shipped_mind()
    before, after = (Signpost(mind, pack=pack).adviser(None) for pack in packs)
    found = compare(before, after, asked)
    if as_json:
        inert.print_json(_as_json(found))
        return
    _show(found)


def gaps(*, month: MonthOption = None, as_json: JsonOption = False) -> None:
    """List what was asked in a month and the policy didn't answer: topics and counts, nobody's name."""
    from bot.reporting.gaps import gaps as left_open
    from bot.reporting.gaps import month_of
    from knowledge.catalogue import shipped_catalogue

    with desk() as office:
        wanted = _month(month) if month else month_of(office.day(app.now()))
        found = left_open(office, wanted)
    names = {topic.id: topic.name for topic in shipped_catalogue().values()}
    if as_json:
        inert.print_json([_gap_row(gap, names) for gap in found])
        return
    for gap in found:
        inert.say(f"{gap.policy:16} {gap.asked:4}  {names.get(gap.topic, gap.topic)}{_HOW[gap.how.value]}")
        for question in gap.questions:
            inert.say(f"{'':22} “{inert.line(question)}”")
    if not found:
        inert.say(f"Nothing was left open in {wanted}.")


_HOW = {"open": "", "wrong": ": said to be wrong", "helped": ": said to have helped"}


def _gap_row(gap: "Gap", names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "policy": gap.policy,
        "month": gap.month,
        "topic": gap.topic,
        "name": names.get(gap.topic, gap.topic),
        "how": gap.how.value,
        "asked": gap.asked,
        "questions": list(gap.questions),
    }


def _month(text: str) -> str:
    try:
        return f"{datetime.strptime(text, '%Y-%m').replace(tzinfo=ZoneInfo('UTC')):%Y-%m}"
    except ValueError:
        raise UsageError("--month is written 2026-11") from None


def _text(named: str) -> str:
    """What is published: a file as it stands, a built-in pack as it is shipped."""
    if named in shipped_policies():
        from knowledge.loader import shipped_text

        return shipped_text(named)
    path = Path(named)
    try:
        if path.stat().st_size > _LARGEST:
            raise UnreadableError(f"{path} is too large for a pack")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableError(f"{path} cannot be read: give a built-in policy's id or a pack file") from error


def _row(version: "Version", office: "Office") -> dict[str, Any]:
    person = office.directory.person(version.approved_by)
    return {
        "id": version.id,
        "policy": version.policy,
        "number": version.number,
        "at": version.at.isoformat(),
        "approved_by": person.name if person else version.approved_by,
        "reason": version.reason,
    }


def _editions(*names: str) -> list["Pack"]:
    """The packs of some editions; the database is opened only for those that were published."""
    if not any("@" in name and not Path(name).exists() for name in names):
        return [pack_named(name) for name in names]
    with desk() as office:
        return [_edition(office, name) for name in names]


def _edition(office: "Office", name: str) -> "Pack":
    from bot.reporting.policies_in_force import in_force, pack_of, versions

    policy, at, which = name.partition("@")
    if not at or Path(name).exists():
        return pack_named(name)
    if which.isdecimal():
        known = [one for one in versions(office, policy) if one.number == int(which)]
        if known:
            return pack_of(office, known[0])
        raise UsageError(f"{inert.line(name)} was never published: see signpost policy versions")
    pack = in_force(office.store, office.keys, end_of(which, office)).pack(policy)
    if pack is None:
        raise UsageError(f"{inert.line(policy)!r} was not published by {inert.line(which)}")
    return pack


def end_of(day: str, office: "Office") -> datetime:
    """The end of a day (2026-11-21) in the trust's own time. Raises `UsageError`."""
    try:
        last = datetime.combine(date.fromisoformat(day), time.max)
    except ValueError:
        raise UsageError(f"{inert.line(day)!r} is no date: write 2026-11-21") from None
    return last.replace(tzinfo=ZoneInfo(office.directory.trust.timezone))


def _questions(path: Path) -> Iterator[str]:
    """Questions of a file: JSON lines with `question`, or plain lines."""
    import json

    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableError(f"{path} cannot be read as questions: {error}") from error
    for line in filter(str.strip, lines):
        if not line.lstrip().startswith("{"):
            yield line.strip()
            continue
        try:
            yield str(json.loads(line)["question"])
        except (ValueError, KeyError) as error:
            raise UnreadableError(f"{path}: a line is no question: {line[:60]}") from error


def _show(found: "Comparison") -> None:
    for title, changes in (("clause", found.clauses), ("rule", found.rules)):
        for change in changes:
            inert.say(f"{title} {change.name} ({change.how})")
            _show_change(change)
    for other in found.answers:
        inert.say(f"? {inert.line(other.question)}")
        for sign, answer in (("-", other.before), ("+", other.after)):
            inert.say(f"    {sign} {_in_words(answer)}")
    counts = f"{len(found.clauses)} clauses and {len(found.rules)} rules changed"
    inert.say(f"{counts}; {len(found.answers)} of {found.asked} questions get another answer")


def _show_change(change: "Changed") -> None:
    for sign, text in (("-", change.before), ("+", change.after)):
        if text is not None:
            inert.say(f"    {sign} {inert.line(text)}")


def _in_words(answer: "Answer") -> str:
    parts = [
        answer.verdict.value,
        ", ".join(role.value for role in answer.route),
        "; ".join(answer.conditions),
    ]
    report = f"report as {answer.report.kind.value}, {answer.report.urgency.value}" if answer.report else ""
    return " | ".join(filter(None, (*parts, report)))


def _as_json(found: "Comparison") -> dict[str, Any]:
    return {
        "clauses": [_change_row(change) for change in found.clauses],
        "rules": [_change_row(change) for change in found.rules],
        "answers": [
            {
                "question": other.question,
                "differs": list(other.differs),
                "before": _in_words(other.before),
                "after": _in_words(other.after),
            }
            for other in found.answers
        ],
        "asked": found.asked,
    }


def _change_row(change: "Changed") -> dict[str, Any]:
    return {"name": change.name, "how": change.how, "before": change.before, "after": change.after}
