"""Measure the answers on the unseen set: `python -m tests.measure`. Prints figures only, never a question."""

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.signpost import Signpost
from knowledge.answer import Answer
from knowledge.understanding import Mind, shipped_mind

UNSEEN = Path(__file__).parent / "unseen"
FIGURES = ("right", "verdict", "cited", "unsafe", "overclaim", "missed", "alarm", "route")
_PERMISSIVE = {"allowed", "conditional"}
_QUIET_KINDS = {"silent", "off_topic", "info", "factual"}

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """How often something was so, out of the rows to which it applies."""

    hits: int
    of: int

    @property
    def share(self) -> float:
        """From 0 to 1; 0 where it applies to no row."""
        return self.hits / self.of if self.of else 0.0


def unseen_rows() -> list[Row]:
    """Every row of the unseen set."""
    files = sorted(UNSEEN.glob("*.jsonl"))
    return [
        json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines() if line
    ]


def measure(rows: Iterable[Row], mind: Mind | None = None) -> dict[str, dict[str, Figure]]:
    """Answer every row and count, for all of them, for each policy and for each kind."""
    signpost = Signpost(mind or shipped_mind())
    counts: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        judged = dict(judge(row, signpost.ask(row["policy"], row["question"])))
        for group in ("all", row["policy"], f"kind: {row['kind']}"):
            for figure, so in judged.items():
                counts[group][figure].append(so)
    return {
        group: {figure: Figure(sum(these), len(these)) for figure, these in columns.items()}
        for group, columns in counts.items()
    }


def judge(row: Row, answer: Answer) -> Iterator[tuple[str, bool]]:
    """Judge one answer; only the figures that apply to the row are given."""
    accepted, given = set(row["verdict"]), answer.verdict.value
    cites = [citation.address for citation in answer.citations]
    well_cited = bool(set(cites) & set(row["addresses"])) if row["addresses"] else True
    if given == "not_covered":
        well_cited = not cites
    yield "verdict", given in accepted
    yield "right", given in accepted and well_cited
    if row["addresses"] and accepted != {"not_covered"}:
        yield "cited", bool(set(cites) & set(row["addresses"]))
    if not accepted & (_PERMISSIVE | {"info", "not_covered"}):
        yield "unsafe", given in _PERMISSIVE
    if accepted == {"not_covered"}:
        yield "overclaim", given != "not_covered"
    offered = given == "report" or answer.report is not None
    if row["verdict"][0] == "report":
        yield "missed", not offered
    if "report" not in accepted and row["kind"] in _QUIET_KINDS:
        yield "alarm", offered
    if row["route"] and row["verdict"][0] in {"report", "ask_first"}:
        yield "route", bool(set(row["route"]) & {role.value for role in answer.route})


def table(measured: dict[str, dict[str, Figure]]) -> str:
    """The figures as a Markdown table."""
    lines = ["| | " + " | ".join(FIGURES) + " |", "|--|" + "--:|" * len(FIGURES)]
    for group, columns in measured.items():
        cells = [columns.get(figure) for figure in FIGURES]
        shown = [f"{100 * cell.share:.0f} % ({cell.hits}/{cell.of})" if cell else "–" for cell in cells]
        lines.append(f"| {group} | " + " | ".join(shown) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(table(measure(unseen_rows())) + "\n")
