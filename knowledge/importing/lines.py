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


def lines_of(words: Sequence[Word], page: int, gutter: float | None) -> list[Line]:
    """The lines of a page in reading order: down the left column, then down the right.

    What runs over both columns, as a heading may, parts what is above it from what is below.
    """
    if gutter is None:
        rows = _rows(words)
        return [Line(tuple(row), page, _extent(words)) for row in rows]
    across = [row for row in _rows(words) if _runs_across(row, gutter)]
    taken = {id(word) for row in across for word in row}
    free = [word for word in words if id(word) not in taken]
    lines: list[Line] = []
    for row in across:
        top = min(word.top for word in row)
        above = [word for word in free if word.top < top]
        free = [word for word in free if word.top >= top]
        lines.extend(_by_column(above, gutter, page))
        lines.append(Line(tuple(row), page, _extent(words)))
    return lines + _by_column(free, gutter, page)


def _rows(words: Iterable[Word]) -> list[list[Word]]:
    rows: list[list[Word]] = []
    middle, height = 0.0, 0.0
    for word in sorted(words, key=lambda one: ((one.top + one.foot) / 2, one.left)):
        here = (word.top + word.foot) / 2
        if rows and here - middle < _SAME_LINE * max(height, 1):
            rows[-1].append(word)
        else:
            rows.append([word])
            middle, height = here, min(word.foot - word.top, 2 * word.size)
    return [sorted(row, key=lambda one: one.left) for row in rows]


def _extent(words: Sequence[Word]) -> tuple[float, float]:
    return min((word.left for word in words), default=0.0), max((word.right for word in words), default=0.0)


def gutter_of(words: Sequence[Word], width: float) -> float | None:
    """The middle of the white strip between two columns, where a page plainly has them."""
    at = _least_crossed(words, width)
    left, right = [word for word in words if word.right <= at], [word for word in words if word.left >= at]
    if len(right) < _FEWEST_SHARE * len(words) or len(left) < _FEWEST_SHARE * len(words):
        return None
    sides = (_rows(left), _rows(right))
    starts = Counter(round(row[0].left) for row in sides[1])
    aligned = sum(count for _, count in starts.most_common(2))
    crossed = sum(_runs_across(row, at) for row in _rows(words))
    enough = min(map(len, sides)) >= _FEWEST_ROWS and aligned >= _ALIGNED * len(sides[1])
    prose = all(sum(map(len, side)) >= _WORDS_A_ROW * len(side) for side in sides)
    return at if enough and prose and crossed <= _MOST_ACROSS * max(map(len, sides)) else None


_FEWEST_SHARE = 0.15
_FEWEST_ROWS = 5
_ALIGNED = 0.5
_MOST_ACROSS = 0.3
_WORDS_A_ROW = 2.5
_GAP = 6.5
_MIDDLE = (0.35, 0.65)


def fits(words: Sequence[Word], gutter: float) -> bool:
    """Whether a page can have the columns that other pages of the document have."""
    rows = _rows(words)
    return sum(_runs_across(row, gutter) for row in rows) <= _MOST_ACROSS * len(rows)


def _least_crossed(words: Sequence[Word], width: float) -> float:
    places = range(int(width * _MIDDLE[0]), int(width * _MIDDLE[1]))
    crossed = {at: sum(word.left < at < word.right for word in words) for at in places}
    least = min(crossed.values())
    best = [at for at, count in crossed.items() if count == least]
    return float(min(best, key=lambda at: abs(at - width / 2)))


def _runs_across(row: Sequence[Word], gutter: float) -> bool:
    """Whether a row has a word at the gutter, or runs on over it without a gap."""
    if any(word.left < gutter - 1 and word.right > gutter + 1 for word in row):
        return True
    before = [word for word in row if word.right <= gutter]
    after = [word for word in row if word.left >= gutter]
    return bool(before and after) and after[0].left - before[-1].right < _GAP


def _by_column(words: list[Word], gutter: float, page: int) -> list[Line]:
    sides = ([word for word in words if word.right <= gutter + 1], [word for word in words if word.right > gutter + 1])
    return [Line(tuple(row), page, _extent(side)) for side in sides for row in _rows(side)]


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
