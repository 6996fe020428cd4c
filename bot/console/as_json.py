"""An answer as JSON, for whoever scripts against `signpost ask`."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from knowledge.answer import Answer
    from knowledge.rules import Pack

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def print_json(value: object) -> None:
    """Print one value as one line of JSON."""
    typer.echo(json.dumps(value, ensure_ascii=False))


def answer_row(row_id: object, policy: object, answer: "Answer", pack: "Pack") -> dict[str, Any]:
    """One answer with the keys of the batch format, then what a person would also be shown."""
    from bot.wording import answers as wording

    report = answer.report
    return {
        "id": row_id,
        "policy": policy,
        "verdict": answer.verdict.value,
        "confidence": answer.confidence,
        "topic": answer.topic,
        "citations": [
            {"address": one.address, "heading": one.heading, "summary": one.summary, "quote": one.quote}
            for one in answer.citations
        ],
        "conditions": list(answer.conditions),
        "route": [role.value for role in answer.route],
        "report": report and {"suggested": True, "kind": report.kind.value, "urgency": report.urgency.value},
        "says": wording.reason(answer, pack),
        "notice": wording.NOT_A_REPORT if report else None,
        "safety": list(wording.safety(answer.tripped)),
        "choose": list(answer.choose),
        "also": list(answer.also),
        "status": pack.status,
    }
