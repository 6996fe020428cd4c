"""The documents say what is there: tests, links, commands, settings and how long cases are kept."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from bot.cli import signpost
from bot.reporting.retention import RULES
from bot.settings import Settings, variable

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md"))
)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_NAMED_TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
_SETTING = re.compile(r"^\| `(\w+)` \| `(\w+)` \|", re.MULTILINE)
_CODE = re.compile(r"```\w*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
_COMMAND = re.compile(r"(?:^|[\s/])signpost((?:[ \t]+[a-z][a-z-]*)+)", re.MULTILINE)
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")


def _text(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


@cache
def _functions(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def _slug(heading: str) -> str:
    plain = re.sub(r"[`*\[\]]|\(.*?\)", "", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def _lines_of_code(document: str) -> Iterator[str]:
    """What a reader would type: the lines of code in a document, without comments."""
    for block, inline in _CODE.findall(_text(document)):
        for line in (block or inline).splitlines():
            yield line.partition(" #")[0]


def _commands() -> frozenset[tuple[str, ...]]:
    """Every command, as the words after `signpost`; groups stand for themselves too."""
    found: set[tuple[str, ...]] = set()
    waiting: list[tuple[tuple[str, ...], Any]] = [((), get_command(signpost))]
    while waiting:
        words, command = waiting.pop()
        for name, inner in getattr(command, "commands", {}).items():
            found.add((*words, name))
            waiting.append(((*words, name), inner))
    return frozenset(found)


def _is_command(words: list[str], known: frozenset[tuple[str, ...]]) -> bool:
    """Whether the words begin with a command; what follows it is an argument."""
    first = tuple(words[:1])
    if first not in known:
        return False
    has_inner = any(len(one) > 1 and one[0] == first[0] for one in known)
    return not has_inner or len(words) == 1 or tuple(words[:2]) in known


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_test_that_a_document_names_is_there(document: str) -> None:
    for file, function in _NAMED_TEST.findall(_text(document)):
        assert (ROOT / file).is_file(), f"{document} names {file}, which is not there"
        assert not function or function in _functions(ROOT / file), f"{document} names {file}::{function}"


def test_the_security_page_has_each_promise_once() -> None:
    promised = re.findall(r"^- \*\*([RSF]\d+)\*\*", _text("docs/security.md"), re.MULTILINE)
    expected = [
        *(f"R{number}" for number in range(1, 21)),
        *(f"S{number}" for number in range(1, 21)),
        *(f"F{number}" for number in range(3, 9)),
    ]
    assert promised == expected


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_somewhere(document: str) -> None:
    for target in _LINK.findall(_text(document)):
        if re.match(r"[a-z]+:", target):
            continue
        place, _, heading = target.partition("#")
        path = (ROOT / document).parent / place if place else ROOT / document
        assert path.exists(), f"{document} links to {target}"
        if heading:
            headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
            assert heading in map(_slug, headings), f"{document} links to {target}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_that_a_document_names_is_there(document: str) -> None:
    known = _commands()
    for line in _lines_of_code(document):
        for match in _COMMAND.finditer(line):
            words = match[1].split()
            assert _is_command(words, known), f"{document}: signpost {' '.join(words)}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_option_that_a_document_names_is_one_of_its_command(document: str) -> None:
    known = _commands()
    for line in _lines_of_code(document):
        match = _COMMAND.search(line)
        if match is None:
            continue
        words = match[1].split()
        command = get_command(signpost)
        for word in words:
            command = getattr(command, "commands", {}).get(word, command)
        has = {option for one in command.params for option in (*one.opts, *one.secondary_opts)} | {"--help"}
        strange = {option for option in _OPTION.findall(line[match.start() :]) if option not in has}
        assert _is_command(words, known)
        assert not strange, f"{document}: signpost {' '.join(words)} has no {', '.join(sorted(strange))}"


def test_the_table_of_settings_has_every_setting_with_its_variable_and_no_other() -> None:
    tabled = _SETTING.findall(_text("docs/operations.md"))
    assert tabled == [(one, variable(one)) for one, _ in tabled]
    assert sorted(one for one, _ in tabled) == sorted(one.name for one in fields(Settings))


def test_the_run_book_says_how_long_each_kind_is_kept_and_on_whose_word() -> None:
    said = " ".join(_text("docs/operations.md").split())
    for rule in RULES:
        years = "1 year" if rule.years == 1 else f"{rule.years} years"
        goes = "Goes by itself once transferred." if rule.automatic else "Never by itself."
        kinds = said.partition(f"**{rule.category}**: {years} from {rule.since.value}. {goes} Kinds: ")[2]
        listed, _, rest = kinds.partition(". Source: ")
        assert set(re.findall(r"`(\w+)`", listed)) == {kind.value for kind in rule.kinds}, rule.category
        assert rest.startswith(f"{rule.source}."), rule.category
