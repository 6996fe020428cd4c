"""Who may do what with a case: one table of parties, actions and states (promise S4).

What is not in the table is refused, and a refusal looks like a case that does not exist.
"""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a case is. PURGED keeps the reference and the audit only."""

    NOTIFIED = "notified"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    CLOSED = "closed"
    PURGED = "purged"


class Party(StrEnum):
    """How somebody stands to a case. The strictest that fits holds: a subject is a subject whatever else.

    A technician is shown the technical fault and nothing else. Who is only alerted that a case has no answer
    is a stranger to it.
    """

    REPORTER = "reporter"
    SELF_REPORTER = "self_reporter"
    SUBJECT = "subject"
    CALLED = "called"
    HANDLER = "handler"
    TECHNICIAN = "technician"
    DPO = "dpo"
    STRANGER = "stranger"


class Action(StrEnum):
    """What can be done with a case. RECEIPT is one's own reference and stage; LIST is knowing it is there."""

    RECEIPT = "receipt"
    ADD = "add"
    ANSWER = "answer"
    STANDING = "standing"
    LIST = "list"
    OPEN = "open"
    ACKNOWLEDGE = "acknowledge"
    HAND_OVER = "hand_over"
    ASK = "ask"
    NOTE = "note"
    ACT = "act"
    CLOSE = "close"
    REOPEN = "reopen"
    LINK = "link"
    EXPORT = "export"
    TRANSFER = "transfer"
    HOLD = "hold"
    PURGE = "purge"


LIVE = frozenset({State.NOTIFIED, State.ACKNOWLEDGED, State.IN_PROGRESS})
"""A case that still wants something done."""
_KEPT = LIVE | {State.CLOSED}
_SHUT = frozenset({State.CLOSED})

MAY: Mapping[Party, Mapping[Action, frozenset[State]]] = {
    Party.REPORTER: {
        Action.RECEIPT: _KEPT,
        Action.ADD: LIVE,
        Action.ANSWER: LIVE,
        Action.STANDING: LIVE,
    },
    Party.SELF_REPORTER: {Action.RECEIPT: _KEPT},
    Party.SUBJECT: {},
    Party.CALLED: {
        Action.LIST: LIVE,
        Action.OPEN: LIVE,
        Action.ACKNOWLEDGE: LIVE,
        Action.STANDING: LIVE,
    },
    Party.HANDLER: {
        Action.LIST: _KEPT,
        Action.OPEN: _KEPT,
        Action.EXPORT: _KEPT,
        Action.ACKNOWLEDGE: LIVE,
        Action.HAND_OVER: LIVE,
        Action.ASK: LIVE,
        Action.NOTE: LIVE,
        Action.ACT: LIVE,
        Action.CLOSE: LIVE,
        Action.STANDING: LIVE,
        Action.LINK: LIVE,
        Action.REOPEN: _SHUT,
        Action.TRANSFER: _SHUT,
    },
    Party.TECHNICIAN: {Action.LIST: LIVE, Action.OPEN: LIVE, Action.ACKNOWLEDGE: LIVE},
    Party.DPO: {Action.HOLD: _KEPT, Action.PURGE: _SHUT},
    Party.STRANGER: {},
}


def may(party: Party, action: Action, state: State) -> bool:
    """Whether a party may do something with a case in this state."""
    return state in MAY[party].get(action, frozenset())
