"""No log, warning or crash ever tells what somebody wrote."""

import ast
import asyncio
import io
import json
import logging
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from bot import logs

ROOT = Path(__file__).parent.parent.parent
CANARY = "Xanthe Marlowe said he sent a picture"
CANARY_WORDS = ("Xanthe", "Marlowe", "picture")


class Colour(StrEnum):
    GREEN = "green"


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Told:
    stream: io.StringIO

    @property
    def text(self) -> str:
        """Everything that was logged."""
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The same, line by line."""
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, raising = root.handlers[:], root.level, logging.raiseExceptions
    hooks = sys.excepthook, sys.unraisablehook, threading.excepthook
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:], logging.raiseExceptions = handlers, raising
    root.setLevel(level)
    sys.excepthook, sys.unraisablehook, threading.excepthook = hooks
    logging.getLogger("uvicorn.access").disabled = False
    structlog.reset_defaults()
    logs.dropped.clear()


@pytest.fixture
def told() -> Told:
    stream = io.StringIO()
    logs.configure(stream, "debug")
    return Told(stream)


def _silent_about(text: str) -> bool:
    return not any(word in text for word in CANARY_WORDS)


def test_an_event_is_one_line_of_json_with_its_fields(told: Told) -> None:
    structlog.get_logger().info(
        "notice_sent", reference="SP-7Q4K-M2XD", level=2, seconds=timedelta(minutes=1), platform="slack"
    )
    (line,) = told.lines
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "notice_sent",
        "severity": "info",
        "reference": "SP-7Q4K-M2XD",
        "level": 2,
        "seconds": 60.0,
        "platform": "slack",
    }


def test_on_a_terminal_it_is_laid_out_for_reading() -> None:
    stream = _Terminal()
    logs.configure(stream)
    structlog.get_logger().warning("timer_late", level=2, exc_info=ValueError(CANARY), person=CANARY)
    assert " warning timer_late level=2 dropped=1\n    ValueError\n" in stream.getvalue()
    assert _silent_about(stream.getvalue())


def test_less_than_the_chosen_level_is_not_written() -> None:
    stream = io.StringIO()
    logs.configure(stream, "warning")
    structlog.get_logger().info("started")
    structlog.get_logger().warning("slow")
    assert [line["event"] for line in Told(stream).lines] == ["slow"]


@pytest.mark.parametrize("field", [*logs.FIELDS, "person", "text", "subject", "stack", "stack_info", "exc"])
@pytest.mark.parametrize("canary", [CANARY, "Xanthe", f"SP-7Q4K-M2XD\n{CANARY}", {"a": CANARY}, [CANARY]])
def test_no_field_carries_what_somebody_wrote(told: Told, field: str, canary: object) -> None:
    structlog.get_logger().bind(**{field: canary}).info("saved", **{field: canary})
    assert _silent_about(told.text)
    assert told.lines[0]["event"] == "saved"


@pytest.mark.parametrize("event", [CANARY, f"saved {CANARY}", "Xanthe", "saved\nXanthe"])
def test_an_event_that_is_no_fixed_name_is_withheld(told: Told, event: str) -> None:
    structlog.get_logger().info(event)
    structlog.get_logger().info("saved %s", CANARY)
    assert [line["event"] for line in told.lines] == ["withheld", "withheld"]
    assert _silent_about(told.text)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=some.lists(some.text(alphabet=some.characters(categories=["L"]), min_size=2), min_size=2))
def test_no_two_words_get_through_in_any_field(told: Told, words: list[str]) -> None:
    said = " ".join(words)
    for field in logs.FIELDS:
        structlog.get_logger().info("saved", **{field: said})
    assert {line[field] for line in told.lines for field in logs.FIELDS if field in line} == {"withheld"}


@pytest.mark.parametrize(
    ("field", "value", "written"),
    [
        ("reason", "rate_limited\r\n\u202e", "rate_limited"),
        ("kind", Colour.GREEN, "green"),
        ("error_type", TimeoutError, "TimeoutError"),
        ("error_type", "ReadTimeout", "ReadTimeout"),
        ("path", "/console/cases/{reference}", "/console/cases/{reference}"),
        ("path", "/", "/"),
        ("method", "POST", "POST"),
        ("version", "0.1.0", "0.1.0"),
        ("notice", "0c5f27a96d9b4b5d8f8c9d1f6f7d2f10", "0c5f27a96d9b4b5d8f8c9d1f6f7d2f10"),
        ("status", 503, 503),
        ("status", "pending", "pending"),
        ("ok", True, True),
        ("reason", None, None),
    ],
)
def test_what_a_field_is_for_is_written(told: Told, field: str, value: object, written: object) -> None:
    structlog.get_logger().info("saved", **{field: value})
    assert told.lines[0][field] == written


def test_unknown_fields_are_dropped_and_counted_by_name(told: Told) -> None:
    for _ in range(2):
        structlog.get_logger().info("saved", narrative=CANARY, child=CANARY, count=1)
    assert [line["dropped"] for line in told.lines] == [2, 2]
    assert logs.dropped == {"narrative": 2, "child": 2}
    for number in range(200):
        structlog.get_logger().info("saved", **{f"field{number}": 1})
    assert len(logs.dropped) <= 101


def _misunderstand(heard: str) -> None:
    raise ValueError(heard)


def _fail() -> None:
    heard = CANARY
    try:
        _misunderstand(heard)
    except ValueError as error:
        error.add_note(heard)
        raise RuntimeError(heard, {"heard": heard}) from error


def test_an_exception_is_its_types_and_places_only(told: Told) -> None:
    try:
        _fail()
    except RuntimeError:
        structlog.get_logger().exception("drain_failed")
    outer, inner = told.lines[0]["error"]
    assert outer.startswith("RuntimeError tests/bot/test_logs.py:")
    assert inner.startswith("ValueError tests/bot/test_logs.py:")
    assert _silent_about(told.text)
    assert str(ROOT) not in told.text


def test_groups_are_told_member_by_member_and_circles_end(told: Told) -> None:
    one, two = ValueError(CANARY), KeyError(CANARY)
    one.__cause__, two.__cause__ = two, one
    group = ExceptionGroup(CANARY, [one, OSError(CANARY)])
    structlog.get_logger().error("drain_failed", exc_info=group)
    assert told.lines[0]["error"] == ["ExceptionGroup", "ValueError", "OSError", "KeyError"]


@pytest.mark.parametrize(
    "library", ["uvicorn.error", "apscheduler.scheduler", "httpx", "sqlalchemy.engine", "alembic", CANARY]
)
def test_a_librarys_words_and_arguments_stay_out(told: Told, library: str) -> None:
    logger = logging.getLogger(library)
    logger.info("GET %s", CANARY)
    logger.warning("GET %s", CANARY)
    logger.error(f"Job {CANARY} failed", exc_info=ValueError(CANARY))  # noqa: G004  as a library might
    logger.critical("%d", CANARY)
    assert [line["severity"] for line in told.lines] == ["warning", "error", "critical"]
    assert {line["event"] for line in told.lines} == {"library_log"}
    assert told.lines[1]["error"] == ["ValueError"]
    assert told.lines[0]["at"].startswith("tests/bot/test_logs.py:")
    assert _silent_about(told.text)


def test_the_access_log_is_off(told: Told) -> None:
    logging.getLogger("uvicorn.access").critical('"GET /cases?as=%s"', CANARY)
    assert told.text == ""


def test_a_handler_that_a_library_brought_along_is_taken_off() -> None:
    stray = io.StringIO()
    handler = logging.StreamHandler(stray)
    logging.getLogger("sqlalchemy").addHandler(handler)
    logs.configure(io.StringIO())
    logging.getLogger("sqlalchemy.engine").error(CANARY)
    assert stray.getvalue() == ""


def test_a_warning_is_told_without_its_words(told: Told) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=False)
        logs.configure(told.stream)
        warnings.warn(CANARY, stacklevel=1)
    assert told.lines[0]["event"] == "library_log"
    assert _silent_about(told.text)


def test_a_full_disk_or_a_closed_pipe_stops_nothing() -> None:
    class Full(io.StringIO):
        def write(self, _text: str) -> int:
            raise OSError(28, CANARY)

    closed = io.StringIO()
    logs.configure(Full())
    structlog.get_logger().error("disk_full")
    logs.configure(closed)
    closed.close()
    structlog.get_logger().error("pipe_closed")


def test_an_error_that_nobody_awaited_is_told_without_its_words(told: Told) -> None:
    async def forgotten() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(logs.on_loop_error)
        loop.call_soon(_fail)
        loop.call_exception_handler({"message": CANARY})
        await asyncio.sleep(0)

    asyncio.run(forgotten())
    assert [line["event"] for line in told.lines] == ["loop_error", "loop_error"]
    assert told.lines[1]["error"][0].startswith("RuntimeError ")
    assert _silent_about(told.text)


def test_a_crashing_thread_is_told_without_its_words(told: Told) -> None:
    for target in (_fail, sys.exit):
        thread = threading.Thread(target=target, name=CANARY)
        thread.start()
        thread.join()
    assert [line["event"] for line in told.lines] == ["thread_crashed"]
    assert _silent_about(told.text)


CRASH = f"""
import asyncio, sys, threading
from bot import logs
logs.configure(sys.stderr)
said = {CANARY!r}
class Closing:
    def __del__(self):
        raise ValueError(said)
def fail():
    heard = said
    raise RuntimeError(heard)
async def forget():
    task = asyncio.get_running_loop().create_task(late())
    await asyncio.sleep(0)
    del task
async def late():
    fail()
"""


@pytest.mark.parametrize(
    ("ending", "event", "kind"),
    [
        ("fail()", "crashed", "RuntimeError"),
        ("raise KeyboardInterrupt(said)", "interrupted", "KeyboardInterrupt"),
        ("threading.Thread(target=fail).start()", "thread_crashed", "RuntimeError"),
        ("closing = Closing(); del closing", "unraisable", "ValueError"),
        ("asyncio.run(forget())", "library_log", "RuntimeError"),
    ],
)
def test_however_a_process_ends_its_last_words_hold_nothing(ending: str, event: str, kind: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", f"{CRASH}\n{ending}"], cwd=ROOT, capture_output=True, check=False, text=True
    )
    (line,) = Told(io.StringIO(ran.stderr)).lines
    assert (line["event"], line["error"][0].split()[0]) == (event, kind)
    assert _silent_about(ran.stderr + ran.stdout)


def _events(tree: ast.AST) -> Iterator[ast.Call]:
    """Every call of a structlog logger: `log.info(…)`, `structlog.get_logger().error(…)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            source = ast.unparse(node.func.value)
            named = source.lower().strip("_") in {"log", "logger"} or "get_logger(" in source
            if named and node.func.attr in {"debug", "info", "warning", "error", "critical", "exception"}:
                yield node


def _sound(call: ast.Call) -> bool:
    fixed = len(call.args) == 1 and isinstance(call.args[0], ast.Constant)
    return fixed and all(word.arg in logs.FIELDS or word.arg == "exc_info" for word in call.keywords)


def test_every_event_in_the_source_is_a_fixed_name_with_known_fields() -> None:
    rooms = [ROOT / room for room in ("bot", "storage", "knowledge")]
    files = {file for room in rooms for file in room.rglob("*.py")} - {ROOT / "bot" / "logs.py"}
    calls = [(file, call) for file in files for call in _events(ast.parse(file.read_text(encoding="utf-8")))]
    assert [f"{file}:{call.lineno}" for file, call in calls if not _sound(call)] == []


@pytest.mark.parametrize("line", ["log.info(f'saved {x}')", "_log.error('x', text=1)", "log.info('a %s', b)"])
def test_the_rule_for_events_finds_what_it_should(line: str) -> None:
    (call,) = _events(ast.parse(line))
    assert not _sound(call)
