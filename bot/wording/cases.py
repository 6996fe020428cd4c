"""The words of a case as its handlers read it: lines of a chronology, states, decisions, clocks."""

from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

DRILL = "DRILL: this is practice, nothing has happened."
STATES: Mapping[str, str] = {
    "notified": "still waits for an acknowledgement",
    "acknowledged": "acknowledged",
    "in_progress": "in progress",
    "closed": "closed",
    "purged": "erased",
}
DECISIONS: Mapping[str, str] = {
    "no_referral": "no referral",
    "early_help": "early help",
    "social_care": "referred to children's social care",
    "police": "referred to the police",
    "lado": "referred to the LADO",
    "low_level": "low-level concern",
    "prevent": "Prevent referral",
    "in_school": "handled in school",
    "complaint": "passed to the complaints procedure",
    "removed": "taken down",
    "no_action": "no action",
    "duplicate": "duplicate of another case",
    "other": "other",
}
NOT_YET_SAID = (
    "is it about them, or are they only mentioned? Until somebody says, nothing of this goes to them."
)
NO_TECHNICIAN = "You are shown the technical fault only."
_NOBODY_HERE = "somebody who is not in the schools file"
_SYSTEM = "Signpost"

_EVENTS: Mapping[str, str] = {
    "reported": "reported",
    "acknowledged": "acknowledged it",
    "note": "noted",
    "asked": "asked the reporter",
    "answered": "answered",
    "added": "added",
    "action": "set an action",
    "handed_over": "handed it over to",
    "not_taken": "the person it was handed to has not taken it",
    "closed": "closed it",
    "reopened": "opened it again",
    "linked": "linked it with",
    "similar": "found a similar report",
    "merged": "merged into it",
    "transferred": "noted the number in the school's own record",
    "held": "put a legal hold on it",
    "released": "lifted the legal hold",
    "standing about": "said that it is about",
    "standing mentioned": "said that only mentioned is",
    "standing open": "left open how it stands to",
    "recused": "kept out of it, since a linked case is about them",
    "unanswered": "nobody answered in time, so the next were told",
    "untouched": "nothing was noted after it was acknowledged, so others were told",
    "unreachable": "could not reach",
    "nobody_left": "nobody was left here who may be told",
    "decision_due": "one working day had gone by without a decision",
    "restored": "was restored from a backup, and told everybody anew",
}
_WITH_A_PERSON = frozenset(
    {"handed_over", "recused", "unreachable", "standing about", "standing mentioned", "standing open"}
)
"""Lines whose text is somebody's id."""

Named = Callable[[str], str]


def event(name: str) -> str:
    """What happened, for a line that begins with who did it."""
    return _EVENTS.get(name, name.replace("_", " "))


def text_of(name: str, text: str | None, named: Named) -> str:
    """What a line of the chronology says beside its event, with names for ids."""
    if text is None:
        return ""
    if name in _WITH_A_PERSON:
        return named(text)
    if name == "closed":
        decision, _, reason = text.partition("\n")
        return f"{decision_name(decision)}: {reason}"
    if name == "action":
        owner, due, what = action(text)
        return f"{what} ({named(owner)}, by {due})"
    return text


def action(text: str) -> tuple[str, str, str]:
    """An action's line taken apart: its owner's id, the day it is due, what is to be done."""
    owner, _, rest = text.partition(" ")
    due, _, what = rest.partition(" ")
    return owner, due, what


def decision_name(decision: str) -> str:
    """A decision in words."""
    return DECISIONS.get(decision, decision.replace("_", " "))


def by(person: str, named: Named) -> str:
    """Who did something: a name, Signpost itself, or somebody the school hasn't listed."""
    if person == "signpost":
        return _SYSTEM
    return _NOBODY_HERE if person.startswith("account:") else named(person)


def not_before_advice(nation: str) -> str:
    """What nobody does yet in a case about an adult. Only England has a LADO."""
    adviser = "the LADO has advised" if nation == "england" else "advice has been taken"
    return f"Don't question or tell the person before {adviser}."


def decide_by(nation: str, when: str) -> str:
    """The one-working-day clock of a concern about an adult (KCSIE, part four)."""
    ask = " If unsure, ask the LADO." if nation == "england" else ""
    return f"Decide by {when}: low level, or may it meet the harm threshold?{ask}"


def local(at: datetime, zone: str) -> str:
    """A moment in the trust's own time."""
    return f"{at.astimezone(ZoneInfo(zone)):%a %d %b %Y %H:%M}"
