"""One drafted rule as a person reviews it: the document's own words, and what the draft makes of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bot.console import inert
from bot.wording.answers import VERDICTS
from knowledge.importing.review import Choice, Decision, Entry
from knowledge.rules import Pack, Ruling

_AUDIENCE = {"staff": "staff", "pupils": "pupils", "parents": "parents and carers"}
_ACCOUNT = {"personal": "on personal accounts", "official": "on the school's accounts", "any": ""}


def shown(entry: Entry, pack: Pack, decisions: Iterable[Decision]) -> Iterator[str]:
    """The rule, line by line, with what was noted about it."""
    rule = entry.rule
    doubt = f": {rule.doubt}" if rule.doubt else ""
    yield f"{entry.topic} ({rule.id}; sure {entry.sure:.2f}{doubt})"
    for address, text in entry.words.items():
        lead = entry.after.get(address)
        yield f"  § {address}  {f'[{inert.line(lead)}] ' if lead else ''}“{inert.line(text)}”"
    bound = " and ".join(_AUDIENCE[who] for who in rule.who)
    where = _ACCOUNT[rule.account]
    yield f"  Draft: {_ruled(rule, pack)}. For {bound}{f', {where}' if where else ''}."
    yield from (f"    • {condition}" for condition in rule.conditions)
    for said in rule.exceptions:
        when = " and ".join(f"{slot} is {value.replace('_', ' ')}" for slot, value in said.when.items())
        yield f"    Where {when}: {_ruled(said, pack)} (§ {', '.join(said.addresses)})"
    for one in decisions:
        if one.rule == rule.id and one.note:
            yield f"  Noted by {one.who}: {one.note}"


def _ruled(said: Ruling, pack: Pack) -> str:
    decides, tells = ([pack.role_name(role) for role in roles] for roles in (said.decides, said.tells))
    parts = [f"{said.verdict.value} (“{VERDICTS[said.verdict]}”)"]
    if decides:
        parts.append(f"{' or '.join(decides)} decides")
    if tells:
        parts.append(f"tell {' and '.join(tells)}")
    return ", ".join(parts)


def row(entry: Entry, decision: Decision | None, notes: Sequence[Decision]) -> Mapping[str, Any]:
    """One rule with what was decided, as plain data."""
    rule = entry.rule
    return {
        "rule": rule.id,
        "topic": rule.topic,
        "about": entry.topic,
        "sure": entry.sure,
        "doubt": rule.doubt,
        "doubtful": entry.doubtful,
        "verdict": rule.verdict.value,
        "roles": [role.value for role in (*rule.decides, *rule.tells)],
        "conditions": list(rule.conditions),
        "who": list(rule.who),
        "account": rule.account,
        "clauses": [{"address": address, "text": text} for address, text in entry.words.items()],
        "decided": decision.plain() if decision else None,
        "notes": [one.plain() for one in notes if one.choice is Choice.NOTE],
    }
