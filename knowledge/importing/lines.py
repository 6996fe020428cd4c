"""Lines of a printed page: words put together by place, column by column, without running headers and footers."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_SAME_LINE = 0.5
"""Words whose middles are within this share of a letter's height stand on one line."""
_FURNITURE_SHARE = 0.5
_EDGE = 0.12
"""Running headers and footers stand in this share of the page at its top and foot."""
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(r"^(?:page\s*)?[-–|]?\s*\d+\s*(?:(?:of|/|\|)\s*\d+)?\s*[-–|]?(?:\s*page)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a page, in points from the top left."""

    text: str
    left: float
    right: float
    top: float
    foot: float
    size: float
    bold: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of one column."""

    words: tuple[Word, ...]
    page: int
    column: tuple[float, float]
    """Where the column begins and ends."""

    @property
    def text(self) -> str:
        """The line's words."""
        return " ".join(word.text for word in self.words)

    @property
    def left(self) -> float:
        """Where the line begins."""
        return self.words[0].left

    @property
    def right(self) -> float:
        """Where the line ends."""
        return self.words[-1].right

    @property
    def top(self) -> float:
        """The line's upper edge."""
        return min(word.top for word in self.words)

    @property
    def foot(self) -> float:
        """The line's lower edge."""
        return max(word.foot for word in self.words)

    @property
    def size(self) -> float:
        """The size of most of its letters."""
        return Counter(round(word.size * 2) / 2 for word in self.words for _ in word.text).most_common(1)[0][0]

    @property
    def bold(self) -> bool:
        """Whether all of it is bold."""
        return all(word.bold for word in self.words if any(map(str.isalnum, word.text)))


def lines_of(words: Iterable[Word], page: int, width: float) -> list[Line]:
    """The lines of a page in reading order: down the left column, then down the right."""
    rows = _rows(list(words))
    gutter = _gutter(rows, width)
    if gutter is None:
        return [Line(tuple(row), page, _extent(rows)) for row in rows]
    lines: list[Line] = []
    waiting: list[list[Word]] = []
    for row in rows:
        if any(word.left < gutter < word.right for word in row) or _crosses(row, gutter):
            lines.extend(_by_column(waiting, gutter, page))
            waiting = []
            lines.append(Line(tuple(row), page, _extent(rows)))
        else:
            waiting.append(row)
    return lines + _by_column(waiting, gutter, page)


def _rows(words: list[Word]) -> list[list[Word]]:
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda one: ((one.top + one.foot) / 2, one.left)):
        middle = (word.top + word.foot) / 2
        last = rows[-1][-1] if rows else None
        if last and middle - (last.top + last.foot) / 2 < _SAME_LINE * max(last.foot - last.top, 1):
            rows[-1].append(word)
        else:
            rows.append([word])
    return [sorted(row, key=lambda one: one.left) for row in rows]


def _extent(rows: Sequence[Sequence[Word]]) -> tuple[float, float]:
    return (
        min((word.left for row in rows for word in row), default=0.0),
        max((word.right for row in rows for word in row), default=0.0),
    )


_GUTTER = 9.0
_FEWEST_ROWS = 8
_PARTED_ROWS = 0.55


def _gutter(rows: Sequence[Sequence[Word]], width: float) -> float | None:
    """The middle of the white strip between two columns, if most of the rows leave one."""
    if len(rows) < _FEWEST_ROWS:
        return None
    gaps: Counter[int] = Counter()
    for row in rows:
        for left, right in zip(row, row[1:], strict=False):
            if right.left - left.right >= _GUTTER:
                gaps.update(range(int(left.right) + 1, int(right.left)))
    inner = {at: count for at, count in gaps.items() if width * 0.3 < at < width * 0.7}
    if not inner:
        return None
    best = max(inner.values())
    if best < _PARTED_ROWS * len(rows) and best < _FEWEST_ROWS:
        return None
    crossing = {
        at: sum(any(word.left < at < word.right for word in row) for row in rows)
        for at, count in inner.items()
        if count >= best * 0.9
    }
    at = min(crossing, key=lambda one: (crossing[one], abs(one - width / 2)))
    sided = sum(1 for row in rows if all(word.right <= at or word.left >= at for word in row))
    starts = Counter(round(min((w.left for w in row if w.left >= at), default=-1)) for row in rows)
    starts.pop(-1, None)
    aligned = starts.most_common(1)[0][1] if starts else 0
    # a column's lines begin under each other; a wide gap within tabbed text does not
    return at if sided >= 0.6 * len(rows) and aligned >= max(4, 0.3 * sum(starts.values())) and best >= 4 else None  # noqa: PLR2004


def _crosses(row: Sequence[Word], gutter: float) -> bool:
    """Whether a row without a gap at the gutter runs on over both columns."""
    before = [word for word in row if word.right <= gutter]
    after = [word for word in row if word.left >= gutter]
    return bool(before and after) and after[0].left - before[-1].right < _GUTTER * 0.7


def _by_column(rows: list[list[Word]], gutter: float, page: int) -> list[Line]:
    sides = (
        [[word for word in row if word.right <= gutter] for row in rows],
        [[word for word in row if word.left >= gutter] for row in rows],
    )
    return [Line(tuple(row), page, _extent(side)) for side in sides for row in side if row]


def without_furniture(pages: Sequence[Sequence[Line]], heights: Sequence[float]) -> tuple[list[Line], list[str]]:
    """The lines that are no running header, footer or page number, and the words of those that are."""
    repeated = _repeated(pages, heights)
    kept: list[Line] = []
    dropped: list[str] = []
    for lines, height in zip(pages, heights, strict=True):
        for line in lines:
            edge = _at_edge(line, height)
            if edge and (_key(line) in repeated or _PAGE_NUMBER.match(line.text)):
                dropped.append(line.text)
            else:
                kept.append(line)
    return kept, list(dict.fromkeys(dropped))


def _repeated(pages: Sequence[Sequence[Line]], heights: Sequence[float]) -> set[tuple[str, int]]:
    if len(pages) < 2:  # noqa: PLR2004  on a single page nothing repeats
        return set()
    seen: Counter[tuple[str, int]] = Counter()
    for lines, height in zip(pages, heights, strict=True):
        seen.update({_key(line) for line in lines if _at_edge(line, height)})
    most = max(2, _FURNITURE_SHARE * (len(pages) - 1))
    return {key for key, count in seen.items() if count >= most}


def _key(line: Line) -> tuple[str, int]:
    return _DIGITS.sub("#", line.text.casefold()), round(line.top / 8)


def _at_edge(line: Line, height: float) -> bool:
    return line.foot < height * _EDGE or line.top > height * (1 - _EDGE)
