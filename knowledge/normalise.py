"""Turn whatever somebody typed into plain words, and tell a draft post from the question about it."""

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 4_000
"""Characters that are read. A longer message still gets an answer, from its first part."""

_APOSTROPHES = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u02bc": "'", "`": "'", "\u201c": '"', "\u201d": '"'}
)
_WORD = re.compile(r"[^\W_]+")
_YEAR = re.compile(r"\b(?:y|yr|year|years|yrs)[ .]?(1[0-3]|[1-9])(?:'?s)?(?![\w/])")
_NUMBER_WORDS = {
    word: str(number)
    for number, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve thirteen".split(), start=1
    )
}
_YEAR_IN_WORDS = re.compile(r"\byear (" + "|".join(_NUMBER_WORDS) + r")\b")
_QUOTED = re.compile(r"""(?:(?<=^)|(?<=[\s:(\-]))(['"])(\S.*\S)\1(?=[\s.,;:?!)\-]|$)""", re.DOTALL)
_FULL_NAME = re.compile(r"(?<![.?!:'\"]\s)(?<!^)\b([A-Z][a-z]{2,}) ([A-Z][a-z]{2,})\b(?! [A-Z][a-z])")
_NO_NAMES = frozenset(
    (
        "monday tuesday wednesday thursday friday saturday sunday january february march april may june "
        "july august september october november december year class school primary college academy trust "
        "house high grammar upper lower sixth form world book day sports christmas easter harvest facebook "
        "instagram twitter snapchat linkedin youtube premier league head teacher miss mrs street road team "
        "united city education national park the king queen great north south east west new old saint "
        "santa father mother"
    ).split()
)
"""Capitalised words that are no part of a person's name."""
_NEXT_QUESTION = re.compile(
    r"(?<=\?)\s+(?=\S)|,?\s+(?:and|also|plus|or)\s+(?=(?:can|could|may|should|do|must|am)\s+(?:i|we)\b)|"
    r"\s+(?:and|also)\s+(?=is\s+it\s+(?:ok|okay|alright|all\s+right|fine)\b)",
    re.IGNORECASE,
)
_SHORTEST_QUESTION = 4
_SHORTEST_DRAFT = 2


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as plain text: the whole, the frame around a quoted draft, and the draft itself."""

    whole: str
    frame: str
    draft: str

    @property
    def words(self) -> tuple[str, ...]:
        """The whole message's words, in order."""
        return words(self.whole)


def read(message: str) -> Reading:
    """Read a message of any length in any script; never fails."""
    text = _FULL_NAME.sub(_marked, tidy(message))
    quoted = _QUOTED.search(text)
    whole = plain(text)
    if quoted is None or len(words(quoted[2])) < _SHORTEST_DRAFT:
        return Reading(whole, whole, "")
    frame = f"{text[: quoted.start()]} {text[quoted.end() :]}"
    return Reading(whole, plain(frame), plain(quoted[2]))


def _marked(name: re.Match[str]) -> str:
    """A person's first name and surname, followed by a word that says so: small letters would hide it."""
    if {name[1].casefold(), name[2].casefold()} & _NO_NAMES:
        return name[0]
    return f"{name[0]} fullname"


def tidy(message: str, longest: int = LONGEST) -> str:
    """Drop what cannot be seen (control, zero-width and direction characters) and fold look-alikes."""
    folded = unicodedata.normalize("NFKC", message[:longest]).translate(_APOSTROPHES)
    if folded.isascii() and folded.isprintable():
        return folded.strip()
    kept = (" " if char.isspace() else char for char in folded if char.isspace() or _visible(char))
    return "".join(kept).strip()


def plain(text: str) -> str:
    """Lower case, apostrophes closed up ("don't" is "dont"), year groups written one way ("year9")."""
    lowered = _YEAR_IN_WORDS.sub(lambda found: f"year {_NUMBER_WORDS[found[1]]}", text.casefold())
    return _YEAR.sub(lambda found: f"year{found[1]}", lowered.replace("'", ""))


def words(text: str) -> tuple[str, ...]:
    """The words of plain text, without punctuation."""
    return tuple(_WORD.findall(text))


def questions(message: str) -> tuple[str, ...]:
    """The questions of a message, one by one; a message with a draft in it is a single question."""
    text = tidy(message)
    if _QUOTED.search(text):
        return (text,)
    parts = [part for part in _NEXT_QUESTION.split(text) if len(words(part)) >= _SHORTEST_QUESTION]
    return tuple(parts) if len(parts) > 1 else (text,)


def _visible(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
