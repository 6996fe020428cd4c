"""Packs and topics from their files: whole or not at all, every fault with its line and remedy."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.resources import files
from itertools import combinations
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from knowledge.rules import Asked, Pack, Rule, Topic
from knowledge.variants import EXTENDS, extended, laid_over
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
STARTER = "starter"
"""The policy in the project's own words, for a school that has none."""
_TOPICS = TypeAdapter(tuple[Topic, ...])
_QUESTIONS = TypeAdapter(tuple[Asked, ...])
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
T = TypeVar("T")


def load_pack(path: Path, *, base: Callable[[str], Pack] | None = None) -> Pack:
    """Load one pack from a file, as `read_pack` does. Raises `Refused` with every fault found.

    Unless `base` is given, a variant extends the pack of that name beside it (`ID.yml`), else a built-in one.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused([Fault(str(path), 1, f"cannot be read ({error})", "Give a UTF-8 YAML file")]) from error
    return read_pack(text, str(path), base=base or _beside(path, frozenset({path.stem})))


def _beside(path: Path, below: frozenset[str]) -> Callable[[str], Pack]:
    """Finds what a variant extends in its own folder; `below` are the variants that lie over it."""

    def base(named: str) -> Pack:
        if named in below or not _ID.fullmatch(named):
            return shipped_pack(named)
        found = path.with_name(f"{named}.yml")
        return (
            load_pack(found, base=_beside(found, below | {named})) if found.is_file() else shipped_pack(named)
        )

    return base


def read_pack(text: str, file: str, *, base: Callable[[str], Pack] | None = None) -> Pack:
    """Read a pack from its text. Raises `Refused` with every fault found.

    `base` finds the policy that a variant extends, the built-in ones unless given; it raises `KeyError`.
    """
    found = parse(text, file)
    named = extended(found)
    if named is not None:
        found = _over_its_base(found, named, base or shipped_pack)
    faults = list(found.faults)
    pack: Pack | None = None
    try:
        pack = Pack.model_validate(found.data)
    except ValidationError as error:
        faults.extend(_as_faults(found, error))
    else:
        faults.extend(_cross_faults(pack, found))
    if faults or pack is None:
        raise Refused(sorted(faults, key=lambda fault: fault.line))
    return pack


def _over_its_base(found: Located, named: str, base: Callable[[str], Pack]) -> Located:
    try:
        return laid_over(base(named), found)
    except KeyError:
        what = f"there is no policy {named!r} to extend"
        raise Refused([Fault(found.file, found.line((EXTENDS,)), what, "Name one that is there")]) from None


@cache
def shipped_pack(policy_id: str) -> Pack:
    """A built-in pack. Raises `KeyError` where there is none of that name."""
    if policy_id not in shipped_policies():
        raise KeyError(policy_id)
    return read_pack(shipped_text(policy_id), f"knowledge/policies/{policy_id}.yml")


def shipped_text(policy_id: str) -> str:
    """The file of a built-in pack, as it is written."""
    return _SHIPPED.joinpath("policies", f"{policy_id}.yml").read_text(encoding="utf-8")


@cache
def shipped_policies() -> tuple[str, ...]:
    """The ids of the built-in packs, in alphabetical order."""
    names = (entry.name for entry in _SHIPPED.joinpath("policies").iterdir())
    return tuple(sorted(name.removesuffix(".yml") for name in names if name.endswith(".yml")))


def taught_policies() -> tuple[str, ...]:
    """The built-in packs that the weights learn from: the starter's examples are asked, never learned."""
    return tuple(policy for policy in shipped_policies() if policy != STARTER)


def starter_document() -> str:
    """The starter policy itself, as Markdown: what a school without a policy may adopt."""
    return _SHIPPED.joinpath("starter", "policy.md").read_text(encoding="utf-8")


def load_topics() -> dict[str, Topic]:
    """Every topic with its phrases, by id. Raises `Refused` with every fault of a file."""
    topics: dict[str, Topic] = {}
    for place, found, topic in _listed("topics", _TOPICS):
        if topics.setdefault(topic.id, topic) is not topic:
            fault = Fault(found.file, found.line((place,)), f"{topic.id!r} is a topic already", "Keep one")
            raise Refused([fault])
    return topics


def load_questions() -> tuple[Asked, ...]:
    """Every labelled question, whichever policy it was put to. Raises `Refused` with a file's faults."""
    return tuple(asked for _, _, asked in _listed("questions", _QUESTIONS))


def _listed(folder: str, shape: TypeAdapter[tuple[T, ...]]) -> Iterator[tuple[int, Located, T]]:
    """The entries of a folder's files, each of which is one list."""
    files_in = (entry for entry in _SHIPPED.joinpath(folder).iterdir() if entry.name.endswith(".yml"))
    for source in sorted(files_in, key=lambda entry: entry.name):
        found = parse(source.read_text(encoding="utf-8"), f"knowledge/{folder}/{source.name}")
        faults = list(found.faults)
        try:
            entries = shape.validate_python(found.data)
        except ValidationError as error:
            faults.extend(_as_faults(found, error))
        if faults:
            raise Refused(faults)
        yield from ((place, found, entry) for place, entry in enumerate(entries))


def _as_faults(found: Located, error: ValidationError) -> Iterator[Fault]:
    problems = error.errors()
    for problem in problems:
        where = problem["loc"]
        deeper = any(where == other["loc"][: len(where)] != other["loc"] for other in problems)
        if problem["type"] == "too_short" and deeper:
            continue  # only its faulty entries are missing: they are named themselves
        named = [str(part + 1) if isinstance(part, int) else part for part in where if part != "[key]"]
        said = problem["msg"].removeprefix("Value error, ").removeprefix("Input ")
        remedy = _REMEDIES.get(problem["type"], "Correct it")
        yield Fault(found.file, found.line(where), f"{'.'.join(named) or 'the pack'}: {said}", remedy)


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
            yield Fault(
                found.file,
                line,
                f"rules.{place + 1}.id: {rule.id!r} is used twice",
                "Give it an id of its own",
            )
        seen.add(rule.id)


def _contradicting_rules(rules: tuple[Rule, ...], found: Located) -> Iterator[Fault]:
    by_topic: dict[str, list[tuple[int, Rule]]] = {}
    for place, rule in enumerate(rules):
        by_topic.setdefault(rule.topic, []).append((place, rule))
    for together in by_topic.values():
        for (_, first), (place, second) in combinations(together, 2):
            if first.verdict is not second.verdict and _overlap(first, second):
                said = (f"rule {rule.id!r} says {rule.verdict}" for rule in (second, first))
                what = f"{', '.join(said)} for the same"
                remedy = "Let them differ in `account`, or make one an exception of the other"
                yield Fault(found.file, found.line(("rules", place)), what, remedy)


def _overlap(first: Rule, second: Rule) -> bool:
    accounts = {first.account, second.account}
    return len(accounts) == 1 or "any" in accounts


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
