"""Packs and topics from their files: whole or not at all, every fault with its line and remedy."""

from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import combinations
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from knowledge.rules import Pack, Rule, Topic
from knowledge.yamlfile import Fault, Located, Refused, parse
from knowledge.yamlfile import Path as Field

_REMEDIES = {
    "extra_forbidden": "Take this key out, or correct its spelling",
    "missing": "Write it",
    "literal_error": "Use one of those",
    "enum": "Use one of those",
    "too_short": "Write at least one",
    "string_too_short": "Write something, or take the key out",
    "string_type": "Put it in quotes",
    "string_pattern_mismatch": "Addresses look like '5.v:1', ids like 'contact-pupil'",
    "list_type": "Write a list: [ … ]",
    "tuple_type": "Write a list: [ … ]",
    "dict_type": "Write it as key: value",
}
_SHIPPED = files("knowledge")


def load_pack(path: Path) -> Pack:
    """Load one pack from a file. Raises `Refused` with every fault found."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused([Fault(str(path), 1, f"cannot be read ({error})", "Give a UTF-8 YAML file")]) from error
    return read_pack(text, str(path))


def read_pack(text: str, file: str) -> Pack:
    """Read a pack from its text. Raises `Refused` with every fault found."""
    found = parse(text, file)
    pack, faults = _validated(TypeAdapter(Pack), found)
    faults = [*found.faults, *faults]
    if pack is not None:
        faults.extend(_cross_faults(pack, found))
    if faults or pack is None:
        raise Refused(sorted(faults, key=lambda fault: fault.line))
    return pack


@cache
def shipped_pack(policy_id: str) -> Pack:
    """A built-in pack. Raises `KeyError` where there is none of that name."""
    if policy_id not in shipped_policies():
        raise KeyError(policy_id)
    source = _SHIPPED.joinpath("policies", f"{policy_id}.yml")
    return read_pack(source.read_text(encoding="utf-8"), f"knowledge/policies/{policy_id}.yml")


@cache
def shipped_policies() -> tuple[str, ...]:
    """The ids of the built-in packs, in alphabetical order."""
    names = (entry.name for entry in _SHIPPED.joinpath("policies").iterdir())
    return tuple(sorted(name.removesuffix(".yml") for name in names if name.endswith(".yml")))


def load_topics(folder: Traversable | None = None) -> dict[str, Topic]:
    """Every topic with its phrases, by id. Raises `Refused` with every fault found."""
    topics: dict[str, Topic] = {}
    faults: list[Fault] = []
    for source in _topic_files(folder or _SHIPPED.joinpath("topics")):
        found = parse(source.read_text(encoding="utf-8"), f"knowledge/topics/{source.name}")
        listed, bad = _validated(TypeAdapter(tuple[Topic, ...]), found)
        faults.extend([*found.faults, *bad])
        for place, topic in enumerate(listed or ()):
            if topics.setdefault(topic.id, topic) is not topic:
                faults.append(Fault(found.file, found.line((place,)), f"{topic.id!r} is a topic already", "Keep one"))
    if faults:
        raise Refused(faults)
    return topics


def _topic_files(folder: Traversable) -> list[Traversable]:
    return sorted((entry for entry in folder.iterdir() if entry.name.endswith(".yml")), key=lambda entry: entry.name)


def _validated(shape: TypeAdapter[Any], found: Located) -> tuple[Any, list[Fault]]:
    try:
        return shape.validate_python(found.data), []
    except ValidationError as error:
        return None, [_as_fault(found, problem["loc"], problem["type"], problem["msg"]) for problem in error.errors()]


def _as_fault(found: Located, where: Field, kind: str, message: str) -> Fault:
    field = ".".join(str(part + 1) if isinstance(part, int) else part for part in where if part != "[key]")
    said = message.removeprefix("Value error, ").removeprefix("Input ")
    return Fault(found.file, found.line(where), f"{field or 'the pack'}: {said}", _REMEDIES.get(kind, "Correct it"))


def _cross_faults(pack: Pack, found: Located) -> Iterator[Fault]:
    yield from _repeated_ids(pack, found)
    yield from _contradicting_rules(pack.rules, found)
    for place, rule in enumerate(pack.rules):
        yield from _rule_faults(rule, place, found)
    reached = frozenset[str]().union(*(rule.every_address for rule in pack.rules))
    for address in sorted(reached & pack.excluded.keys()):
        line = found.line(("excluded", address))
        yield Fault(found.file, line, f"{address} is excluded, yet a rule rests on it", "Keep one of the two")


def _repeated_ids(pack: Pack, found: Located) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, rule in enumerate(pack.rules):
        if rule.id in seen:
            line = found.line(("rules", place, "id"))
            yield Fault(found.file, line, f"rules.{place + 1}.id: {rule.id!r} is used twice", "Give it an id of its own")
        seen.add(rule.id)


def _contradicting_rules(rules: tuple[Rule, ...], found: Located) -> Iterator[Fault]:
    by_topic: dict[str, list[tuple[int, Rule]]] = {}
    for place, rule in enumerate(rules):
        by_topic.setdefault(rule.topic, []).append((place, rule))
    for together in by_topic.values():
        for (_, first), (place, second) in combinations(together, 2):
            if first.verdict is not second.verdict and _overlap(first, second):
                what = f"rule {second.id!r} says {second.verdict}, rule {first.id!r} says {first.verdict} for the same"
                remedy = "Let them differ in `who` or `account`, or make one an exception of the other"
                yield Fault(found.file, found.line(("rules", place)), what, remedy)


def _overlap(first: Rule, second: Rule) -> bool:
    accounts = {first.account, second.account}
    return bool(set(first.who) & set(second.who)) and (len(accounts) == 1 or "any" in accounts)


def _rule_faults(rule: Rule, place: int, found: Located) -> Iterator[Fault]:
    rulings: list[tuple[Field, Any]] = [(("rules", place), rule)]
    rulings.extend((("rules", place, "exceptions", nth), said) for nth, said in enumerate(rule.exceptions))
    for where, said in rulings:
        if said.verdict == "ask_first" and not (said.decides or rule.decides):
            yield Fault(found.file, found.line(where), f"{rule.id}: ask_first names nobody", "Add `decides`")
        if said.verdict == "report" and not (said.tells or rule.tells):
            yield Fault(found.file, found.line(where), f"{rule.id}: report names nobody", "Add `tells`")
    for first, second in combinations(enumerate(rule.exceptions), 2):
        if first[1].when == second[1].when:
            line = found.line(("rules", place, "exceptions", second[0]))
            yield Fault(found.file, line, f"{rule.id}: two exceptions for the same circumstances", "Keep one")


def unknown_topics(pack: Pack, topics: Iterable[str]) -> tuple[str, ...]:
    """The topics that a pack has rules for and Signpost has no phrases for."""
    return tuple(sorted({rule.topic for rule in pack.rules} - set(topics)))
