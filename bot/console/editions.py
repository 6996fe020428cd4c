"""Which edition of a policy `ask` answers from: published here, now or by a day, or built in."""

from datetime import date
from typing import TYPE_CHECKING

import typer

from bot import app
from bot.console import inert
from bot.console.publishing import end_of
from bot.errors import KeysError, NotReadyError, PrivateFileError
from knowledge.yamlfile import Refused

if TYPE_CHECKING:
    from bot.reporting.policies_in_force import PoliciesInForce
    from knowledge.answer import Answer


def shelf(as_of: str | None) -> "PoliciesInForce | None":
    """What is published here, now or at the end of a day; None where no installation is set up.

    Where an installation can't be opened just now, that is said and the built-in edition answers. As of a day
    there is no such way out: raises `NotReadyError`.
    """
    if as_of is None and not app.installed():
        return None
    from bot.reporting.policies_in_force import in_force

    try:
        if as_of is None:
            with app.vault() as kept:
                return in_force(kept.store, kept.keys)
        with app.office() as office:
            return in_force(office.store, office.keys, end_of(as_of, office))
    except (NotReadyError, KeysError, PrivateFileError, Refused) as error:
        if as_of is not None:
            raise
        inert.say(f"Answered by the built-in edition: what is published can't be read ({error})", err=True)
        return None


def said_as_of(as_of: str, version: str | None) -> None:
    """Say which edition an answer of an earlier day comes from."""
    typer.echo(f"As of {date.fromisoformat(as_of)}: {version}")


def tell_owner(policy: str, answer: "Answer", question: str) -> None:
    """Count a question that the policy left open and pass it on to the policy's owner, if they like."""
    from bot.reporting.gaps import note

    with app.office() as office:
        kept = note(office, policy, answer, agreed=question, now=app.now())
    inert.say(
        "Passed on to the policy's owner, without your name."
        if kept
        else "Not passed on: only what the policy leaves open is, and nothing that may be a report.",
        err=True,
    )
