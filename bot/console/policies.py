"""`signpost policy …`: packs listed, shown, imported, checked and tested."""

from typing import Annotated, Any

import typer

from bot import app
from bot.console import publishing
from bot.console.as_json import JsonOption, print_json
from bot.console.importing import import_policy
from bot.console.policy_files import pack_named
from bot.console.reviewing import review
from knowledge.loader import shipped_pack, shipped_policies
from knowledge.rules import Pack

policy = typer.Typer(help="The policies Signpost answers from.", no_args_is_help=True)
policy.command("import")(import_policy)
policy.command()(review)
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
    pack = pack_named(name)
    if as_json:
        print_json(pack.model_dump(mode="json", by_alias=True, exclude_none=True))
        return
    from bot.console.policy_page import show_pack

    show_pack(pack, app.today())


@policy.command()
def check(
    names: Annotated[
        list[str], typer.Argument(help="Packs, ids of built-in packs, or documents (.docx, .pdf, .md, …).")
    ],
    *,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 for anything to look at, too.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Check packs and documents: every fault, and what their owner should look at. Exit 1 for a fault.

    A pack and its document named together are held against each other.
    """
    from bot.console.policy_check import check_all, show_checked

    checked = check_all(names, today=app.today())
    show_checked(checked, as_json=as_json)
    wrong = any(one.faults or (strict and one.findings) for one in checked)
    raise typer.Exit(1 if wrong else 0)


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


for verb in (publishing.publish, publishing.versions, publishing.diff, publishing.gaps, publishing.starter):
    policy.command()(verb)


def _tested(name: str) -> dict[str, Any]:
    from bot.signpost import Signpost
    from knowledge.checking import count_cases, failing_cases
    from knowledge.understanding import shipped_mind

    pack = pack_named(name)
    adviser = Signpost(shipped_mind(), pack=pack).adviser(None)
    failed = [
        {"rule": one.rule, "question": one.question, "expected": one.expected.value, "got": one.got.value}
        for one in failing_cases(adviser)
    ]
    return {"policy": pack.policy.id, "cases": count_cases(adviser), "failed": failed}


def _outline(pack: Pack) -> dict[str, Any]:
    outline = pack.policy.model_dump(mode="json")
    overdue = pack.policy.overdue(app.today())
    return {**outline, "status": pack.status, "rules": len(pack.rules), "review_overdue": overdue}
