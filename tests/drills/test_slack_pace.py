"""F2: however many reports pour in, Slack has its answer in time to everything that anybody does there."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

from bot.slack import ids
from tests.drills.conftest import Launch, Size, drill_schools, on_slack
from tests.drills.figures import record
from tests.drills.load import Crowd
from tests.drills.slack_platform import SlackStandIn
from tests.drills.verdict import drained, look
from tests.support.crowds import meanwhile
from tests.support.slack.doors import DEADLINE
from tests.support.standin import StandIn

_SCHOOLS = 100
_A_MINUTE = 1_000
"""Reports: what every school of a large trust together would send on its worst day (promise F2)."""
_AT_ONCE = 8
_WELL_UNDER = DEADLINE / 2
_DRAIN = 120.0


@on_slack
def test_slack_never_waits_long_for_an_answer_while_a_thousand_reports_a_minute_are_stored(
    size: Size, database_url: str, launch: Launch, stand_in: StandIn
) -> None:
    assert isinstance(stand_in, SlackStandIn)
    program = launch(database_url, schools=drill_schools(_SCHOOLS))
    program.start()
    crowd, seconds = Crowd(program, schools=_SCHOOLS), size.of(6, 60)
    reports, began = seconds * _A_MINUTE // 60, monotonic()
    with meanwhile(_Staff(stand_in), _Handlers(crowd)):
        _pour_in(crowd, reports)
        took = monotonic() - began
    drained(database_url, within=_DRAIN)
    waited = sorted(one.seconds for one in stand_in.slack.deliveries)
    stored = look(database_url, "SELECT count(*) FROM case_file")
    record(
        "F2",
        "every request of Slack answered while reports pour in",
        database=database_url,
        size=size.name,
        platform=stand_in.name,
        reports=reports,
        a_minute=reports * 60 / took,
        requests=len(waited),
        p99_s=waited[len(waited) * 99 // 100],
        slowest_s=waited[-1],
    )
    assert stored == [(reports,)]
    assert [one.trouble for one in stand_in.slack.deliveries if one.trouble] == []
    assert waited[-1] <= (_WELL_UNDER if size.full else DEADLINE)
    assert not size.full or reports * 60 / took >= 0.95 * _A_MINUTE


def _pour_in(crowd: Crowd, reports: int) -> None:
    """So many reports, each at its time, or as soon after it as somebody is free."""
    began, waiting = monotonic(), threading.Event()

    def one(number: int) -> None:
        waiting.wait(max(0.0, began + number * 60 / _A_MINUTE - monotonic()))
        crowd.report(number)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(one, range(reports)))


class _Staff:
    """One after the other somebody asks, begins a report, looks at their own: everything but reporting."""

    def __init__(self, platform: SlackStandIn) -> None:
        self._platform = platform
        self._numbers = itertools.count()

    def __call__(self) -> None:
        """Do the next thing."""
        number = next(self._numbers)
        person = self._platform.slack.person(f"t{number % _SCHOOLS}")
        match number % 4:
            case 0:
                person.dm("Can I post a photo of pupils from the sports day?")
            case 1:
                person.slash(ids.ASK_COMMAND, "May I follow a former pupil who is 17?")
            case 2:
                person.slash(ids.REPORT_COMMAND)
            case _:
                person.open_home()


class _Handlers:
    """Whoever has been told acknowledges, the latest report first."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._pause = threading.Event()

    def __call__(self) -> None:
        """Acknowledge the next, or wait for one."""
        done = {receipt.reference for receipt in self._crowd.acknowledged}
        waiting = [one for one in list(self._crowd.receipts) if one.reference not in done]
        if waiting:
            self._crowd.acknowledge(waiting[-1])
        else:
            self._pause.wait(0.05)
