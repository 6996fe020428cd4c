"""A school's policy as a variant of its trust's: the file holds what differs, the rest is the trust's.

policy, roles, headings, gists, clauses, excluded   → key by key; null takes a key away
rules                                               → by id: a known id changes the keys it gives, a new
                                                      one is added; those named in `without` fall away
evidence                                            → both: what is withheld stays withheld
everything else                                     → the variant's, where it says anything
"""

from collections.abc import Mapping
from typing import Any

from knowledge.rules import Pack
from knowledge.yamlfile import Fault, Located, Path

EXTENDS, WITHOUT = "extends", "without"
_BY_KEY = ("policy", "roles", "headings", "gists", "clauses", "excluded")


def extended(found: Located) -> str | None:
    """The policy that a pack's file extends; None for one that stands alone."""
    named = found.data.get(EXTENDS) if isinstance(found.data, dict) else None
    return named if isinstance(named, str) else None


def laid_over(base: Pack, found: Located) -> Located:
    """A variant's file laid over the pack it extends, with the lines of what the variant itself says.

    A file of the wrong shape is laid over as it stands, so that whoever checks the outcome names the fault.
    """
    whole: dict[str, Any] = base.model_dump(mode="json", by_alias=True, exclude_unset=True)
    own: Mapping[str, Any] = found.data
    lines, faults = dict(found.lines), list(found.faults)
    for key, value in own.items():
        if key in _BY_KEY and isinstance(value, dict):
            whole[key] = _by_key(whole.get(key) or {}, value)
        elif key == "rules" and isinstance(value, list):
            lines = _moved(lines, _rules(whole["rules"], value))
        elif key == "evidence" and isinstance(value, list):
            whole[key] = list(dict.fromkeys((*whole.get(key, ()), *value)))
        elif key != WITHOUT or not isinstance(value, list):
            whole[key] = value
    if isinstance(own.get(WITHOUT), list):
        faults.extend(_taken_away(whole["rules"], own[WITHOUT], found))
        lines = {path: line for path, line in lines.items() if path[:1] != ("rules",) or len(path) == 1}
    if not isinstance(own.get("policy"), dict) or own["policy"].get("id") in (None, base.policy.id):
        what = "a variant needs an id of its own in `policy`"
        faults.append(Fault(found.file, found.line(("policy",)), what, "Write policy: {id: …}"))
    whole.setdefault("status", base.status)
    return Located(found.file, whole, lines, faults)


def _by_key(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**base, **own}.items() if value is not None or key not in own}


def _rules(whole: list[Any], own: list[Any]) -> dict[int, int]:
    """Lay rules over those of the base, in place; returns where each of the variant's has gone."""
    by_id = {rule["id"]: place for place, rule in enumerate(whole)}
    places: dict[int, int] = {}
    for nth, rule in enumerate(own):
        known = by_id.get(str(rule.get("id"))) if isinstance(rule, dict) else None
        if known is None:
            places[nth] = len(whole)
            whole.append(rule)
        else:
            places[nth] = known
            whole[known] = _by_key(whole[known], rule)
    return places


def _taken_away(whole: list[Any], named: list[Any], found: Located) -> list[Fault]:
    """Take rules away, in place; a fault for each that isn't there."""
    there = [rule["id"] for rule in whole if isinstance(rule, dict) and "id" in rule]
    whole[:] = [rule for rule in whole if not isinstance(rule, dict) or rule.get("id") not in named]
    return [
        Fault(
            found.file,
            found.line((WITHOUT, place)),
            f"there is no rule {one!r} to leave out",
            "Correct its id",
        )
        for place, one in enumerate(named)
        if one not in there
    ]


def _moved(lines: Mapping[Path, int], places: Mapping[int, int]) -> dict[Path, int]:
    """The lines of the variant's rules, at the places that they have gone to."""
    moved: dict[Path, int] = {}
    for path, line in lines.items():
        if len(path) > 1 and path[0] == "rules" and isinstance(path[1], int):
            moved["rules", places[path[1]], *path[2:]] = line
        else:
            moved[path] = line
    return moved
