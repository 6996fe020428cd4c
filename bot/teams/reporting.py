"""Reports in Teams: begun in four ways, filled in page by page, stored before anybody is told so.

What was answered is kept in memory between the pages, under the form's token. In a dialog it stands on the
page as well, and the kind goes along with its buttons: it outlives a restart, and goes on at another replica.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from secrets import token_urlsafe
from zoneinfo import ZoneInfo

from bot.errors import NotSavedError
from bot.logs import log
from bot.reporting import choices
from bot.reporting.filling import WHOLE, FormFault, FormRefusedError
from bot.reporting.forms import notes, questions
from bot.reporting.intake import Handed, context_for, hand_in, nothing_saved, preview, receipt_lines
from bot.reporting.submit import Receipt
from bot.sending import TryLaterError, UnreachableError
from bot.teams import forms, ids
from bot.teams.activity import Activity, nested
from bot.teams.answers import plain_card
from bot.teams.asking import words_of
from bot.teams.callers import Caller
from bot.teams.cards import Shown, Where
from bot.teams.desk import Desk, Drafted, Listener, Listening
from bot.teams.forms import Draft, Form, answers_of, asked_in, form_card, kind_card, kind_of, receipt_card
from bot.teams.replies import Json, Reply, changed, dialog, refused
from bot.wording import reporting as wording
from bot.wording import teams as here
from knowledge.rules import Kind

_AUTHOR = "handle"


def listening(desk: Desk) -> Listening:
    """Reports."""
    taking = _Reporting(desk)
    return Listening(
        opened={
            ids.REPORT: taking.begin,
            ids.REPORT_BEGIN: taking.begin,
            ids.REPORT_MESSAGE: taking.of_message,
            ids.ASK_REPORT: taking.of_answer,
            ids.REPORT_OPEN: taking.reopen,
        },
        sent=_pages(taking, Where.DIALOG),
        pressed=_pages(taking, Where.CHAT),
        typed={here.REPORT: taking.ordered},
    )


def _pages(taking: "_Reporting", where: Where) -> dict[str, Listener]:
    return {
        ids.REPORT_KIND: taking.at(where).chosen,
        ids.REPORT_NEXT: taking.at(where).go_on,
        ids.REPORT_OTHER_KIND: taking.at(where).choose_again,
    }


class _Reporting:
    """How a report begins."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def at(self, where: Where) -> "_Page":
        """Its pages, in a dialog or on a card in the chat."""
        return _Page(self._desk, where)

    async def begin(self, _activity: Activity, caller: Caller) -> Reply:
        """The message extension's “Report”, or the button: every kind."""
        return self._kinds(caller, {})

    async def ordered(self, activity: Activity, caller: Caller) -> None:
        """Somebody wrote “report”: the kinds on a card, in the chat with them alone."""
        token = self._begun(caller, {})
        shown = Shown(kind_card(token, where=Where.CHAT), wording.CHOOSE_TITLE)
        if not await self._desk.say_privately(activity, caller, shown):
            await self._desk.say(activity, plain_card(here.NOT_PRIVATELY))

    async def of_message(self, activity: Activity, caller: Caller) -> Reply:
        """“Report this” on a message: its words, author and link begin the report and go nowhere else."""
        directory = self._desk.office.directory
        author = nested(activity.value, "messagePayload", "from", "user", "displayName")
        known = directory.by_account(
            self._desk.platform, nested(activity.value, "messagePayload", "from", "user", "id").lower()
        )
        posted = nested(activity.value, "messagePayload", "createdDateTime")
        said = forms.reported_message(
            words_of(activity),
            author=f"{known.name} (@{known.id})" if known else author,
            link=nested(activity.value, "messagePayload", "linkToMessage"),
            posted_at=_posted_at(posted, directory.trust.timezone),
        )
        if author or known:  # where an image may be involved the form takes no account, but it must be known
            said["what"] = wording.message_by(known.name if known else author)
        return self._kinds(caller, said)

    async def of_answer(self, activity: Activity, caller: Caller) -> Reply:
        """“Report this” under an answer: the question begins the report, of the kind that was offered."""
        token, named = ids.parted(activity.pressed)
        asked = self._desk.recent.get(token, caller.account)
        given = {"what": asked.question} if asked else {}
        kind = next((one for one in Kind if one == named), None)
        if kind is None:
            return self._kinds(caller, given)
        if asked and asked.answer.tripped:
            given["image" if asked.answer.tripped.indecent else "danger"] = "unsure"
        draft = Draft(kind, self._begun(caller, given))
        return await self.at(Where.DIALOG).show(caller, Drafted(draft, given))

    async def reopen(self, activity: Activity, caller: Caller) -> Reply:
        """A form that was begun on a card, in a dialog: with its answers, which a card doesn't show."""
        return await self.at(Where.DIALOG).shown_again(activity, caller)

    def _kinds(self, caller: Caller, given: Mapping[str, str]) -> Reply:
        return dialog(wording.CHOOSE_TITLE, kind_card(self._begun(caller, given)))

    def _begun(self, caller: Caller, given: Mapping[str, str]) -> str:
        token = token_urlsafe(12)
        kept = {key: text for key, text in given.items() if text}
        self._desk.drafts.put(token, caller.account, Drafted(Draft(token=token), kept))
        return token


class _Page:
    """A report's pages, from its kind to its receipt."""

    def __init__(self, desk: Desk, where: Where) -> None:
        self._desk = desk
        self._where = where

    async def chosen(self, activity: Activity, caller: Caller) -> Reply:
        """A kind was chosen: the form for it."""
        kept = self._kept(activity, caller)
        kind = kind_of(activity.data)
        if kind is None:
            return self._again(kept, here.NEEDED)
        return await self.show(caller, replace(kept, draft=replace(kept.draft, kind=kind, shown="")))

    async def choose_again(self, activity: Activity, caller: Caller) -> Reply:
        """Another kind after all: what was written is kept for it."""
        kept = self._kept(activity, caller)
        self._keep(caller, replace(kept, draft=replace(kept.draft, kind=None, shown="")))
        return self._again(kept)

    async def shown_again(self, activity: Activity, caller: Caller) -> Reply:
        """The form as far as it is filled."""
        kept = self._kept(activity, caller)
        if kept.draft.kind is None:
            return self._again(kept)
        return await self.show(caller, kept)

    async def go_on(self, activity: Activity, caller: Caller) -> Reply:
        """Next, or Send: first to see whom it goes to, then for good; a receipt only once it is on disk."""
        kept = self._kept(activity, caller)
        self._keep(caller, kept)
        if kept.draft.kind is None:
            return self._forgotten(kept)
        asked = asked_in(activity.data)
        try:
            shown, receipt = await asyncio.to_thread(self._taken, kept, caller)
        except FormRefusedError as error:
            return await self.show(caller, kept, _seen(error.faults, asked))
        except NotSavedError as error:
            return await self._not_saved(caller, kept, str(error))
        except Exception as error:  # noqa: BLE001  the edge: whatever it was, the words must stay in the form
            log.error("report_not_taken", exc_info=error)
            line = nothing_saved(self._desk.office, caller.reporter)
            return await self._not_saved(caller, kept, line)
        if receipt is not None and receipt.fresh and self._where is Where.DIALOG:
            await self._post_receipt(activity, caller, receipt)
        title = wording.RECEIPT_TITLE if receipt is not None else wording.FORM_TITLE
        return self._answer(title, shown)

    async def show(self, caller: Caller, kept: Drafted, faults: tuple[FormFault, ...] = ()) -> Reply:
        """The form with what follows from its answers."""
        self._keep(caller, kept)
        card = await asyncio.to_thread(self._form, caller, kept, faults)
        return self._answer(wording.FORM_TITLE, card)

    def _taken(self, kept: Drafted, caller: Caller) -> tuple[Json, Receipt | None]:
        """In a thread: shown once more with whom it goes to, or stored."""
        office, now, draft = self._desk.office, self._desk.clock(), kept.draft
        platform = self._desk.platform
        handed = Handed(
            draft.kind or Kind.OTHER,
            self._still_asked(kept, caller),
            caller.reporter,
            f"{platform} {caller.reporter} {draft.token}",
            platform,
        )
        goes_to = preview(office, handed, now=now).line
        if not draft.has_shown(goes_to):
            kept = replace(kept, draft=draft.showing(goes_to))
            self._keep(caller, kept)
            return self._form(caller, kept, goes_to=goes_to), None
        receipt = hand_in(office, handed, now=now)
        return receipt_card(receipt_lines(office, receipt), receipt.reference, self._where), receipt

    def _still_asked(self, kept: Drafted, caller: Caller) -> dict[str, str]:
        """What is sent: nothing that the form as it stands doesn't show, but who wrote a reported message.

        Another kind was chosen since, or an image came into it: then a web address, say, is asked no more.
        """
        kind, given = kept.draft.kind or Kind.OTHER, dict(kept.answers)
        context = context_for(self._desk.office, caller.reporter, kept.draft.token, now=self._desk.clock())
        asked = {one.key for one in questions(kind, given, context)} | {_AUTHOR}
        return {key: text for key, text in given.items() if key in asked}

    def _form(
        self, caller: Caller, kept: Drafted, faults: tuple[FormFault, ...] = (), *, goes_to: str = ""
    ) -> Json:
        office, now, kind = self._desk.office, self._desk.clock(), kept.draft.kind or Kind.OTHER
        context = context_for(office, caller.reporter, kept.draft.token, now=now)
        answers = dict(kept.answers)
        form = Form(
            kept.draft,
            questions(kind, answers, context),
            notes(kind, answers, context),
            answers,
            choices.staff(office.directory, office.day(now)),
            faults,
            goes_to,
        )
        return form_card(form, self._where)

    def _kept(self, activity: Activity, caller: Caller) -> Drafted:
        """The draft with what was just answered; what stood there to be answered and came empty is out."""
        sent, asked = Draft.read(activity.pressed), asked_in(activity.data)
        kept = self._desk.drafts.get(sent.token, caller.account)
        begun = kept.draft if kept and sent.kind is None else sent
        known = kept.answers if kept else {}
        answers = {key: text for key, text in known.items() if key not in asked}
        draft = replace(begun, token=begun.token or token_urlsafe(12))
        return Drafted(draft, {**answers, **answers_of(activity.data)})

    def _keep(self, caller: Caller, kept: Drafted) -> None:
        self._desk.drafts.put(kept.draft.token, caller.account, kept)

    def _again(self, kept: Drafted, fault: str = "") -> Reply:
        if fault and self._where is Where.CHAT:
            return refused(fault)
        return self._answer(wording.CHOOSE_TITLE, kind_card(kept.draft.token, (), self._where, fault=fault))

    def _forgotten(self, kept: Drafted) -> Reply:
        """Begun too long ago: a card keeps what is typed in it; a dialog asks for the kind and keeps it."""
        return refused(here.BEGIN_AGAIN) if self._where is Where.CHAT else self._again(kept)

    async def _not_saved(self, caller: Caller, kept: Drafted, line: str) -> Reply:
        """Nothing was saved: the words stay where they are, with whom to ring."""
        if self._where is Where.CHAT:
            return refused(line)
        return await self.show(caller, kept, (FormFault("", line),))

    def _answer(self, title: str, card: Json) -> Reply:
        return changed(card) if self._where is Where.CHAT else dialog(title, card)

    async def _post_receipt(self, activity: Activity, caller: Caller, receipt: Receipt) -> None:
        """The receipt as a message too, to be found again: it has the reference and nothing of the report."""
        lines = receipt_lines(self._desk.office, receipt)
        shown = Shown(receipt_card(lines, receipt.reference, Where.CHAT), lines[0])
        try:
            await self._desk.say_privately(activity, caller, shown)
        except (TryLaterError, UnreachableError) as error:
            log.warning("receipt_unposted", exc_info=error)  # it was shown, and is among their reports


def _seen(faults: tuple[FormFault, ...], asked: frozenset[str]) -> tuple[FormFault, ...]:
    """The faults of what stood on the page; what is asked only now is not yet anybody's fault."""
    return tuple(fault for fault in faults if fault.key in asked | {"", WHOLE})


def _posted_at(at: str, zone: str) -> str:
    try:
        when = datetime.fromisoformat(at).astimezone(ZoneInfo(zone))
    except (ValueError, OverflowError):
        return ""
    return f"{when:%Y-%m-%d %H:%M}"
