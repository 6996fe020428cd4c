"""Reports in Slack: opened in four ways, filled in one window, stored before anybody is told so."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import Any
from zoneinfo import ZoneInfo

from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from bot.errors import NotSavedError
from bot.logs import log
from bot.reporting import choices
from bot.reporting.filling import FormRefusedError
from bot.reporting.forms import Context, notes, questions
from bot.reporting.intake import Handed, context_for, hand_in, nothing_saved, preview, receipt_lines
from bot.reporting.submit import Receipt
from bot.sending import TryLaterError, UnreachableError
from bot.slack import forms, ids
from bot.slack.answers import answer_view, plain_blocks
from bot.slack.blocks import Json
from bot.slack.callers import Caller, Standing
from bot.slack.desk import Desk, Payload, content, said_back, values_of
from bot.slack.forms import Draft, Form
from bot.slack.messenger import PLATFORM
from bot.wording import reporting as wording
from knowledge.rules import Kind


def listen(app: AsyncApp, desk: Desk) -> None:
    """Take reports."""
    taking = _Reporting(desk)
    app.command(ids.REPORT_COMMAND)(taking.command)
    app.shortcut(ids.REPORT_ANYWHERE)(taking.begin)
    app.shortcut(ids.REPORT_THIS)(taking.of_message)
    app.action(ids.does(ids.HOME_REPORT))(taking.begin)
    app.action(ids.does(ids.ASK_REPORT))(taking.of_answer)
    app.action(ids.does(ids.REPORT_CHOOSE))(taking.choose)
    for changes in (ids.REPORT_ANSWER, ids.REPORT_PEOPLE, ids.REPORT_MORE, ids.REPORT_ROOM):
        app.action(ids.does(changes))(taking.change)
    app.action(ids.does(ids.REPORT_OTHER_KIND))(taking.choose_again)
    app.options(ids.REPORT_PEOPLE)(taking.people)
    app.view(ids.REPORT_FORM)(taking.send)


class _Reporting:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def command(self, ack: Any, body: Payload) -> None:
        """`/report`, with what happened after it or without."""
        caller = await self._desk.caller(body)
        if caller.shut_out:
            await ack(response_type="ephemeral", **said_back(self._desk.outsider(caller)))
            return
        await ack()
        await self._open_list(caller, body, {"what": str(body.get("text") or "").strip()})

    async def begin(self, ack: Any, body: Payload) -> None:
        """The button on the Home tab, and the shortcut that is there everywhere."""
        await ack()
        caller = await self._desk.caller(body)
        if not await self._turned_away(caller, body):
            await self._open_list(caller, body, {})

    async def of_message(self, ack: Any, body: Payload) -> None:
        """“Report this” on a message: its words, author and link begin the report and go nowhere else."""
        await ack()
        caller = await self._desk.caller(body)
        if await self._turned_away(caller, body):
            return
        message, channel = body.get("message") or {}, (body.get("channel") or {}).get("id")
        directory, author = self._desk.office.directory, _author(message)
        known = directory.by_account(PLATFORM, str(message.get("user")))
        said = forms.reported_message(
            str(message.get("text") or ""),
            author=author,
            permalink="",
            posted_at=_posted_at(message.get("ts"), directory.trust.timezone),
        )
        if author:  # where an image may be involved the form takes no account, but who wrote it must be known
            said["what"] = wording.message_by(known.name if known else author)
        source = await self._open_list(caller, body, said)
        link = await self._permalink(channel, message.get("ts"))
        if link:
            self._desk.drafts.put(source, caller.account, {**said, "url": link})

    async def of_answer(self, ack: Any, body: Payload) -> None:
        """“Report this” under an answer: the question begins the report, of the kind that was offered."""
        await ack()
        caller = await self._desk.caller(body)
        if await self._turned_away(caller, body):
            return
        token, named = ids.parted(next(iter(values_of(body)), ""))
        asked = self._desk.recent.get(token, caller.account)
        given = {"what": asked.question} if asked else {}
        kind = next((one for one in Kind if one == named), None)
        if kind is None:
            await self._open_list(caller, body, given)
            return
        if asked and asked.answer.tripped.indecent:
            given["image"] = "unsure"
        if asked and asked.answer.tripped and not asked.answer.tripped.indecent:
            given["danger"] = "unsure"
        await self._open(body, self._form(caller, Draft(kind, token_urlsafe(12)), given))

    async def choose(self, ack: Any, body: Payload) -> None:
        """A kind was chosen: the form takes the list's place."""
        await ack()
        caller = await self._desk.caller(body)
        if caller.shut_out:
            return
        chosen = next(iter(_selected(body)), "")
        kind = next((one for one in Kind if one == chosen), Kind.OTHER)
        draft = replace(_draft(body), kind=kind)
        given = self._desk.drafts.get(draft.source, caller.account) or {}
        await self._update(body, self._form(caller, draft, given))

    async def choose_again(self, ack: Any, body: Payload) -> None:
        """Another kind after all: what was written is kept for it."""
        await ack()
        caller = await self._desk.caller(body)
        if caller.shut_out:
            return
        draft = _draft(body)
        source = draft.source or token_urlsafe(12)
        given = self._given(caller, draft, body)
        self._desk.drafts.put(source, caller.account, {**_whole(given), **forms.answers_of(_state(body))})
        await self._update(body, forms.choose_kind_view(replace(draft, kind=None, source=source, shown="")))

    async def change(self, ack: Any, body: Payload) -> None:
        """A choice was made, or more room asked for: the form follows."""
        await ack()
        caller = await self._desk.caller(body)
        if caller.shut_out:
            return
        draft, pressed = _draft(body), {str(one.get("action_id")) for one in body.get("actions", ())}
        if ids.REPORT_MORE in pressed:
            draft = replace(draft, more=True)
        if ids.REPORT_ROOM in pressed:
            draft = draft.with_room()
        await self._update(body, self._form(caller, draft, self._given(caller, draft, body)))

    async def people(self, ack: Any, body: Payload) -> None:
        """Who is searched for among the school's people; nobody else's staff list is theirs to search."""
        office, caller = self._desk.office, await self._desk.caller(body)
        shut_out = caller.shut_out
        people = () if shut_out else choices.staff(office.directory, office.day(self._desk.clock()))
        await ack(**forms.found_people(people, str(body.get("value") or "")))

    async def send(self, ack: Any, body: Payload) -> None:
        """Send: first to see whom it goes to, then for good; acknowledged only once it is on disk."""
        caller = await self._desk.caller(body)
        draft, view = _draft(body), body["view"]
        handed = Handed(
            draft.kind or Kind.OTHER,
            {**self._author_of(caller, draft, view), **forms.answers_of(view.get("state"))},
            caller.reporter,
            f"{PLATFORM} {caller.reporter} {draft.key}",
            PLATFORM,
        )
        if caller.shut_out:
            await ack(response_action="clear")
            return
        try:
            answer, receipt = await asyncio.to_thread(self._taken, handed, draft, caller, view)
        except FormRefusedError as error:
            answer, receipt = _errors(forms.errors_of(error.faults, view)), None
        except NotSavedError as error:
            answer, receipt = _errors(forms.not_saved_errors(str(error), view)), None
        except Exception as error:  # noqa: BLE001  the edge: whatever it was, the words must stay in the form
            log.error("report_not_taken", exc_info=error)
            line = nothing_saved(self._desk.office, caller.reporter)
            answer, receipt = _errors(forms.not_saved_errors(line, view)), None
        await ack(**answer)
        if receipt is not None and receipt.fresh:
            await self._post_receipt(caller, receipt)

    def _taken(
        self, handed: Handed, draft: Draft, caller: Caller, view: Mapping[str, Any]
    ) -> tuple[dict[str, Any], Receipt | None]:
        """In a thread: shown once more with whom it goes to, or stored."""
        office, now = self._desk.office, self._desk.clock()
        goes_to = preview(office, handed, now=now).line
        if not draft.has_shown(goes_to):
            given = self._given(caller, draft, {"view": view})
            shown = self._form(caller, draft, given, goes_to=goes_to)
            return {"response_action": "update", "view": shown}, None
        receipt = hand_in(office, handed, now=now)
        lines = receipt_lines(office, receipt)
        return {"response_action": "update", "view": forms.receipt_view(lines, receipt.reference)}, receipt

    def _author_of(self, caller: Caller, draft: Draft, view: Mapping[str, Any]) -> dict[str, str]:
        """Who wrote the message that is reported, where the form doesn't ask for it (an image)."""
        kept = self._desk.drafts.get(draft.source, caller.account) or {}
        known = kept.get("handle") if "handle" not in forms.asked_in(view) else None
        return {"handle": known} if known else {}

    def _given(self, caller: Caller, draft: Draft, body: Payload) -> dict[str, str]:
        """What is written, and what the report began with as far as the form has not asked for it yet."""
        kept = self._desk.drafts.get(draft.source, caller.account) or {}
        asked = forms.asked_in(body["view"])
        unasked = {key: text for key, text in kept.items() if key not in asked}
        return {**unasked, **forms.written(_state(body))}

    def _form(self, caller: Caller, draft: Draft, given: Mapping[str, str], *, goes_to: str = "") -> Json:
        office, now, kind = self._desk.office, self._desk.clock(), draft.kind or Kind.OTHER
        context: Context = context_for(office, caller.reporter, draft.key, now=now)
        answers = _whole(given)
        asked = questions(kind, answers, context)
        people = choices.staff(office.directory, office.day(now))
        return forms.form_view(
            Form(draft, asked, notes(kind, answers, context), given, people, goes_to=goes_to)
        )

    async def _open_list(self, caller: Caller, body: Payload, given: Mapping[str, str]) -> str:
        """Open the list of kinds; returns the token under which what begins the report is kept."""
        source = token_urlsafe(12)
        self._desk.drafts.put(source, caller.account, {key: text for key, text in given.items() if text})
        await self._open(body, forms.choose_kind_view(Draft(None, token_urlsafe(12), source)))
        return source

    async def _turned_away(self, caller: Caller, body: Payload) -> bool:
        """Whether somebody may not report here; somebody of another organisation is told whom to ring."""
        if caller.standing is Standing.OUTSIDER:
            await self._open(body, answer_view(self._desk.outsider(caller)))
        return caller.shut_out

    async def _open(self, body: Payload, view: Json) -> None:
        client = self._desk.client.web
        if body.get("view"):  # pressed in a window: this one comes on top of it
            home = body["view"].get("type") == "home"
            opening = client.views_open if home else client.views_push
            await opening(trigger_id=body["trigger_id"], view=view)
            return
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    async def _update(self, body: Payload, view: Json) -> None:
        shown = body["view"]
        try:
            await self._desk.client.web.views_update(view_id=shown["id"], hash=shown.get("hash"), view=view)
        except SlackApiError as error:
            if error.response.get("error") not in {"hash_conflict", "not_found"}:
                raise  # else somebody was quicker, or shut the window: there is a newer form, or none

    async def _permalink(self, channel: object, ts: object) -> str:
        if not isinstance(channel, str) or not isinstance(ts, str):
            return ""
        try:
            answer = await self._desk.client.web.chat_getPermalink(channel=channel, message_ts=ts)
        except SlackApiError:
            return ""  # the app isn't in that conversation
        return str(answer.get("permalink") or "")

    async def _post_receipt(self, caller: Caller, receipt: Receipt) -> None:
        """The receipt as a message too, to be found again: it has the reference and nothing of the report."""
        said = content(plain_blocks(*receipt_lines(self._desk.office, receipt)))
        client = self._desk.client
        try:
            await client.call(client.web.chat_postMessage, channel=caller.account, **said)
        except (TryLaterError, UnreachableError) as error:
            log.warning("receipt_unposted", exc_info=error)  # it was shown, and is on the Home tab


def _errors(found: Mapping[str, str]) -> dict[str, Any]:
    return {"response_action": "errors", "errors": dict(found)}


def _whole(given: Mapping[str, str]) -> dict[str, str]:
    """Answers with their continued parts put together, as the questions are asked by."""
    return {key: text for key, text in given.items() if ids.PART not in key}


def _draft(body: Payload) -> Draft:
    """The draft that a view carries; a fresh one where it was tampered with."""
    try:
        return Draft.read(str(body["view"].get("private_metadata") or ""))
    except (ValueError, KeyError, AttributeError):
        return Draft(Kind.OTHER, token_urlsafe(12))


def _state(body: Payload) -> object:
    return body["view"].get("state")


def _selected(body: Payload) -> Any:
    for action in body.get("actions", ()):
        option = action.get("selected_option") if isinstance(action, Mapping) else None
        if isinstance(option, Mapping) and isinstance(option.get("value"), str):
            yield option["value"]


def _author(message: Mapping[str, Any]) -> str:
    """Who wrote a message, as Slack names them: a mention that finds its person in the schools file."""
    user = message.get("user")
    return f"<@{user}>" if isinstance(user, str) else str(message.get("username") or "")


def _posted_at(ts: object, zone: str) -> str:
    try:
        when = datetime.fromtimestamp(float(str(ts)), UTC).astimezone(ZoneInfo(zone))
    except (ValueError, OverflowError, OSError):
        return ""
    return f"{when:%Y-%m-%d %H:%M}"
