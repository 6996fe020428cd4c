"""`signpost policy check`: faults of packs, and what somebody should look at in a document or a pack."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bot.console import papers
from bot.console.as_json import print_json
from bot.console.policy_files import pack_named
from bot.console.progress import progress
from bot.errors import UnreadableError
from knowledge.catalogue import shipped_catalogue
from knowledge.linting import Finding, Paper, Peers, lint, paper_of
from knowledge.loader import STARTER, shipped_pack, starter_document, taught_policies, unknown_topics
from knowledge.rules import Pack, Topic
from knowledge.yamlfile import Fault, Refused

if TYPE_CHECKING:
    from bot.reporting.floor import Floor

_LIST = ".jsonl"
_REMEDY = "Use a topic from knowledge/topics, or teach Signpost this one there"


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in one pack or document."""

    name: str
    faults: tuple[Fault, ...] = ()
    findings: tuple[Finding, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The findings as plain data."""
        return {
            "name": self.name,
            "findings": [
                {"check": one.check, "addresses": list(one.addresses), "what": one.what, "remedy": one.remedy}
                for one in self.findings
            ],
        }


def check_all(names: Sequence[str], *, today: date) -> list[Checked]:
    """Check packs and documents; one pack and one document named together are held against each other.

    Raises `UnreadableError` for a document that can't be read, `UnknownPolicyError` for no policy's id.
    """
    documents = [name for name in names if Path(name).suffix.casefold() in {_LIST, *papers.SUFFIXES}]
    packs = [name for name in names if name not in documents]
    read = {name: read_paper(Path(name)) for name in documents}
    together = read[documents[0]] if len(packs) == len(documents) == 1 else None
    checked = [_check_pack(name, together, today) for name in packs]
    if together is None:
        checked += [Checked(name, findings=lint(paper, None, today=today)) for name, paper in read.items()]
    return checked


def _check_pack(name: str, paper: Paper | None, today: date) -> Checked:
    try:
        pack = pack_named(name)
    except Refused as refused:
        return Checked(name, refused.faults)
    topics = unknown_topics(pack, shipped_catalogue())
    faults = tuple(Fault(name, 1, f"{topic!r} is no topic", _REMEDY) for topic in topics)
    found = lint(paper or _own_paper(pack), pack, today=today, peers=peers(pack.policy.nation))
    return Checked(name, faults, found)


def _own_paper(pack: Pack) -> Paper | None:
    """The document that comes with a pack: the starter's, or the clauses of a draft."""
    if pack is shipped_pack(STARTER):
        from knowledge.linting.markdown import paper_from_markdown

        return paper_from_markdown(starter_document(), STARTER)
    return paper_of(pack)


def read_paper(path: Path) -> Paper:
    """Read a document for the lint. Raises `UnreadableError`."""
    if path.suffix.casefold() != _LIST:
        with progress(f"Reading {path.name}") as step:
            return papers.read_file(path, step)
    from knowledge.linting.markdown import paper_from_list

    try:
        return paper_from_list(path.read_text(encoding="utf-8-sig"), path.name)
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
        raise UnreadableError(f"{path} cannot be read as a policy document: {error}") from error


def peers(nation: str) -> Peers:
    """What comparable policies cover, and what the floor of a nation says where a policy is silent."""
    from bot.reporting.floor import shipped_floor, shipped_nations

    catalogue = shipped_catalogue()
    covered = {name: frozenset(rule.topic for rule in shipped_pack(name).rules) for name in taught_policies()}
    floor = shipped_floor(nation) if nation in shipped_nations() else None
    views = {topic.id: _view(topic, floor) for topic in catalogue.values() if floor and topic.report}
    return Peers(
        covered,
        {topic.id: topic.name for topic in catalogue.values()},
        {topic: view for topic, view in views.items() if view},
    )


def _view(topic: Topic, floor: "Floor") -> str:
    """Whom the floor has told of what happened; nothing where it names nobody for it."""
    from bot.reporting.floor import Facts
    from bot.reporting.kinds import NATURES, family_of
    from knowledge.rules import ROLE_NAMES, Kind

    if topic.report is None:
        return ""
    kind = topic.report.kind
    family = family_of(kind, subject_is_head_or_executive=False)
    image = kind is Kind.NUDE_IMAGE
    facts = Facts(
        kind, family, NATURES[kind].about[0], frozenset(), danger=False, image=image, adult=False, named=False
    )
    for line in floor.lines_for(facts):
        if line.tells and not line.technical:
            told = " and ".join(ROLE_NAMES[role] for role in line.tells)
            return f"{told} must be told ({floor.origin(line).source})"
    return ""


def show_checked(checked: Sequence[Checked], *, as_json: bool) -> None:
    """Print what was found: faults by line, then what should be looked at, then a count of each."""
    faults = [fault for one in checked for fault in one.faults]
    if as_json:
        rows = [
            {"file": one.file, "line": one.line, "what": one.what, "remedy": one.remedy} for one in faults
        ]
        print_json({"faults": rows, "checked": [one.as_json() for one in checked]})
        return
    for fault in faults:
        typer.echo(str(fault))
    for one in checked:
        for finding in one.findings:
            typer.echo(f"{one.name}: {finding}")
    found = sum(len(one.findings) for one in checked)
    wrong = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    typer.echo(f"{len(checked)} checked, {wrong}, {found} to look at")
