"""Text as people mean it: no ligatures, soft hyphens or runs of spaces."""

import re
import unicodedata

_LIGATURES = {
    ord(sign): unicodedata.normalize("NFKC", sign) for sign in "\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06"
}
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f"), None)
_SPACES = re.compile(r"\s+")
BULLET = re.compile(
    r"^\s*(?:\(cid:\d+\)|[\u2022\u2023\u25aa\u25ab\u25cf\u25cb\u25e6\u25a0\u25a1\u2043\u2219\u27a2\u2713\u2714\u00b7\uf0b7\uf0a7\uf0d8\uf02d\u25ba\u25b8]|[-\u2013\u2014*+o](?=\s))\s*"
)
"""What stands before a list item that is typed, or that a PDF shows; "o" is Word's second level.

"(cid:127)" is how a sign without a letter's meaning reads in a PDF: at the start of a line it is a bullet.
"""


DOTTED = re.compile(r"(?:\.\s?){4,}\s*\d+$|…+\s*\d+$")
"""How a line of a table of contents ends: dots, and the page."""


def tidied(text: str) -> str:
    """Close up white space and drop what cannot be seen; letters stay as they are."""
    mapped = text.translate(_LIGATURES).translate(_UNSEEN)
    shown = "".join(sign if sign.isspace() or unicodedata.category(sign) != "Cc" else " " for sign in mapped)
    return _SPACES.sub(" ", shown).strip()


def decoded(raw: bytes) -> str:
    """The text of a file that doesn't say how it is encoded: UTF-8, UTF-16 with a mark, else Windows'."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")
