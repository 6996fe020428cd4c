"""From a filled form to a receipt: the one way in for every face."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from bot.errors import NotSavedError
from bot.logs import log
from bot.reporting.called import Match
from bot.reporting.filling import fill
from bot.reporting.finding import find_people, mentioned_in
from bot.reporting.forms import Context
from bot.reporting.hours import is_closed
from bot.reporting.kinds import FAMILIES
from bot.reporting.office import Office
from bot.reporting.people import Family
from bot.reporting.report import About, Report
from bot.reporting.route import Route
from bot.reporting.routing import Recipient, first_recipients
from bot.reporting.submit import Receipt, submit
from bot.reporting.submit import rehearse as rehearse_submit
from bot.wording import receipts as wording
from knowledge.rules import Kind, Urgency
from storage.store import UnavailableError

_ABOUT_STAFF = frozenset({Family.ADULT, Family.HEAD})


@dataclass(frozen=True, slots=True)
class Handed:
    """A form as handed in. `key` tells one submission repeated from two; `origin` is the platform."""

    kind: Kind
    answers: Mapping[str, str]
    reporter: str
    key: str
    origin: str
    drill: bool = False


def context_for(office: Office, reporter: str, key: str, *, now: datetime) -> Context:
    """What a form is filled in with, for a reporter."""
    directory = office.directory
    today = office.day(now)
    school = directory.school_of(reporter)
    return Context(
        reporter=reporter,
        school=school,
        directory=directory,
        now=now,
        key=key,
        find_people=partial(_find, office, today, school),
        mentioned_in=lambda text: mentioned_in(text, directory, today),
    )


def _find(office: Office, today: date, school: str | None, text: str) -> tuple[Match, ...]:
    return find_people(text, office.directory, today, school=school)


@dataclass(frozen=True, slots=True)
class Preview:
    """What the reporter is shown before sending: who would be told first, the route, and the fixed texts."""

    recipients: tuple[Recipient, ...]
    route: Route
    line: str


def preview(office: Office, handed: Handed, *, now: datetime) -> Preview:
    """Whom a report would reach first. Raises `FormRefusedError`."""
    report = fill(handed.kind, handed.answers, context_for(office, handed.reporter, handed.key, now=now))
    route = office.plan(report)
    if handed.reporter in route.barred:
        return Preview((), route, wording.ABOUT_ONESELF)
    wide = route.urgency is Urgency.IMMEDIATE and is_closed(now, office.directory)
    unreachable = office.last_unreachable()
    people = first_recipients(route, office.directory, office.day(now), wide=wide, unreachable=unreachable)
    return Preview(people, route, wording.goes_to([one.title for one in people]))


def hand_in(office: Office, handed: Handed, *, now: datetime) -> Receipt:
    """Take a report in. Raises `FormRefusedError` for a form with faults.

    Raises `NotSavedError` when it cannot be stored: nothing is, and the text says whom to ring.
    """
    context = context_for(office, handed.reporter, handed.key, now=now)
    report = replace(fill(handed.kind, handed.answers, context), drill=handed.drill)
    try:
        return submit(office, report, key=handed.key, origin=handed.origin, now=now)
    except UnavailableError as error:
        raise NotSavedError(not_saved(office, report)) from error
    except Exception as error:  # whatever it was (a keys file gone, a fault of ours): they must ring
        log.error("report_not_saved", exc_info=error)
        raise NotSavedError(not_saved(office, report)) from error


def rehearse(office: Office, *, now: datetime) -> None:
    """Take in a made-up report and keep nothing of it: the first real one then finds everything made ready.

    Raises `UnavailableError`.
    """
    answers = {"about": About.NOBODY.value, "danger": "no", "image": "no", "what": "A rehearsal by Signpost."}
    report = fill(Kind.OTHER, answers, context_for(office, "", "rehearsal", now=now))
    rehearse_submit(office, report, now=now)


def not_saved(office: Office, report: Report) -> str:
    """What is said when a report could not be stored: whom to ring, and never only whom it is about."""
    named = report.about is About.WORKS_HERE or bool(report.subjects | report.held_back)
    numbers = office.directory.contacts_for(report.school)
    return wording.not_saved(
        office.directory.trust.nation, numbers, about_staff=named or FAMILIES[report.kind] in _ABOUT_STAFF
    )


def nothing_saved(office: Office, reporter: str) -> str:
    """What is said when nothing at all could be made of a report: whom to ring, whoever it may be about."""
    directory = office.directory
    numbers = directory.contacts_for(directory.school_of(reporter))
    return wording.not_saved(directory.trust.nation, numbers, about_staff=True)


def receipt_lines(office: Office, receipt: Receipt) -> tuple[str, ...]:
    """What the reporter keeps: roles, no names, nothing of the report."""
    route = receipt.route
    return wording.receipt(
        receipt.reference,
        people=None if receipt.own else receipt.titles,
        urgency=route.urgency,
        nation=office.directory.trust.nation,
        numbers=office.directory.contacts_for(route.school),
    )
