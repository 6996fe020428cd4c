"""Who is meant: staff found in an answer to "who is it about?" and in running text, however they are written.

Missing whoever a report is about could send it to them, while a wrong likeness costs one question. So this
leans towards finding, and leaves the asking to the form. Leavers and absent people are found like anybody.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date

from bot.reporting.called import By, Called, Match, called
from bot.reporting.names import lore
from bot.reporting.people import Directory
from bot.reporting.reading import Care, Reading, rank
from bot.reporting.words import Words, words_of
from knowledge.rules import Role

__all__ = ["By", "Match", "find_people", "mentioned_in"]

_CHUNK = re.compile(r"[^\s<>()\[\]{},;:|\"“”]+")
_SLACK_MENTION = re.compile(r"<@(\w{1,30})(?:\|[^<>]{0,80})?>", re.ASCII)
_DOMAIN = re.compile(r"(?<=[\w.+-])@[\w-]{1,63}(?:\.[\w-]{1,63})+", re.ASCII)
_TEAMS_MENTION = re.compile(r"<at[^<>]{0,80}>|</at>", re.IGNORECASE)
_NAME_ONLY, _ANSWER = 3, 40
"""Words up to which an answer to "who?" is nothing but a name, and up to which slips in it are mended."""


def find_people(
    text: str, directory: Directory, today: date, *, school: str | None = None
) -> tuple[Match, ...]:
    """Whom an answer to "who is it about?" may mean, the surest first, then those who are still here.

    A post ("the head") means whoever holds it, at one school where that is given, else anywhere.
    """
    tables = called(directory)
    named = _named_outright(text, tables)
    reading = _read(text, tables, _care_of)
    if named is not None:
        reading.note(named)
    if (named is None or named.by is By.ID) and len(reading.words) <= _ANSWER:
        if len(reading.words) <= _NAME_ONLY + 1:
            reading.note_whole("".join(reading.words.folded))
        _note_holders(reading, directory, school)
    return _in_order(reading.found.values(), directory, today)


def mentioned_in(text: str, directory: Directory, today: date) -> tuple[Match, ...]:
    """Which members of staff running text may speak of, the surest first, then those who are still here.

    A single name has to look like one (a capital, no everyday word, no pupil's); then it is likely, not sure.
    """
    reading = _read(text, called(directory), lambda _: Care.TEXT)
    return _in_order(reading.found.values(), directory, today)


def _read(text: str, tables: Called, care: Callable[[Words], Care]) -> Reading:
    coded, rest = _codes(text, tables)
    words = words_of(rest)
    reading = Reading(tables, words, care(words))
    for match in coded:
        reading.note(match)
    reading.read()
    return reading


def _care_of(words: Words) -> Care:
    if len(words) <= _NAME_ONLY:
        return Care.NAME_ONLY
    return Care.ANSWER if len(words) <= _ANSWER else Care.TEXT


def _named_outright(text: str, tables: Called) -> Match | None:
    """Whose id, account or address the text is, and nothing else.

    An id that is a given name as well counts only as it is written: "Sam" may be any Sam.
    """
    whole = text.strip()
    by_id = tables.ids.get(whole.removeprefix("@").casefold())
    if by_id is not None and (
        whole.startswith("@") or whole == by_id.person or whole.lower() not in tables.given
    ):
        return by_id
    return tables.codes.get(whole) or tables.codes.get(whole.casefold())


def _codes(text: str, tables: Called) -> tuple[list[Match], str]:
    """Whom mentions, accounts, addresses and @ids in a text name, and the text without them."""
    found: list[Match] = []

    def mention(said: re.Match[str]) -> str:
        known = tables.codes.get(said[1])
        if known is None:
            return said[0]
        found.append(replace(known, by=By.MENTION))
        return " "

    rest = _SLACK_MENTION.sub(mention, _TEAMS_MENTION.sub(" ", text)) if "<" in text else text
    telling = (piece for piece in set(rest.split()) if not piece.isalpha())
    for chunk in {chunk for piece in telling for chunk in _CHUNK.findall(piece)}:
        code = chunk.strip(".,!?'’").removesuffix("'s").removesuffix("’s")
        known = None if code.isalpha() else tables.codes.get(code) or tables.codes.get(code.casefold())
        if known is not None:
            rest = rest.replace(code, " ")
            found.append(known)
        elif code.startswith("@") and code[1:].casefold() in tables.ids:
            found.append(tables.ids[code[1:].casefold()])
    return found, _DOMAIN.sub(" ", rest) if "@" in rest else rest


def _note_holders(reading: Reading, directory: Directory, school: str | None) -> None:
    """Whoever holds a post that is spoken of, unless one of them is named beside it."""
    for role in _posts(reading.words.folded):
        schools = (school,) if school is not None else (None, *directory.schools)
        holders = {person: None for place in schools for person in directory.holders(role, place)}
        if not holders.keys() & reading.found.keys():
            for person in holders:
                reading.note(Match(person, By.ROLE, sure=False))


def _posts(words: tuple[str, ...]) -> Iterator[Role]:
    posts, place = lore().posts, 0
    longest = max(map(len, posts))
    while place < len(words):
        sizes = range(min(longest, len(words) - place), 0, -1)
        size = next((size for size in sizes if words[place : place + size] in posts), 0)
        role = posts[words[place : place + size]] if size else None
        if role is not None:
            yield role
        place += max(1, size)


def _in_order(found: Iterable[Match], directory: Directory, today: date) -> tuple[Match, ...]:
    def order(match: Match) -> tuple[bool, bool, tuple[bool, int], str]:
        return not match.sure, directory.people[match.person].gone(today), rank(match), match.person

    return tuple(sorted(found, key=order))
