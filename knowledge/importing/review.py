"""A draft under review: its rules, the doubtful first, what was decided about each, and what results.

Decisions are kept in a record of their own beside the pack, one after the other: the draft stays as it was
imported, so that a decision can be taken again, and who decided what does not travel with the policy. Each
decision knows what it was about (`of`); it lapses where the rule or the words beneath it are others now.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from knowledge.catalogue import shipped_catalogue
from knowledge.importing.pack import DOUBTFUL, usual_words
from knowledge.loader import read_pack
from knowledge.rules import Pack, Role, Rule, Verdict
from knowledge.yamlfile import Fault, Refused, parse, written

NAMES_SOMEBODY = {Verdict.ASK_FIRST: "decides", Verdict.REPORT: "tells"}
"""Verdicts that need somebody, and the key of the pack that names them."""
VERDICTS = tuple(verdict for verdict in Verdict if verdict is not Verdict.NOT_COVERED)
_ABOUT = 16
_FURTHEST = 25
_LEFT_OUT = "left out at the review"


class Choice(StrEnum):
    """What a person may say about a drafted rule; a note alone decides nothing."""

    KEEP = "keep"
    CHANGE = "change"
    DROP = "drop"
    NOTE = "note"


class NotReviewableError(Exception):
    """The pack is no draft that can be reviewed; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided about one rule. `roles` decide or are told, as the verdict needs."""

    rule: str
    of: str
    choice: Choice
    verdict: Verdict | None = None
    roles: tuple[Role, ...] = ()
    says: str = ""
    note: str = ""
    who: str = ""
    at: datetime | None = None

    def plain(self) -> dict[str, Any]:
        """The decision as the record holds it; what is empty is left out."""
        row = {
            "rule": self.rule,
            "decision": self.choice.value,
            "verdict": self.verdict and self.verdict.value,
            "roles": [role.value for role in self.roles],
            "says": self.says,
            "note": self.note,
            "who": self.who,
            "at": self.at and self.at.isoformat(timespec="seconds"),
            "of": self.of,
        }
        return {key: value for key, value in row.items() if value}


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule to look at: `words` are its clauses' own by address, `after` the line that introduces each."""

    rule: Rule
    of: str
    topic: str
    words: Mapping[str, str]
    after: Mapping[str, str]

    @property
    def sure(self) -> float:
        """How sure the draft is; a rule that doesn't say is looked at first."""
        return self.rule.confidence or 0.0

    @property
    def doubtful(self) -> bool:
        """Whether a person has to decide about it before the draft is done."""
        return self.sure < DOUBTFUL


@dataclass(frozen=True, slots=True)
class DraftPack:
    """A draft: its plain data as written, and the pack that it is."""

    data: Mapping[str, Any]
    pack: Pack

    def entries(self) -> tuple[Entry, ...]:
        """The rules, the least sure first."""
        names = {topic.id: topic.name for topic in shipped_catalogue().values()}
        found = (self._entry(rule, names.get(rule.topic, rule.topic)) for rule in self.pack.rules)
        return tuple(sorted(found, key=lambda entry: (entry.sure, entry.rule.id)))

    def _entry(self, rule: Rule, topic: str) -> Entry:
        known = self.pack.clauses
        places = [*rule.addresses, *(place for said in rule.exceptions for place in said.addresses)]
        words = {place: known[place] for place in places if place in known}
        leads = {place: lead for place in words if (lead := _introduction(place, known))}
        return Entry(rule, _digest(rule, words), topic, words, leads)


def read_draft(text: str, file: str) -> DraftPack:
    """A draft from its text. Raises `Refused` with its faults, `NotReviewableError`."""
    pack = read_pack(text, file)
    if pack.status != "draft":
        raise NotReviewableError("it says status: published already; say status: draft to review it")
    if pack.extends:
        raise NotReviewableError("it is a variant of another policy: edit it by hand")
    return DraftPack(parse(text, file).data, pack)


def _introduction(address: str, clauses: Mapping[str, str]) -> str:
    """The nearest line above a clause, in its section, that leaves something open: a list's first words."""
    section, _, number = address.partition(":")
    above = range(int(number) - 1, max(0, int(number) - _FURTHEST), -1)
    said = (clauses.get(f"{section}:{nth}", "").rstrip() for nth in above)
    return next((text for text in said if text.endswith((":", ":-", "–", "—", "…"))), "")


def _digest(rule: Rule, words: Mapping[str, str]) -> str:
    said = rule.model_dump(mode="json", exclude={"confidence", "doubt"})
    return sha256(json.dumps([said, dict(words)], sort_keys=True).encode()).hexdigest()[:_ABOUT]


def decided(entries: Iterable[Entry], decisions: Iterable[Decision]) -> dict[str, Decision]:
    """What holds for each rule: the last decision that was about the rule as it stands."""
    now = {entry.rule.id: entry.of for entry in entries}
    return {
        one.rule: one for one in decisions if one.choice is not Choice.NOTE and now.get(one.rule) == one.of
    }


def finished(draft: DraftPack, decisions: Sequence[Decision], file: str) -> str:
    """The published pack's text: every decision carried out. Raises `Refused` where that leaves no pack."""
    held = decided(draft.entries(), decisions)
    dropped = {rule for rule, one in held.items() if one.choice is Choice.DROP}
    rules = [
        _settled(dict(plain), held.get(plain["id"]), draft.pack)
        for plain in draft.data["rules"]
        if plain["id"] not in dropped
    ]
    kept = [rule.every_address for rule in draft.pack.rules if rule.id not in dropped]
    left = [rule.every_address for rule in draft.pack.rules if rule.id in dropped]
    silent = frozenset[str]().union(*left) - frozenset[str]().union(*kept)
    excluded = {**draft.data.get("excluded", {}), **dict.fromkeys(sorted(silent), _LEFT_OUT)}
    text = written({**draft.data, "status": "published", "excluded": excluded, "rules": rules})
    read_pack(text, file)
    return text


def _settled(plain: dict[str, Any], decision: Decision | None, pack: Pack) -> dict[str, Any]:
    plain = {key: value for key, value in plain.items() if key not in {"confidence", "doubt"}}
    if decision is None or decision.choice is not Choice.CHANGE or decision.verdict is None:
        return plain
    earlier = plain.pop("decides", [])
    told = plain.pop("tells", [])
    if "exceptions" in plain:
        plain["exceptions"] = [_on_its_own(said, earlier, told) for said in plain["exceptions"]]
    roles = decision.roles or tuple(map(Role, earlier or told))
    key = NAMES_SOMEBODY.get(decision.verdict)
    names = [pack.role_name(role) for role in roles]
    says = decision.says or usual_words(plain["topic"], decision.verdict, names)
    named = {key: [role.value for role in roles]} if key else {}
    return {**plain, "verdict": decision.verdict.value, "says": says, **named}


def _on_its_own(said: Mapping[str, Any], decides: list[str], tells: list[str]) -> dict[str, Any]:
    """An exception with whom it took from its rule, which may name nobody any more."""
    taken = {Verdict.ASK_FIRST: ("decides", decides), Verdict.REPORT: ("tells", tells)}
    key, roles = taken.get(Verdict(said["verdict"]), ("", []))
    return {key: roles, **said} if roles else dict(said)


def record_text(policy: str, decisions: Iterable[Decision]) -> str:
    """The record as YAML, the earliest decision first."""
    head = (
        f"# What was decided about the draft of {policy}: by whom, when, and (of) about which state of it.\n"
    )
    return head + written({"decisions": [one.plain() for one in decisions]})


def form_text(entries: Iterable[Entry]) -> str:
    """Rules to decide about in an editor: what each says as comments, and the decision to fill in."""
    verdicts = ", ".join(VERDICTS)
    return (
        "# Write a decision for each rule: keep, change or drop; what is left empty stays undecided.\n"
        f"# To change one, correct its verdict: {verdicts}.\n"
        "# roles decide (ask_first) or are told (report). A note is kept beside the decision.\n"
        "decisions:\n" + "".join(map(_form_row, entries))
    )


def _form_row(entry: Entry) -> str:
    rule = entry.rule
    comments = [f"{entry.topic} (sure {entry.sure:.2f}{f': {rule.doubt}' if rule.doubt else ''})"]
    for address, text in entry.words.items():
        lead = f"{entry.after[address]} … " if address in entry.after else ""
        comments.append(f"§ {address} {lead}{text}")
    row = {
        "rule": rule.id,
        "decision": "",
        "verdict": rule.verdict.value,
        "roles": [role.value for role in (*rule.decides, *rule.tells)],
        "note": "",
        "of": entry.of,
    }
    shown = "".join(f"# {' '.join(line.split())}\n" for line in comments)
    return f"\n{shown}{written([row])}"


def read_decisions(text: str, file: str, *, form: Mapping[str, Entry] | None = None) -> tuple[Decision, ...]:
    """The decisions of a record. Raises `Refused` with every fault.

    With `form`, those of a form filled in by hand, which have to fit the rules that it gives by id.
    """
    found = parse(text, file)
    faults = list(found.faults)
    rows = found.data.get("decisions") if isinstance(found.data, dict) else None
    if not isinstance(rows, list):
        raise Refused([*faults, Fault(file, 1, "it has no list of decisions", "Write decisions: and a list")])
    decisions: list[Decision] = []
    for place, row in enumerate(rows):
        wrong = list(_wrong(row, form))
        line = found.line(("decisions", place))
        faults += [Fault(file, line, f"decisions.{place + 1}: {what}", remedy) for what, remedy in wrong]
        if not wrong and (row.get("decision") or row.get("note")):
            decisions.append(_decision(row))
    if faults:
        raise Refused(faults)
    return tuple(decisions)


def _wrong(row: Any, form: Mapping[str, Entry] | None) -> Iterator[tuple[str, str]]:
    if not isinstance(row, dict) or not all(isinstance(row.get(key), str) for key in ("rule", "of")):
        yield "it doesn't say which rule it is about", "Keep rule and of as they were written"
        return
    choice = row.get("decision") or ""
    if choice not in (*Choice, ""):
        yield f"{choice!r} is no decision", "Write keep, change or drop, or leave it empty"
        return
    if choice == Choice.CHANGE and row.get("verdict") not in VERDICTS:
        yield f"{row.get('verdict')!r} is no verdict", f"Write one of {', '.join(VERDICTS)}"
    roles = row.get("roles") or []
    if not isinstance(roles, list) or not all(isinstance(role, str) and role in set(Role) for role in roles):
        yield "roles names somebody unknown", f"Write a list of {', '.join(Role)}"
    if not all(isinstance(row.get(key) or "", str) for key in ("says", "note", "who")):
        yield "says, note and who are text", "Put it in quotes"
    if form is not None:
        yield from _unfit_row(row, form)
    elif _time(row.get("at")) is None:
        yield "it doesn't say when", "Write at: 2026-11-21T09:00:00+00:00"


def _unfit_row(row: Mapping[str, Any], form: Mapping[str, Entry]) -> Iterator[tuple[str, str]]:
    """What is wrong with a form's row beside the rule that it is about."""
    entry = form.get(row["rule"])
    if entry is None or entry.of != row["of"]:
        was = "there is no rule" if entry is None else "the draft is no longer what this was written about:"
        yield f"{was} {row['rule']!r}", "Write the file anew with --write-file"
        return
    choice, verdict = row.get("decision") or "", row.get("verdict") or entry.rule.verdict
    if choice in {Choice.KEEP, ""} and verdict != entry.rule.verdict:
        yield f"its verdict is another ({verdict}), and it doesn't say change", "Write decision: change"
    known = choice == Choice.CHANGE and verdict in VERDICTS and not row.get("roles")
    if known and (why := unfit(entry, Verdict(verdict), ())):
        yield why, f"Write roles: a list of {', '.join(Role)}"


def _decision(row: Mapping[str, Any]) -> Decision:
    choice = Choice(row.get("decision") or "note")
    changed = choice is Choice.CHANGE
    return Decision(
        rule=row["rule"],
        of=row["of"],
        choice=choice,
        verdict=Verdict(row["verdict"]) if changed else None,
        roles=tuple(map(Role, row.get("roles") or ())) if changed else (),
        says=(row.get("says") or "").strip() if changed else "",
        note=(row.get("note") or "").strip(),
        who=row.get("who") or "",
        at=_time(row.get("at")),
    )


def _time(said: Any) -> datetime | None:
    try:
        found = said if isinstance(said, datetime) else datetime.fromisoformat(said)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else None


def unfit(entry: Entry, verdict: Verdict, roles: Sequence[Role]) -> str:
    """Why a rule cannot be changed to this; nothing where it can."""
    key = NAMES_SOMEBODY.get(verdict)
    if key and not (roles or entry.rule.decides or entry.rule.tells):
        return f"{verdict} needs roles: who {'decides' if key == 'decides' else 'is told'}"
    return ""
