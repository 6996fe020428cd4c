"""The app's two icons, drawn here: a signpost with two boards, as PNG. The same bytes each time."""

import struct
import zlib
from collections.abc import Callable

COLOUR, OUTLINE = 192, 32
"""How wide and high each is, in pixels: what Teams asks for."""
ACCENT = "#1F5F5B"
_BACK, _WHITE = (0x1F, 0x5F, 0x5B), (0xFF, 0xFF, 0xFF)
_FINE = 4
"""So many points across a pixel are looked at, so that edges are smooth."""
_POST = (0.45, 0.55, 0.06, 0.96)
"""The post's left and right, its top and foot; all measures are shares of the picture."""
_LEFT, _RIGHT, _HALF, _TIP = 0.2, 0.95, 0.11, 0.1
"""A board's ends, half its height, and how far its point stands out."""
_Shape = Callable[[float, float], bool]
_Paint = Callable[[float], tuple[int, int, int, int]]


def colour_icon() -> bytes:
    """The icon in the app store: white on green, with a margin."""

    def paint(share: float) -> tuple[int, int, int, int]:
        red, green, blue = (round(b + (w - b) * share) for b, w in zip(_BACK, _WHITE, strict=True))
        return red, green, blue, 255

    return _png(COLOUR, lambda x, y: _signpost(x * 1.5 - 0.25, y * 1.5 - 0.25), paint)


def outline_icon() -> bytes:
    """The icon in the bar at the side: white, on nothing."""
    return _png(OUTLINE, _signpost, lambda share: (*_WHITE, round(255 * share)))


def size_of(png: bytes) -> tuple[int, int] | None:
    """How wide and high a PNG is; None for what is no PNG."""
    if png[:8] != _SIGNATURE or png[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", png[16:24])
    return width, height


_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TRUE_COLOUR_WITH_ALPHA = 6


def _signpost(x: float, y: float) -> bool:
    """Whether a point of the unit square is in the picture: a post with a board to either side."""
    post = _POST[0] <= x <= _POST[1] and _POST[2] <= y <= _POST[3]
    return post or _board(x, y, top=0.14) or _board(1 - x, y, top=0.44)


def _board(x: float, y: float, *, top: float) -> bool:
    """A board of which the right end comes to a point."""
    down = abs(y - top - _HALF)
    return down <= _HALF and _LEFT <= x <= _RIGHT - _TIP * down / _HALF


def _png(size: int, shape: _Shape, paint: _Paint) -> bytes:
    """A picture of so many pixels either way."""
    paints = [bytes(paint(share / _FINE**2)) for share in range(_FINE**2 + 1)]
    rows = (
        b"\0" + b"".join(paints[_covered(shape, column, row, size)] for column in range(size))
        for row in range(size)
    )
    header = struct.pack(">IIBBBBB", size, size, 8, _TRUE_COLOUR_WITH_ALPHA, 0, 0, 0)
    body = zlib.compress(b"".join(rows), 9)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _covered(shape: _Shape, column: int, row: int, size: int) -> int:
    """How many of a pixel's points are in the picture."""
    fine = size * _FINE
    across = [(column * _FINE + step + 0.5) / fine for step in range(_FINE)]
    down = [(row * _FINE + step + 0.5) / fine for step in range(_FINE)]
    return sum(shape(x, y) for y in down for x in across)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
