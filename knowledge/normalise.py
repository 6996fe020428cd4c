"""Turn whatever somebody typed into plain words, and tell a draft post from the question about it."""

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 4_000
"""Characters that are read. A longer message still gets an answer, from its first part."""

_APOSTROPHES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'", "`": "'", "\u201c": '"', "\u201d": '"'})
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
_SENTENCE = re.compile(r"(?<=[.?!])\s+|\s*\n+\s*")
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
    text = tidy(message)
    quoted = _QUOTED.search(text)
    if quoted is None or len(words(quoted[2])) < _SHORTEST_DRAFT:
        return Reading(plain(text), plain(text), "")
    frame = f"{text[: quoted.start()]} {text[quoted.end() :]}"
    return Reading(plain(text), plain(frame), plain(quoted[2]))


def tidy(message: str) -> str:
    """Drop what cannot be seen (control, zero-width and direction characters) and fold look-alikes."""
    folded = unicodedata.normalize("NFKC", message[:LONGEST]).translate(_APOSTROPHES)
    kept = (" " if char.isspace() else char for char in folded if char.isspace() or _visible(char))
    return "".join(kept).strip()


def plain(text: str) -> str:
    """Lower case, apostrophes closed up ("don't" is "dont"), year groups written one way ("year9")."""
    lowered = _YEAR_IN_WORDS.sub(lambda found: f"year {_NUMBER_WORDS[found[1]]}", text.casefold())
    return _YEAR.sub(lambda found: f"year{found[1]}", lowered.replace("'", ""))


def words(text: str) -> tuple[str, ...]:
    """The words of plain text, without punctuation."""
    return tuple(_WORD.findall(text))


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of tidy text, empty ones left out."""
    return tuple(part for part in _SENTENCE.split(text) if part.strip())


def _visible(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
