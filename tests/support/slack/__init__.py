"""A strict stand-in Slack on 127.0.0.1, for tests: Web API, Block Kit's limits, and people who act.

Start it, point the app at it, act as somebody, look at what the app put before them:

    with Slack(users_of(directory)) as slack:                    # tests.support.slack.stand_in
        program = Program(folder, **slack.settings)              # API address, bot token, secret
        slack.over_http("http://127.0.0.1:PORT/slack/events")    # or (body, headers) -> (status, body)
        # or Program(folder, **slack.socket_settings), then slack.over_socket_mode()
        tom, sam = slack.person("tom"), slack.person("sam")      # by user name or id
        tom.slash("/report")                                     # a Delivery: status, seconds, body, trouble
        view = tom.wait_for_view(lambda view: view.title == "Report")
        tom.fill({"what": "…", "kind/choice": "nude"})           # action_id, block_id, or block/action
        tom.submit()                                             # errors, update, push, clear are applied
        card = sam.wait_for_message(lambda message: message.has("open"))
        sam.press("open", card)                                  # `value=` tells several buttons apart
        assert "…" in sam.view.words and "…" not in card.everything

People: `dm`, `mention`, `write`, `edit`, `slash`, `message_shortcut(callback_id, seen)`, `global_shortcut`,
`press`, `fill`, `look_up`, `submit`, `close_view`, `open_home`, `start_assistant`; `view`, `home`,
`messages()`, `sees()`, and `wait_for_message / _view / _home`.
Besides those given there are gwen and olly (guests), larry (left), robot, owen (of another organisation)
and nell (new, in no schools file). Channels:
`slack.add_channel("staff", "tom", "sam", private=False, shared=False, bot=True)`.
What no person could do raises `NotPossibleError`; a late, wrong or missing answer raises `TroubleError`
(`with slack.tolerating():` look at `delivery.trouble` instead).

Looking: `calls(method)`, `refused()`, `messages_to(name)`, `messages_in(channel)`, `views_of`, `home_of`,
`deliveries`, `slowest()`, `late()`. Scripting: `control(down=, refuse=, latency=, hang=[…],
errors={"sam": "user_disabled"}, rate={"per": 1, "of": "channel"}, drop_after_accept=1,
faults=[{"method": "views.open", "status": 500}], trigger_life=0, scopes=[…])`.
Again: `redeliver(delivery, attempt=1)` (a retry: same event_id or view id, fresh signature),
`replay(delivery)` (the very bytes), `post_raw(body, headers)` with `doors.signed(body, secret, at)`.

Stricter than Slack on purpose: an argument that a method doesn't know is refused, attachments are refused,
blocks of a message may be 13,200 characters of JSON together (Slack's own count is unpublished and near it),
and text over 40,000 is refused rather than cut. As Slack: an action_id is unique in its block, a block_id on
its surface; a whisper's payload carries no `message`; answers stay in a form over `views.update` only where
block_id and action_id do.
"""
