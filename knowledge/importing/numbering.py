"""Numbers that Word makes by itself: which label each paragraph shows, from numbering.xml."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_LEVELS = 9


@dataclass(frozen=True, slots=True)
class Label:
    """What stands before a paragraph: a bullet, or a number as shown; how deep it is."""

    level: int
    shown: str
    bullet: bool


@dataclass(slots=True)
class _Level:
    form: str = "decimal"
    shown: str = "%1."
    start: int = 1


@dataclass(slots=True)
class Numbering:
    """The lists of one document, counting as Word does: a higher level starts the lower ones again."""

    document: "WordDocument"
    _levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    _list_of: dict[str, str] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    _restarts: dict[str, dict[int, int]] = field(default_factory=dict)
    _met: set[tuple[str, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        from docx.opc.constants import RELATIONSHIP_TYPE as KIND

        parts = [part for part in self.document.part.rels.values() if part.reltype == KIND.NUMBERING]
        if not parts or parts[0].is_external:
            return
        root = self.document.part.numbering_part.element
        for abstract in root.findall(_w("abstractNum")):
            levels = {
                _whole(_value(level, "ilvl")): _read_level(level) for level in abstract.findall(_w("lvl"))
            }
            self._levels[_value(abstract, "abstractNumId")] = levels
        for number in root.findall(_w("num")):
            pointer = number.find(_w("abstractNumId"))
            if pointer is not None:
                self._list_of[_value(number, "numId")] = _value(pointer, "val")
            self._restarts[_value(number, "numId")] = {
                _whole(_value(override, "ilvl")): _whole(_value(start, "val"))
                for override in number.findall(_w("lvlOverride"))
                if (start := override.find(_w("startOverride"))) is not None
            }

    def label(self, paragraph: Any, style: Any) -> Label | None:
        """The label of a paragraph, counted on; None where it has none."""
        number, level = _numbered(paragraph, style)
        abstract = self._list_of.get(number)
        if abstract is None:
            return None
        levels = self._levels.get(abstract, {})
        kind = levels.get(level, _Level())
        if kind.form == "bullet":
            return Label(level, "", bullet=True)
        if kind.form == "none":
            return None
        return Label(level, self._count(number, abstract, level, levels), bullet=False)

    def _count(self, number: str, abstract: str, level: int, levels: dict[int, _Level]) -> str:
        counts = self._counts[abstract]
        restart = self._restarts.get(number, {}).get(level)
        if restart is not None and (number, level) not in self._met:
            counts[level] = restart
        else:
            counts[level] = counts.get(level, levels.get(level, _Level()).start - 1) + 1
        self._met.add((number, level))
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        shown = levels.get(level, _Level()).shown
        for one in range(_LEVELS):
            if f"%{one + 1}" in shown:
                kind = levels.get(one, _Level())
                value = counts.setdefault(one, kind.start)
                form = "decimal" if one < level and kind.form == "bullet" else kind.form
                shown = shown.replace(f"%{one + 1}", _shown(value, form))
        return shown.strip()


def _numbered(paragraph: Any, style: Any) -> tuple[str, int]:
    """The list and level of a paragraph: its own, else those of its style or what that is based on."""
    own = paragraph.find(f"{_w('pPr')}/{_w('numPr')}")
    number, level = _list_and_level(own)
    seen = 0
    while style is not None and seen < _LEVELS and (number is None or level is None):
        inherited = style.element.find(f"{_w('pPr')}/{_w('numPr')}")
        of_style, level_of_style = _list_and_level(inherited)
        number = of_style if number is None else number
        level = level_of_style if level is None else level
        style, seen = style.base_style, seen + 1
    return number or "", level or 0


def _list_and_level(numbered: Any) -> tuple[str | None, int | None]:
    if numbered is None:
        return None, None
    number, level = numbered.find(_w("numId")), numbered.find(_w("ilvl"))
    return (
        None if number is None else _value(number, "val"),
        None if level is None else _whole(_value(level, "val")),
    )


def _read_level(level: Any) -> _Level:
    form, shown, start = (level.find(_w(name)) for name in ("numFmt", "lvlText", "start"))
    return _Level(
        "decimal" if form is None else _value(form, "val"),
        "" if shown is None else _value(shown, "val"),
        1 if start is None else _whole(_value(start, "val")),
    )


def _shown(value: int, form: str) -> str:
    if form in {"lowerRoman", "upperRoman"}:
        return _roman(value) if form == "lowerRoman" else _roman(value).upper()
    if form in {"lowerLetter", "upperLetter"}:
        letter = chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1)
        return letter if form == "lowerLetter" else letter.upper()
    return f"{value:02}" if form == "decimalZero" else str(value)


def _roman(value: int) -> str:
    shown = ""
    for size, sign in _ROMAN:
        while value >= size:
            shown, value = shown + sign, value - size
    return shown


def _w(name: str) -> str:
    return f"{{http://schemas.openxmlformats.org/wordprocessingml/2006/main}}{name}"


def _value(element: Any, name: str) -> str:
    return str(element.get(_w(name)) or "")


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < _LEVELS else 0
