"""Numbers that stand before headings and paragraphs: "5.", "4.2", "iv.", "a)", "Section 3:", "Appendix B"."""

import re
from dataclasses import dataclass

_NUMBER = re.compile(
    r"^(?:(?:section|part|chapter)\s+)?(?P<number>\d{1,2}(?:\.\d{1,2})*)(?P<end>[.):]|\s*[-–—](?=\s))?\s+(?P<rest>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
_SECTION_ONLY = re.compile(r"^(?:section|part)\s+(?P<number>\d{1,2})$", re.IGNORECASE)
_ROMAN = re.compile(r"^\(?(?P<number>[ivx]{1,5})[.)]\s+(?P<rest>\S.*)$", re.IGNORECASE | re.DOTALL)
_LETTER = re.compile(r"^\(?(?P<number>[a-z])[.)]\s+(?P<rest>\S.*)$", re.IGNORECASE | re.DOTALL)
_BRACKETED = re.compile(r"^\((?P<number>\d{1,2})\)\s+(?P<rest>\S.*)$", re.DOTALL)
_APPENDIX = re.compile(
    r"^(?P<kind>appendix|annexe?|schedule|addendum)(?:\s+(?P<number>\d{1,2}|[a-z]|[ivx]{1,4})(?![\w'’]))?"
    r"(?P<end>\s*[:.\-–—)]+\s*|\s+(?=[A-Z(])|\s*$)(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a line begins with and what is left of it. `form` is number, roman, letter or appendix."""

    form: str
    number: str
    rest: str
    punctuated: bool = True

    @property
    def depth(self) -> int:
        """How many numbers there are: "4.2" has two."""
        return self.number.count(".") + 1


def mark_of(text: str, label: str = "") -> Mark | None:
    """The mark of a line, automatic or typed; None where it has none."""
    if label:
        return _labelled(text, label)
    appendix = _APPENDIX.match(text)
    if appendix and (appendix["number"] or appendix["end"].strip() or not appendix["rest"]):
        kind = "annex" if appendix["kind"].casefold().startswith("annex") else appendix["kind"].casefold()
        number = (appendix["number"] or "").casefold()
        return Mark("appendix", f"{kind}-{number}" if number else kind, appendix["rest"].strip())
    number = _NUMBER.match(text)
    if number and not _is_quantity(number):
        return Mark(
            "number", number["number"], number["rest"].strip(), bool(number["end"]) or "." in number["number"]
        )
    only = _SECTION_ONLY.match(text)
    if only:
        return Mark("number", only["number"], "")
    for form, pattern in (("roman", _ROMAN), ("letter", _LETTER), ("letter", _BRACKETED)):
        found = pattern.match(text)
        if found:
            return Mark(form, found["number"].casefold(), found["rest"].strip())
    return None


def _is_quantity(found: re.Match[str]) -> bool:
    """A bare number before a small letter counts something: "13 year olds", "2 hours"."""
    return not found["end"] and "." not in found["number"] and not found["rest"][0].isupper()


def _labelled(text: str, label: str) -> Mark:
    bare = label.strip(" .)(:").casefold()
    number = re.search(r"\d{1,2}(?:\.\d{1,2})*$", bare)
    if "appendix" in bare or "annex" in bare:
        return Mark("appendix", re.sub(r"[^a-z0-9]+", "-", bare), text)
    if number:
        return Mark("number", number[0], text)
    if re.fullmatch(r"[ivx]+", bare):
        return Mark("roman", bare, text)
    return Mark("letter", bare, text)


def slug(heading: str) -> str:
    """A heading as an address: its first sentence in small letters, words joined by hyphens."""
    short = re.split(r"(?<=[a-z])\. ", heading)[0]
    words = re.findall(r"[a-z0-9]+", re.sub(r"['’]", "", short.casefold()))
    return "-".join(words) or "section"
