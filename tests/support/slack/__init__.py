"""A strict stand-in Slack on 127.0.0.1, for tests: Web API, Block Kit's limits, Socket Mode, people who act.

    with Slack(users_of(directory())) as slack:                 # tests.support.slack.stand_in, .people
        program = Program(folder, **slack.settings)             # or **slack.socket_settings
        slack.over_http("http://127.0.0.1:PORT/slack/events")   # or (body, headers) -> (status, body);
                                                                # or slack.over_socket_mode()
        tom, sam = slack.person("tom"), slack.person("sam")     # by user name or id
        tom.slash("/report")                                    # a Delivery: status, seconds, body, trouble
        tom.wait_for_view(lambda view: view.title == "Report")
        tom.fill({"what": "…", "kind/choice": "nude"})          # by action_id, block_id, or block/action
        tom.submit()                                            # errors, update, push, clear are done
        card = sam.wait_for_message(lambda message: message.has("open"))
        sam.press("open", card)                                 # value= or block= tell several apart
        assert sam.wait_for_view().live == [] and "…" not in card.everything

**Acting**: `dm`, `mention`, `write`, `edit`, `slash`, `message_shortcut(callback_id, seen)`,
`global_shortcut`, `press(action_id, on, value=, block=, choose=)`, `fill`, `look_up`, `submit`, `close_view`,
`open_home`, `start_assistant` (gives the thread for `dm(…, thread=)`), `slack.send_event({…})` for the rest.
Besides those given there are gwen and olly (guests), larry (left), robot (a bot), owen (of another
organisation) and nell (in no schools file); `add_user`, `change_user("tom", deleted=True)`,
`add_channel("staff", "tom", "sam", private=, shared=, bot=)`. What no person could do raises
`NotPossibleError`; a late, wrong or missing answer raises `TroubleError`, or inside
`with slack.tolerating():` is left in `delivery.trouble`.
**Looking**: `person.view / home / messages() / sees()`; `messages_to(name)`, `messages_in(channel)`,
`views_of(name)`, `home_of(name)`; of each its `words`, `everything`, `live` (mentions, shouts, links),
`has(action_id)`; `calls(method)`, `refused()`, `deliveries`, `slowest()`, `late()`.
**Scripting**: `control(down=, refuse=, latency=, hang=["sam"], errors={"sam": "user_disabled"},
rate={"per": 1, "of": "channel"}, drop_after_accept=1, faults=[{"method": "views.open", "status": 500}],
trigger_life=0, scopes=[…], echo=True)`; `disconnect(reason)`, `cut()`; `service.bot_token = …` (rotated).
**Again**: `redeliver(delivery, attempt=1, through=door)`: the same event_id or view, freshly signed;
`replay(delivery)`: the very bytes; `post_raw(body, headers)` with `doors.signed(body, secret, at)`; for a
changed payload `send(Parcel(delivery.kind, "forged", payload))`.
**Installing**: `install(manifest)` checks a manifest and holds people, events and the token to it.

Stricter than Slack on purpose: arguments that a method doesn't know and attachments are refused; a message's
blocks may be 13,200 characters of JSON together (Slack's own count is unpublished and near it); text over
40,000 is refused, never cut. As Slack: an action_id is unique in its block and a block_id on its surface; a
press on a whisper carries no `message`; a form keeps an answer over `views.update` only where block_id and
action_id stay. slack_sdk by itself sends again after a broken connection: give it `retry_handlers=[]`.
"""
