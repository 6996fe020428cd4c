"""Lines of a page as paragraphs: by gaps, bullets, indents, and by lines that ended before they had to."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge.importing.lines import TABLE, Line
from knowledge.importing.text import BULLET, DOTTED

_TYPED = re.compile(r"^(?:\d+(?:\.\d+)*[.)]?|[ivx]+[.)]|[a-z][.)]|\([a-z0-9ivx]+\))\s+\S", re.IGNORECASE)
_ENDED = re.compile(r"(?:[.!?:;][\"'”’)\]]*|:\s?[-–])$")


@dataclass(frozen=True, slots=True)
class _Habits:
    """How a document is set: its usual step from line to line, in letter heights, and its habits."""

    step: float
    hanging: bool
    justified: bool
    dashes: bool


def paragraphs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """The lines put together as their author meant them; a table's line stands alone."""
    gathered: list[Line] = []
    habits = _Habits(_usual_step(lines), _hanging(lines), _justified(lines), _dashes(lines))
    for line in lines:
        if gathered and (
            _starts(gathered, line, habits) or _outdented(gathered, line, hanging=habits.hanging)
        ):
            yield gathered
            gathered = []
        gathered.append(line)
    if gathered:
        yield gathered


def _justified(lines: Sequence[Line]) -> bool:
    """Whether full lines end at the margin exactly: then any shorter line ends its paragraph."""
    ends = [line.column[1] - line.right for line in lines]
    full = [room for line, room in zip(lines, ends, strict=True) if room < 3 * line.size]
    return len(full) >= _ENOUGH and sum(room < _EXACT for room in full) >= _JUSTIFIED * len(full)


_JUSTIFIED, _ENOUGH = 0.8, 10
_EXACT = 0.7
"""Points."""


def _dashes(lines: Sequence[Line]) -> bool:
    """Whether dashes at the start of lines are bullets here."""
    clear = 3
    return clear <= sum(
        second.text[0] in _DASHES and (_ENDED.search(first.text) is not None or _broke_early(first, second))
        for first, second in pairwise(lines)
    )


_DASHES = "-–—"


def _usual_step(lines: Sequence[Line]) -> float:
    """The usual distance from line to line, in letter heights."""
    pairs = [
        (_broke_early(above, below), (below.top - above.top) / above.size)
        for above, below in pairwise(lines)
        if above.page == below.page and 0 < below.top - above.top < _A_GAP * above.size
    ]
    steps = sorted(step for early, step in pairs if not early) or sorted(step for _, step in pairs)
    return steps[len(steps) // 3] if steps else 1.2


_A_GAP = 3


def _starts(gathered: list[Line], line: Line, habits: _Habits) -> bool:
    """Whether a line begins a new paragraph, item or heading rather than going on with what is gathered."""
    last = gathered[-1]
    early = _broke_early(last, line) or (habits.justified and last.column[1] - last.right > _EXACT)
    if TABLE in {line.text[0], last.text[0]} or _is_item(last, line, habits) or _looks_other(gathered, line):
        return True
    ended = _ENDED.search(last.text) is not None
    early = early or DOTTED.search(last.text) is not None
    introduces = _is_bullet(gathered[0]) and line.text.endswith((":", ":-"))
    if (early and _TYPED.match(line.text)) or (introduces and ended and _capital(line)):
        return True
    if last.page != line.page or line.top < last.top:
        return early and (ended or _capital(line))
    gap = (line.top - last.top) / last.size > habits.step * _STEP + _SLACK
    indented = len(gathered) > 1 and line.left > gathered[0].left + _INDENT * line.size
    return gap or (early and (ended or _capital(line))) or (indented and ended)


_STEP, _SLACK, _INDENT = 1.12, 0.03, 1.5
"""A paragraph's gap is this much over the usual step; an indent is so many letter heights."""
_OTHER_SIZE = 0.9
"""Points: letters that differ by more are another kind of text."""


def _looks_other(gathered: list[Line], line: Line) -> bool:
    last = gathered[-1]
    return abs(line.size - last.size) > _OTHER_SIZE or (line.bold != last.bold and _mostly(gathered, line))


def _is_item(last: Line, line: Line, habits: _Habits) -> bool:
    """Whether a line begins with a bullet; a dash may belong to the sentence before."""
    if not BULLET.match(line.text):
        return False
    return (
        line.text[0] not in _DASHES
        or habits.dashes
        or _broke_early(last, line)
        or bool(_ENDED.search(last.text))
    )


def _hanging(lines: Sequence[Line]) -> bool:
    """Whether an item's further lines begin under its words rather than under its bullet."""
    return any(
        _is_bullet(first) and not _is_bullet(second) and abs(second.left - first.words[1].left) < _NEAR
        for first, second in pairwise(lines)
    )


def _is_bullet(line: Line) -> bool:
    return len(line.words) > 1 and BULLET.match(line.text) is not None


def _outdented(gathered: list[Line], line: Line, *, hanging: bool) -> bool:
    """Whether a line stands left of where an item's lines do: then the item has ended."""
    first = gathered[0]
    if not _is_bullet(first) or line.column != first.column:
        return False
    return line.left < first.left - _NEAR or (hanging and line.left < first.words[1].left - _NEAR)


_NEAR = 2.0
"""Points."""


def _mostly(gathered: list[Line], line: Line) -> bool:
    return line.bold or all(one.bold for one in gathered)


def _broke_early(last: Line, line: Line) -> bool:
    """Whether the next word would still have fitted: then the line was ended on purpose."""
    first = line.words[0]
    room = last.column[1] - last.right
    return room > (first.right - first.left) + 0.6 * last.size


def _capital(line: Line) -> bool:
    return not line.text.lstrip("\"'“‘([")[:1].islower()
