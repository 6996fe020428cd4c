"""Whose policy it is and how current: title, organisation, version, dates, owner, nation, names of roles."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from knowledge.importing.clauses import Clauses
from knowledge.lexicon import lexicon_file

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            *(("january", "jan"), ("february", "feb"), ("march", "mar"), ("april", "apr"), ("may", "may")),
            *(("june", "jun"), ("july", "jul"), ("august", "aug"), ("september", "sept", "sep")),
            *(("october", "oct"), ("november", "nov"), ("december", "dec")),
        ),
        start=1,
    )
    for name in names
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATES = (
    re.compile(
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{_MONTH})\.?,?\s+(?P<year>20\d\d)\b",
        re.IGNORECASE,
    ),
    re.compile(r"\b(?P<day>\d{1,2})[/.\-](?P<number>\d{1,2})[/.\-](?P<year>20\d\d|\d\d)\b"),
    re.compile(r"\b(?P<year>20\d\d)-(?P<number>\d\d)-(?P<day>\d\d)\b"),
    re.compile(rf"\b(?P<month>{_MONTH})\.?,?\s+(?P<year>20\d\d)\b", re.IGNORECASE),
    re.compile(
        r"\b(?:(?:spring|summer|autumn)(?:\s+term)?\s+)?(?P<year>20\d\d)(?:[/\-–]\d\d(?:\d\d)?)?\b",
        re.IGNORECASE,
    ),
)
_VERSION = re.compile(r"\b(?:version(?:\s+(?:no\.?|number))?|v)\s*[:.]?\s*(\d+(?:\.\d+)*)\b", re.IGNORECASE)
_ORGANISATION = re.compile(
    r"\b((?:(?:The|St\.?|[A-Z][\w’'\-]*)\s+(?:of\s+|and\s+|&\s+|the\s+)?){0,6}"
    r"(?:School|Academy|Academies|College|Trust|Federation|Council|Infants?|Juniors?|Nursery|Primary|Secondary|High|Grammar)"
    r"(?:\s+(?:School|Academy|College|Trust|Nursery|Primary|Federation|Service|MAT))*|Ysgol(?:\s+[A-Z]\w+)+)"
)
_POLICY = re.compile(r"\bpolic(?:y|ies)\b|\bsocial (?:media|network)", re.IGNORECASE)
_LONGEST_VALUE = 60


@cache
def _labels() -> Mapping[str, str]:
    return {label: "|".join(said) for label, said in lexicon_file("document")["labels"].items()}


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the document says of itself; dates are as exact as it gives them (2024-07-20, 2024-07 or 2024)."""

    title: str
    organisation: str
    version: str | None = None
    approved: str | None = None
    reviewed: str | None = None
    review_due: str | None = None
    owner: str | None = None
    nation: str = "england"
    roles: Mapping[str, str] = field(default_factory=dict)


def metadata(found: Clauses) -> Metadata:
    """Read what a document says of itself."""
    said = dict[str, str]()
    for line in _lines(found):
        for label, value in _labelled(line):
            said.setdefault(label, value)
    if not {"approved", "reviewed"} & said.keys():
        undated = (
            re.sub(rf"\b(?:{_labels()['review_due']})\b.*", "", line, flags=re.IGNORECASE)
            for line in found.document.front
        )
        if when := next(filter(None, map(dated, undated)), None):
            said["approved"] = when
    whole = " ".join(clause.whole for clause in found.all)
    title, organisation = _names(found, whole)
    return Metadata(
        title=title,
        organisation=organisation,
        version=said.get("version"),
        approved=said.get("approved"),
        reviewed=said.get("reviewed"),
        review_due=said.get("review_due"),
        owner=said.get("owner"),
        nation=_most_named("nations", whole) or "england",
        roles=role_names(whole),
    )


def dated(text: str) -> str | None:
    """The first date in a text, as exact as it is given; None where there is none."""
    found = [
        (match.start(), place, match) for place, form in enumerate(_DATES) if (match := form.search(text))
    ]
    for _, _, match in sorted(found, key=lambda one: one[:2]):
        parts = match.groupdict()
        year = int(parts["year"]) + (2000 if len(parts["year"]) == 2 else 0)  # noqa: PLR2004  "24" is 2024
        month = _MONTHS[parts["month"].casefold()] if parts.get("month") else int(parts.get("number") or 0)
        day = int(parts.get("day") or 0)
        if not month:
            return str(year)
        try:
            return date(year, month, day or 1).isoformat() if day else f"{date(year, month, 1):%Y-%m}"
        except ValueError:
            continue
    return None


def _lines(found: Clauses) -> Iterator[str]:
    """Where a document speaks of itself: title page, tables of control, headers, the name, its last words."""
    document = found.document
    for line in document.front:
        yield from re.split(r"\s+\|\s+|;\s+", line)
        yield line
    for clause in found.all:
        if clause.kind == "row" and 2 <= len([cell for cell in clause.cells if cell]) <= 4:  # noqa: PLR2004
            cells = [cell for cell in clause.cells if cell]
            yield from (f"{label}: {value}" for label, value in zip(cells[::2], cells[1::2], strict=False))
    yield from document.furniture
    yield document.name.replace("_", " ").replace("-", " ")
    yield from (clause.text for clause in (*found.all[-4:], *found.all[:3]))
    yield from (clause.text for clause in found.all if re.search(r"\breviewed\b", clause.text))
    yield from document.properties.values()


def _labelled(line: str) -> Iterator[tuple[str, str]]:
    for label in ("review_due", "reviewed", "approved"):
        for match in re.finditer(rf"\b(?:{_labels()[label]})\b(?P<rest>[^;\n]{{0,80}})", line, re.IGNORECASE):
            before = line[: match.start()].casefold()
            if label == "reviewed" and re.search(r"(?:next|be|for|date of)\s*$", before):
                continue
            when = dated(_until_next(match["rest"]))
            if when:
                yield label, when
                break
    version = _VERSION.search(line)
    if version:
        yield "version", version[1]
    label = f"^\\W*(?:{_labels()['owner']})\\b\\s*[:|–-]\\s*"
    owner = re.match(
        rf"{label}(?P<value>\S.+)$|.*\bpolicy owner\s*:\s*(?P<named>[^.;]+)", line, re.IGNORECASE
    )
    if owner:
        value = (owner["value"] or owner["named"]).strip(" .|")
        if len(value) <= _LONGEST_VALUE and dated(value) is None:
            yield "owner", value


def _until_next(text: str) -> str:
    """A value up to where the next label begins."""
    following = re.search(
        rf"[,.;]?\s+(?:and\s+)?\b(?:{_labels()['review_due']}|{_labels()['reviewed']})\b", text, re.IGNORECASE
    )
    return text[: following.start()] if following else text


def _names(found: Clauses, whole: str) -> tuple[str, str]:
    document = found.document
    candidates = [document.title, *document.front[:6], *document.furniture, *document.properties.values()]
    organisation = next(filter(None, map(_organisation, candidates)), "")
    if not organisation:
        named = Counter(
            match[1].strip() for match in _ORGANISATION.finditer(whole) if " " in match[1].strip()
        )
        organisation = next((name for name, _ in named.most_common(3) if name.split()[0] not in _NO_NAME), "")
    title = next((text for text in candidates if _POLICY.search(text)), "") or "Social Media Policy"
    short = re.sub(r"\s*\([^)]*\)\s*$", "", title)
    _, colon, after = short.partition(":")
    short = after.strip() if colon and _POLICY.search(after) else short
    if organisation and short.casefold().startswith(organisation.casefold()):
        short = short[len(organisation) :].strip(" :–-") or short
    return short[:120], organisation[:120] or "(the document doesn't say)"


_NO_NAME = frozenset({"The", "Our", "This", "Head", "Local", "Primary", "Secondary", "High", "Each"})


def _organisation(text: str) -> str:
    before, colon, _ = text.partition(":")
    if colon and _ORGANISATION.search(before) is None and _POLICY.search(text) and not _POLICY.search(before):
        return before.strip()
    if colon and _POLICY.search(text[len(before) :]) and not _POLICY.search(before):
        return before.strip()
    match = _ORGANISATION.search(text)
    if match is None or " " not in match[1].strip():
        return ""
    return match[1].strip()


def role_names(text: str) -> dict[str, str]:
    """What the document calls each role: of the names in use the one it writes most."""
    found: dict[str, str] = {}
    for role, names in lexicon_file("roles")["roles"].items():
        said = Counter(_as_written(match[0]) for match in _either(names).finditer(text))
        if said:
            found[role] = max(said, key=lambda name: (said[name] * (1 + (len(name) > _SHORT)), len(name)))
    return found


_SHORT = 4
_LONG = 24


def roles_in(text: str) -> list[str]:
    """The roles that a text names, in order."""
    places: dict[str, int] = {}
    for role, names in lexicon_file("roles")["roles"].items():
        match = _either(names).search(text)
        if match:
            places[role] = match.start()
    return sorted(places, key=places.__getitem__)


def _either(names: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(names)})\b", re.IGNORECASE)


def _as_written(name: str) -> str:
    bare = re.sub(
        r"^(?:(?:to|tell|ask|see|the|their|your)\s+)+",
        "",
        re.sub(r"\s+", " ", name).strip(),
        flags=re.IGNORECASE,
    )
    return re.sub(r"^members? of (?:the )?", "", bare, flags=re.IGNORECASE) if len(bare) > _LONG else bare


def _most_named(entry: str, text: str) -> str | None:
    counts = {name: len(_either(words).findall(text)) for name, words in lexicon_file("roles")[entry].items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else None
