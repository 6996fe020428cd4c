"""Read YAML with the line of every value, so that a fault can be shown where it stands."""

from dataclasses import dataclass, field
from typing import Any

import yaml

Path = tuple[str | int, ...]
LARGEST = 8_000_000
"""Bytes of YAML that are read; the largest pack in use is a hundredth of that."""
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file: where it is, what it is, and what to do about it."""

    file: str
    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}. {self.remedy}"


class Refused(Exception):
    """The file is faulty and nothing of it is used; every fault is listed."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Located:
    """A document's plain data beside the line of each path in it."""

    file: str
    data: Any
    lines: dict[Path, int]
    faults: list[Fault] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of a path, or of the nearest thing around it that is there."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def parse(text: str, file: str) -> Located:
    """Parse one YAML document safely. A repeated key or an anchor is a fault; bad syntax is refused."""
    if len(text) > LARGEST:
        raise Refused([Fault(file, 1, "the file is too large", f"Keep it under {LARGEST:,} bytes")])
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or "it is not YAML"
        raise Refused([Fault(file, mark.line + 1 if mark else 1, f"{what}", "Mend the YAML here")]) from error
    found = Located(file, None, {})
    if node is None:
        return found
    builder = _Builder(found)
    return Located(file, builder.build(node, ()), found.lines, found.faults)


@dataclass(frozen=True, slots=True)
class Span:
    """Where a value stands in a text: from its first sign to after its last, and how it is written.

    `column` is where its line of the text is indented to; `flow` says that it is in brackets or braces.
    """

    start: int
    end: int
    column: int
    flow: bool


def spans(text: str) -> dict[Path, Span]:
    """Where every value of a document stands that `parse` took without a fault, for changing its text."""
    found: dict[Path, Span] = {}
    waiting: list[tuple[Path, yaml.Node | None]] = [((), yaml.compose(text, Loader=yaml.CSafeLoader))]
    while waiting:
        path, node = waiting.pop()
        if node is None:
            continue
        flow = bool(getattr(node, "flow_style", False))
        found[path] = Span(node.start_mark.index, node.end_mark.index, node.start_mark.column, flow)
        if isinstance(node, yaml.MappingNode):
            waiting += [((*path, key.value), value) for key, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            waiting += [((*path, place), item) for place, item in enumerate(node.value)]
    return found


def written(data: Any) -> str:
    """Plain data as YAML, keys in the order given; what `parse` reads back is the same."""
    text: str = yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
    return text


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  a pack holds no aliases
        return True


class _Builder:
    """Turns nodes into plain data, noting lines; scalars are read as the safe loader reads them."""

    def __init__(self, found: Located) -> None:
        self._found = found
        self._scalars = yaml.CSafeLoader("")
        self._built: set[int] = set()

    def build(self, node: yaml.Node, path: Path) -> Any:
        if id(node) in self._built and not isinstance(node, yaml.ScalarNode):
            line = node.start_mark.line + 1  # expanded, a few nested aliases grow beyond all memory
            raise Refused(
                [Fault(self._found.file, line, "an alias points here", "Write it out where it is used")]
            )
        self._built.add(id(node))
        if path not in self._found.lines:
            self._found.lines[path] = node.start_mark.line + 1
        if len(path) > _DEEPEST:
            raise Refused(
                [Fault(self._found.file, node.start_mark.line + 1, "nested too deep", "Flatten it")]
            )
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*path, place)) for place, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[Any, Any]:
        data: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in data:
                self._fault(line, f"{key!r} stands here twice", "Keep one of them")
            self._found.lines[(*path, key)] = line
            data[key] = self.build(value_node, (*path, key))
        return data

    def _scalar(self, node: yaml.Node) -> Any:
        try:
            return self._scalars.construct_object(node)
        except (yaml.YAMLError, ValueError, AttributeError, KeyError, TypeError, OverflowError):
            self._fault(node.start_mark.line + 1, f"{node.value!r} cannot be read", "Put it in quotes")
            return node.value

    def _fault(self, line: int, what: str, remedy: str) -> None:
        self._found.faults.append(Fault(self._found.file, line, what, remedy))
