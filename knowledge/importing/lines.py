"""Lines of a printed page: words put together by place, by column, without running headers and footers."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

TABLE = "\x00"
"""What the word begins with that stands for a whole table."""
_SAME_LINE = 0.5
"""Words whose middles are within this share of a letter's height stand on one line."""
_FURNITURE_SHARE = 0.5
_EDGE = 0.12
"""Running headers and footers stand in this share of the page at its top and foot."""
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"^[-–|\s]*\d{1,3}(?:\s*(?:of|/)\s*\d{1,3})?[-–|\s]*$|\bpage\s*\|?\s*\d{1,3}\b|^\d+\s*\|\s*page",
    re.IGNORECASE,
)


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
        return Counter(round(word.size * 2) / 2 for word in self.words for _ in word.text).most_common(1)[0][
            0
        ]

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


def with_margins(lines: Sequence[Line]) -> list[Line]:
    """The lines with the margins their column has throughout: a page of short lines doesn't show them."""
    together: dict[int, list[Line]] = {}
    for line in lines:
        together.setdefault(round(line.column[0] / _SAME_COLUMN), []).append(line)
    margins = {
        which: (min(line.column[0] for line in these), _right_margin([line.right for line in these]))
        for which, these in together.items()
    }
    return [replace(line, column=margins[round(line.column[0] / _SAME_COLUMN)]) for line in lines]


_SAME_COLUMN = 60.0
_NEAR_MARGIN = 20.0


def _right_margin(ends: Sequence[float]) -> float:
    """Where lines end: the furthest place that several come near to, so that one stray line moves nothing."""
    ordered = sorted(ends, reverse=True)
    enough = max(2, len(ordered) // 20)
    for end in ordered:
        if sum(end - _NEAR_MARGIN <= other <= end for other in ordered) >= min(enough, len(ordered)):
            return end
    return ordered[0]


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
    return at if enough and prose and crossed <= _MOST_ACROSS * min(map(len, sides)) + 1 else None


_FEWEST_SHARE = 0.06
_FEWEST_ROWS = 3
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
    sides = (
        [word for word in words if word.right <= gutter + 1],
        [word for word in words if word.right > gutter + 1],
    )
    return [Line(tuple(row), page, _extent(side)) for side in sides for row in _rows(side)]


def without_furniture(
    pages: Sequence[Sequence[Word]], heights: Sequence[float]
) -> tuple[list[list[Word]], list[str]]:
    """Each page's words without running headers, footers and page numbers, and what those say."""
    edges = [_edge_rows(words, height) for words, height in zip(pages, heights, strict=True)]
    seen = Counter(key for rows in edges for key in {_key(row) for row in rows})
    most = max(2, _FURNITURE_SHARE * (len(pages) - 1))
    body = _body_size(pages)
    kept: list[list[Word]] = []
    dropped: list[str] = []
    for words, rows in zip(pages, edges, strict=True):
        running = [
            row for row in rows if seen[_key(row)] >= most or _is_running(row, body, single=len(pages) == 1)
        ]
        dropped.extend(_said(row) for row in running)
        taken = {id(word) for row in running for word in row}
        kept.append([word for word in words if id(word) not in taken])
    return kept, list(dict.fromkeys(dropped))


def _edge_rows(words: Sequence[Word], height: float) -> list[list[Word]]:
    """The rows at the top and foot of a page, as far as they stand apart from what is between."""
    return [
        row
        for row in _rows(words)
        if not row[0].text.startswith(TABLE)
        and (max(w.foot for w in row) < height * _EDGE or min(w.top for w in row) > height * (1 - _EDGE))
    ]


def _is_running(row: Sequence[Word], body: float, *, single: bool) -> bool:
    """Whether a row at the edge says so itself: a page number, or small print on a single page."""
    return bool(_PAGE_NUMBER.search(_said(row))) or (
        single and all(word.size < body - _SMALLER for word in row)
    )


_SMALLER = 0.9


def _body_size(pages: Sequence[Sequence[Word]]) -> float:
    sizes = Counter(round(word.size * 2) / 2 for words in pages for word in words for _ in word.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _said(row: Sequence[Word]) -> str:
    return " ".join(word.text for word in row)


def _key(row: Sequence[Word]) -> tuple[str, int]:
    return _DIGITS.sub("#", _said(row).casefold()), round(row[0].top / 8)
