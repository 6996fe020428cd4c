"""`signpost policy …`: packs listed, shown, imported, checked and tested."""

from pathlib import Path
from typing import Annotated, Any

import typer

from bot import app
from bot.console.as_json import JsonOption, print_json
from bot.console.importing import import_policy
from bot.errors import UnknownPolicyError
from knowledge.catalogue import shipped_catalogue
from knowledge.loader import load_pack, shipped_pack, shipped_policies, unknown_topics
from knowledge.rules import Pack
from knowledge.yamlfile import Refused

policy = typer.Typer(help="The policies Signpost answers from.", no_args_is_help=True)
policy.command("import")(import_policy)
PacksArgument = Annotated[list[str], typer.Argument(help="Pack files, or ids of built-in packs.")]


@policy.command("list")
def list_policies(*, as_json: JsonOption = False) -> None:
    """List the built-in policies, with a warning where a review is overdue."""
    packs = [shipped_pack(name) for name in shipped_policies()]
    if as_json:
        print_json([_outline(pack) for pack in packs])
        return
    from bot.wording import answers as wording

    for pack in packs:
        late = " (review overdue)" if pack.policy.overdue(app.today()) else ""
        typer.echo(f"{pack.policy.id:16} {wording.edition(pack.policy)}; {len(pack.rules)} rules{late}")


@policy.command()
def show(
    name: Annotated[str, typer.Argument(help="A built-in policy's id, or a pack file.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Show a policy: its dates, roles, register, contradictions and rules."""
    pack = _pack(name)
    if as_json:
        print_json(pack.model_dump(mode="json", by_alias=True, exclude_none=True))
        return
    from bot.console.policy_page import show_pack

    show_pack(pack, app.today())


@policy.command()
def check(packs: PacksArgument, *, as_json: JsonOption = False) -> None:
    """Check packs: every fault with its file, line and remedy. Exit 1 if there is any."""
    faults: list[dict[str, Any]] = []
    for name in packs:
        try:
            pack = _pack(name)
        except Refused as refused:
            faults.extend(
                {"file": f.file, "line": f.line, "what": f.what, "remedy": f.remedy} for f in refused.faults
            )
            continue
        faults.extend(_topic_fault(name, topic) for topic in unknown_topics(pack, shipped_catalogue()))
    if as_json:
        print_json({"faults": faults})
    else:
        for fault in faults:
            typer.echo("{file}:{line}: {what}. {remedy}".format(**fault))
        typer.echo(f"{_count(len(packs), 'pack')}, {_count(len(faults), 'fault')}")
    raise typer.Exit(1 if faults else 0)


@policy.command("test")
def run_examples(packs: PacksArgument, *, as_json: JsonOption = False) -> None:
    """Ask each pack its own examples and near-misses. Exit 1 if any gets another verdict."""
    results = [_tested(name) for name in packs]
    if as_json:
        print_json(results)
    else:
        for result in results:
            for case in result["failed"]:
                typer.echo(f"{result['policy']}: {case['rule']}: {case['question']}")
                typer.echo(f"    expected {case['expected']}, got {case['got']}")
            typer.echo(f"{result['policy']}: {result['cases']} cases, {len(result['failed'])} failed")
    raise typer.Exit(1 if any(result["failed"] for result in results) else 0)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _tested(name: str) -> dict[str, Any]:
    from bot.signpost import Signpost
    from knowledge.checking import count_cases, failing_cases
    from knowledge.understanding import shipped_mind

    pack = _pack(name)
    adviser = Signpost(shipped_mind(), pack=pack).adviser(None)
    failed = [
        {"rule": one.rule, "question": one.question, "expected": one.expected.value, "got": one.got.value}
        for one in failing_cases(adviser)
    ]
    return {"policy": pack.policy.id, "cases": count_cases(adviser), "failed": failed}


def _pack(name: str) -> Pack:
    if name in shipped_policies():
        return shipped_pack(name)
    path = Path(name)
    if not path.suffix and not path.exists():
        raise UnknownPolicyError(name, shipped_policies())
    return load_pack(path)


def _topic_fault(name: str, topic: str) -> dict[str, Any]:
    remedy = "Use a topic from knowledge/topics, or teach Signpost this one there"
    return {"file": name, "line": 1, "what": f"{topic!r} is no topic", "remedy": remedy}


def _outline(pack: Pack) -> dict[str, Any]:
    outline = pack.policy.model_dump(mode="json")
    overdue = pack.policy.overdue(app.today())
    return {**outline, "status": pack.status, "rules": len(pack.rules), "review_overdue": overdue}
