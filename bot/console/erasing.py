"""`signpost purge` and `signpost hold`: what is erased, what may not be, and what waits for the DPO."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot import app
from bot.console import inert
from bot.console.as_json import JsonOption
from bot.console.confirming import AsOption, CodeOption, confirmed, desk, text_given
from bot.console.progress import progress
from bot.errors import UsageError
from bot.wording.answers import KINDS

if TYPE_CHECKING:
    from bot.reporting.retention import Kept, Waiting

RefArgument = Annotated[
    str | None, typer.Argument(metavar="REF", help="A case to erase; without one, whatever is due.")
]
HeldArgument = Annotated[str, typer.Argument(metavar="REF", help="The case, as in SP-7Q4K-M2XD.")]
WhomOption = Annotated[
    str | None, typer.Option("--as", metavar="PERSON", help="Who you are: the data protection officer.")
]
WhyOption = Annotated[
    str | None,
    typer.Option("--reason", metavar="TEXT", help="Why; it stays in the audit, so no names. - reads stdin."),
]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; - reads it from stdin.")]
ApproveOption = Annotated[
    bool, typer.Option("--approve", help="Agree, as the second person, that somebody else erases it.")
]
OffOption = Annotated[bool, typer.Option("--off", help="Lift the hold.")]
WHYS = {
    "not_transferred": "closed a year ago or longer, and in no other record",
    "period_over": "its period is over",
    "allegation": "about an adult: never erased by itself",
    "two_people": "a record of child sexual abuse: two people have to agree",
    "held": "due, but under a legal hold",
}


def purge(  # noqa: PLR0913  each parameter is an option of the command
    reference: RefArgument = None,
    *,
    whom: WhomOption = None,
    reason: WhyOption = None,
    code: CodeOption = None,
    approve: ApproveOption = False,
    as_json: JsonOption = False,
) -> None:
    """Erase a case for good, or all that is due by the retention rules, and list what waits for the DPO."""
    if reference is None:
        if whom or reason or code or approve:
            raise UsageError("say which case: signpost purge REF")
        _purge_due(as_json=as_json)
        return
    if whom is None:
        raise UsageError("say who you are: --as PERSON")
    if approve:
        done = {"approved": _approve(reference, whom, code)}
    elif reason is None:
        raise UsageError("say why: --reason TEXT")
    else:
        done = {"purged": _purge(reference, whom, text_given(reason), code)}
    if as_json:
        inert.print_json(done)
    else:
        inert.say_all(f"{case}: {what}." for what, case in done.items())


def hold(
    reference: HeldArgument,
    *,
    whom: AsOption,
    reason: ReasonOption,
    off: OffOption = False,
    code: CodeOption = None,
) -> None:
    """Put a legal hold on a case, so that nothing erases it, or lift one."""
    from bot.reporting.casefile import tidy_reference
    from bot.reporting.handling import hold as put_hold
    from bot.reporting.handling import release

    case = tidy_reference(reference)
    with desk() as office:
        actor = confirmed(office, whom, f"{'release' if off else 'hold'} {case}", code)
        (release if off else put_hold)(office, case, actor, text_given(reason), now=app.now())
    inert.say(f"{case}: {'the legal hold is lifted' if off else 'under a legal hold'}.")


def _purge(reference: str, whom: str, reason: str, code: str | None) -> str:
    from bot.reporting.casefile import tidy_reference
    from bot.reporting.purging import Purge, purge_case, reason_given

    wanted = Purge(tidy_reference(reference), reason_given(reason))
    with desk() as office:
        actor = confirmed(office, whom, f"purge {wanted.reference}", code)
        return purge_case(office, app.keys_path(), actor, wanted, now=app.now())


def _approve(reference: str, whom: str, code: str | None) -> str:
    from bot.reporting.casefile import tidy_reference
    from bot.reporting.purging import approve

    case = tidy_reference(reference)
    with desk() as office:
        actor = confirmed(office, whom, f"approve-purge {case}", code)
        return approve(office, case, actor, now=app.now())


def _purge_due(*, as_json: bool) -> None:
    from bot.reporting import retention
    from bot.reporting.casefile import Actor

    actor = Actor("signpost", app.os_user())
    with desk() as office, progress("Wrapping keys again") as tell:
        done = retention.run(office, app.keys_path(), now=app.now(), actor=actor, progress=tell)
    if as_json:
        inert.print_json(_row(done))
        return
    for reference in done.purged:
        inert.say(f"{reference}: erased.")
    for one in done.waiting:
        inert.say(f"{one.reference}: {KINDS[one.kind]}; {WHYS[one.why.value]}. {_period(one)}")
    inert.say(f"{len(done.purged)} erased, {len(done.waiting)} waiting for the data protection officer.")
    if done.destroyed:
        inert.say("The master key was changed: older .keys files open no more. Make a backup now.")


def _period(one: "Waiting") -> str:
    rule = one.rule
    return f"Kept by default {rule.years} years from {rule.since.value} ({rule.source})."


def _row(done: "Kept") -> dict[str, Any]:
    return {
        "purged": list(done.purged),
        "keys_destroyed": done.destroyed,
        "waiting": [
            {
                "reference": one.reference,
                "kind": one.kind.value,
                "why": one.why.value,
                "closed_at": one.closed_at.isoformat(),
                "transferred_at": one.transferred_at.isoformat() if one.transferred_at else None,
                "category": one.rule.category,
                "years": one.rule.years,
                "since": one.rule.since.value,
                "source": one.rule.source,
            }
            for one in done.waiting
        ],
    }
