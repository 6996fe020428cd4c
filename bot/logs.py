"""Logs that say what happened and never what anybody wrote: fixed events, screened fields, wordless crashes.

Only fields named here are written, and only where they look as such a field must; a message, a name or a
question has no shape that fits. Libraries' own messages are left out whole, since nobody can vouch for them.
"""

import asyncio
import logging
import re
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import Enum
from pathlib import Path
from traceback import walk_tb
from typing import TYPE_CHECKING, Any, TextIO
from unicodedata import category

import structlog

if TYPE_CHECKING:
    from structlog.typing import EventDict, WrappedLogger

_WORD = r"[a-z][a-z0-9_.-]{0,47}"
_REFERENCE = r"SP(-[0-9A-Z]{4}){2}"
_SHAPES = {
    _WORD: "action backend failpoint family job kind logger outcome platform reason role signal state step "
    "table urgency",
    _REFERENCE: "reference",
    # With a digit in it, as no name and no word has.
    r"(?=[^0-9]*[0-9])[A-Za-z0-9_:-]{1,64}": "case digest notice replica revision",
    rf"/|(/({_WORD}|\{{[a-z_]+\}}|{_REFERENCE}))+/?": "path",
    r"[A-Z]{3,7}": "method",
    r"[0-9][0-9A-Za-z.+-]{0,31}": "version",
    r"(?=[A-Z])[A-Za-z0-9]{0,61}(Error|Exception|Exit|Interrupt|Refused|Timeout|Warning)": "error_type",
    r"[A-Za-z0-9_./<>-]{1,120}:[0-9]{1,6}": "at",
    rf"{_WORD}|[0-9]{{3}}": "status",
    # Numbers, or yes and no: never text.
    r"(?!)": "alarms attempt bytes code count drill due lag lap late level ok oldest pending port "
    "retry_after rows seconds",
}
FIELDS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(shape, re.ASCII) for shape, names in _SHAPES.items() for name in names.split()
}
"""Every field that may be logged, with the shape that text in it must have."""
_EVENT = re.compile(_WORD, re.ASCII)
_WITHHELD = "withheld"
_LIBRARIES = (
    "",
    "uvicorn",
    "uvicorn.error",
    "uvicorn.access",
    "apscheduler",
    "httpx",
    "sqlalchemy",
    "alembic",
    "asyncio",
)
_LAST_FRAMES = 20
_LONGEST_CHAIN = 10
_MOST_NAMES = 100

log = structlog.get_logger()
"""For events: `log.info("event", field=…)`."""
dropped: Counter[str] = Counter()
"""How often each field that is not in `FIELDS` was left out; names after the first hundred count as one."""


def configure(stream: TextIO, level: str = "info") -> None:
    """Send this process's logs, its libraries' warnings and its crashes to `stream`, screened.

    One line of JSON each, or laid out for reading where the stream is a terminal. Whoever starts an event
    loop also hands it `on_loop_error`.
    """
    writer = _Writer(stream)
    structlog.configure(
        processors=[
            _screened,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # Not structlog's own: it takes `level` for the severity, and tells local variables.
            _for_reading if stream.isatty() else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=lambda *_: writer,
        cache_logger_on_first_use=False,
    )
    _take_over_libraries()
    sys.excepthook = lambda _kind, error, _trace: crashed(error)
    sys.unraisablehook = lambda found: _report("unraisable", found.exc_value)
    threading.excepthook = lambda found: _report("thread_crashed", found.exc_value)


def crashed(error: BaseException) -> None:
    """Log what ended the process: types and places, no text."""
    _report("interrupted" if isinstance(error, KeyboardInterrupt) else "crashed", error)


def on_loop_error(_loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
    """Log an error that nobody awaited; for `loop.set_exception_handler`."""
    _report("loop_error", context.get("exception"))


def _report(event: str, error: BaseException | None) -> None:
    if not isinstance(error, SystemExit):
        structlog.get_logger().critical(event, exc_info=error)


def _take_over_libraries() -> None:
    for name in _LIBRARIES:
        logger = logging.getLogger(name or None)
        logger.handlers[:] = [] if name else [_LibraryHandler()]
        logger.setLevel(logging.NOTSET if name else logging.WARNING)
        logger.propagate = True
    logging.getLogger("uvicorn.access").disabled = True
    logging.captureWarnings(capture=True)
    # Otherwise a record that cannot be written is printed whole, with its arguments.
    logging.raiseExceptions = False


class _LibraryHandler(logging.Handler):
    """Passes on that a library logged something, from where and how bad; its words and arguments stay out."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger().log(
            max(record.levelno - record.levelno % 10, logging.WARNING),
            "library_log",
            logger=_library(record.name),
            at=f"{_short(record.pathname)}:{record.lineno}",
            exc_info=record.exc_info,
        )


class _Writer:
    """Writes whole lines; a full disk or a closed pipe must not stop a report from being stored."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._turn = threading.Lock()

    def _write(self, line: str) -> None:
        with self._turn:
            try:
                self._stream.write(f"{line}\n")
                self._stream.flush()
            except (OSError, ValueError):
                return  # there is nowhere left to say so

    debug = info = warning = error = critical = _write


def _screened(_logger: "WrappedLogger", method: str, given: "EventDict") -> "EventDict":
    """Keep what may be logged. The severity goes by that name: `level` is a step of a ladder."""
    event, error = given.pop("event", None), _error(given.pop("exc_info", None))
    fixed = isinstance(event, str) and _EVENT.fullmatch(event)
    kept: dict[str, Any] = {"event": event if fixed else _WITHHELD, "severity": method}
    strange = [name for name in given if name not in FIELDS]
    for name in strange:
        dropped[name if name in dropped or len(dropped) < _MOST_NAMES else "(others)"] += 1
    kept.update((name, _value(name, value)) for name, value in given.items() if name in FIELDS)
    if strange:
        kept["dropped"] = len(strange)
    if error is not None:
        kept["error"] = list(_told(error))
    return kept


def _for_reading(_logger: "WrappedLogger", _method: str, kept: "EventDict") -> str:
    opening = [str(kept.pop(name)) for name in ("timestamp", "severity", "event")]
    errors = kept.pop("error", ())
    fields = [f"{name}={value}" for name, value in kept.items()]
    return "\n    ".join((" ".join(opening + fields), *errors))


def _value(name: str, value: object) -> object:
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, timedelta):
        return value.total_seconds()
    if value is None or type(value) in {bool, int, float}:
        return value
    text = value.__name__ if isinstance(value, type) else value
    if not isinstance(text, str):
        return _WITHHELD
    text = "".join(sign for sign in text if category(sign)[0] not in "CZ" or sign == " ")
    return text if FIELDS[name].fullmatch(text) else _WITHHELD


def _error(given: object) -> BaseException | None:
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        return given[1] if len(given) > 1 and isinstance(given[1], BaseException) else None
    return sys.exc_info()[1] if given else None


def _told(error: BaseException) -> Iterator[str]:
    """Every exception of a chain or group, as its type and the places it passed, outermost first."""
    waiting, seen = [error], set[int]()
    while waiting and len(seen) < _LONGEST_CHAIN:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        places = [f"{_short(frame.f_code.co_filename)}:{line}" for frame, line in walk_tb(one.__traceback__)]
        yield " ".join((type(one).__name__, *places[-_LAST_FRAMES:]))
        cause = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
        waiting.extend(one.exceptions if isinstance(one, BaseExceptionGroup) else ())
        waiting.extend([cause] if cause else [])


def _short(file: str) -> str:
    """A source file from its package on: the folders above it are this machine's affair."""
    path = Path(file)
    above = [place for place in sys.path if place and path.is_relative_to(place)]
    inside = path.relative_to(max(above, key=len)).as_posix() if above else path.name
    return re.sub(r"[^A-Za-z0-9_./<>-]", "_", inside)


def _library(name: str) -> str:
    top = name.partition(".")[0]
    return top if top in sys.modules else "other"
