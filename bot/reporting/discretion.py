"""Whether a question speaks of somebody: then its answer is nobody else's to read."""

import re
from datetime import date

from bot.reporting.finding import mentioned_in
from bot.reporting.names import lore
from bot.reporting.people import Directory
from bot.reporting.sought import NAMES_NOBODY
from bot.reporting.words import Words, words_of

_MENTION = re.compile(r"<@[A-Z0-9]{1,30}|<at>|(?<!\w)@\w")
_CHILD = re.compile(
    r"\b(?:(?:my|our|a|the|this|one of my) )?(?:(?:y|yr|year) ?\d{1,2}|reception|nursery|sixth.form\w*)"
    r" (?:boy|girl|lad|lass|pupil|student|child|kid)\b",
    re.IGNORECASE,
)


def speaks_of_somebody(text: str, directory: Directory, today: date) -> bool:
    """Whether a text names or points at a person. Leans towards yes: a private answer costs nothing."""
    if _MENTION.search(text) or _CHILD.search(text) or mentioned_in(text, directory, today):
        return True
    words = words_of(text)
    return any(_named(words, place) for place in range(len(words)))


def _named(words: Words, place: int) -> bool:
    """Whether a word is a name: after a title, a known given name, a child's, or one of two in a row."""
    word = words.folded[place]
    if word in NAMES_NOBODY or word in lore().any_titles:
        return False
    titled = words.near(place) and words.folded[place - 1] in lore().any_titles
    if titled and (words.flat or words.capital(place)):
        return True
    if word in lore().related and (words.as_name(place) or word not in lore().everyday):
        return True
    return _tall(words, place) and ((words.near(place + 1) and _tall(words, place + 1)) or words.child(place))


def _tall(words: Words, place: int) -> bool:
    """Whether a word has a capital that a name alone would give it."""
    word = words.folded[place]
    return (
        not words.flat
        and words.capital(place)
        and not words.begins(place)
        and word not in NAMES_NOBODY
        and word not in lore().everyday
    )
