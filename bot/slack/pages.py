"""Long content in a view that holds a hundred blocks: packed close together, then parted into pages."""

import json
from collections.abc import Iterable, Iterator, Sequence

from bot.slack import ids
from bot.slack import text as limits
from bot.slack.blocks import Json, actions, button, context, section, sections
from bot.slack.text import Mrkdwn, bold, joined, pieces, quoted, size
from bot.wording import handling as wording

_HEAD_ROOM = 20
"""Blocks kept free for what stands on a page besides."""
_WEIGHT = limits.VIEW_BYTES - 60_000
_MARK = "> "


def packed(parts: Iterable[Mrkdwn]) -> Iterator[Json]:
    """Short texts below each other, as many in a block as fit; a long one has blocks of its own."""
    together: list[Mrkdwn] = []
    length = 0
    for part in parts:
        if together and length + size(part) + 1 > limits.SECTION:
            yield from sections(joined(together))
            together, length = [], 0
        together.append(part)
        length += size(part) + 1
    if together:
        yield from sections(joined(together))


def words_under(label: str, text: str) -> Iterator[Json]:
    """What somebody wrote, all of it, under what was asked."""
    head = bold(label)
    first, *rest = pieces(quoted(text), limits.SECTION - len(_MARK) - min(size(head), limits.LABEL))
    yield section(joined((head, Mrkdwn(first))))
    for piece in rest:
        yield section(Mrkdwn(piece if piece.startswith(_MARK) else f"{_MARK}{piece}"))


def paged(body: Iterable[Json]) -> list[list[Json]]:
    """The blocks of a long view by page, each light enough for Slack; there is always one page."""
    pages: list[list[Json]] = [[]]
    weight = 0
    for one in body:
        heavy = len(json.dumps(one))
        if len(pages[-1]) >= limits.VIEW_BLOCKS - _HEAD_ROOM or (pages[-1] and weight + heavy > _WEIGHT):
            pages.append([])
            weight = 0
        pages[-1].append(one)
        weight += heavy
    return pages


def on_page(pages: Sequence[Sequence[Json]], page: int, action: str, value: str) -> Iterator[Json]:
    """One page with the way to the next; a page that isn't there (any more) is the nearest one."""
    here = min(max(page, 0), len(pages) - 1)
    yield from pages[here]
    if len(pages) == 1:
        return
    yield from context([wording.page(here + 1, len(pages))])
    turns = []
    if here > 0:
        turns.append(button(wording.SHOW_BEFORE, ids.numbered(action, 0), ids.paired(value, str(here - 1))))
    if here + 1 < len(pages):
        turns.append(button(wording.SHOW_MORE, ids.numbered(action, 1), ids.paired(value, str(here + 1))))
    yield from actions(turns)


def page_of(value: str) -> tuple[str, int]:
    """What a page button sent: a reference and the page; the first where it is no number."""
    reference, number = ids.parted(value)
    return reference, int(number) if number.isascii() and number.isdecimal() and len(number) < len(
        "1000"
    ) else 0
