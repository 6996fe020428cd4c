"""Nothing that a file, a form or a database holds becomes code; what is installed was pinned (S20)."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted(file for folder in ("bot", "knowledge", "storage") for file in (ROOT / folder).rglob("*.py"))
LOCKS = sorted(ROOT.glob("*.lock"))

MODULES = {
    *(
        "pickle",
        "cPickle",
        "_pickle",
        "dill",
        "cloudpickle",
        "joblib",
        "marshal",
        "shelve",
        "dbm",
        "jsonpickle",
    ),
    *("subprocess", "pty", "popen2", "commands", "code", "codeop", "runpy", "xmlrpc", "imp"),
}
"""Modules that turn data into objects or commands."""
CALLS = {
    *("eval", "exec", "compile", "__import__", "execfile", "input"),
    *(
        "os.system",
        "os.popen",
        "os.execv",
        "os.execve",
        "os.execvp",
        "os.spawnv",
        "os.spawnl",
        "os.startfile",
    ),
    *("os.posix_spawn", "asyncio.create_subprocess_shell", "asyncio.create_subprocess_exec"),
    *("yaml.load_all", "yaml.full_load", "yaml.unsafe_load", "yaml.unsafe_load_all"),
    *("importlib.import_module", "builtins.eval", "builtins.exec", "logging.config.listen"),
    *("ctypes.CDLL", "ctypes.cdll.LoadLibrary", "tarfile.open"),
}
SAFE_LOADERS = {"SafeLoader", "CSafeLoader"}
UNSAFE_LOADERS = {"Loader", "UnsafeLoader", "FullLoader", "CLoader", "CUnsafeLoader", "CFullLoader"}


@dataclass(frozen=True, slots=True)
class Found:
    """Something dangerous, where, and what."""

    place: str
    what: str


def dangers(tree: ast.AST, place: str) -> Iterator[Found]:
    """Everything in a module that could turn data into code."""
    names = dict(_imported(tree))
    for node in ast.walk(tree):
        where = f"{place}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (Found(where, f"imports {name}") for name in _modules(node) if name in MODULES)
        if isinstance(node, ast.Call):
            called = _called(node.func, names)
            if called in CALLS:
                yield Found(where, f"calls {called}")
            if called == "yaml.load" and not _read_safely(node):
                yield Found(where, "calls yaml.load without naming a safe loader")
            if called.endswith(".load") and called.split(".")[0] in {"numpy", "np"}:
                yield from _unsafe_numpy(node, where)
            if any(keyword.arg == "shell" for keyword in node.keywords):
                yield Found(where, "names a shell")
        if isinstance(node, ast.Attribute) and node.attr in UNSAFE_LOADERS:
            yield Found(where, f"names yaml's {node.attr}")
        if isinstance(node, ast.Attribute) and node.attr in {"__globals__", "__subclasses__", "__code__"}:
            yield Found(where, f"reaches for {node.attr}")


def _imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """What each name that a module imports stands for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.asname or alias.name, alias.name) for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)


def _modules(node: ast.Import | ast.ImportFrom) -> list[str]:
    named = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
    return [name.split(".")[0] for name in named]


def _called(node: ast.expr, names: dict[str, str]) -> str:
    """A call's name in full, as it is imported."""
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        return f"{_called(node.value, names)}.{node.attr}"
    return ""


def _read_safely(node: ast.Call) -> bool:
    loaders = [word.value for word in node.keywords if word.arg == "Loader"] + node.args[1:]
    return any(isinstance(said, ast.Attribute) and said.attr in SAFE_LOADERS for said in loaders)


def _unsafe_numpy(node: ast.Call, where: str) -> Iterator[Found]:
    said = {keyword.arg: keyword.value for keyword in node.keywords}
    allowed = said.get("allow_pickle")
    if not (isinstance(allowed, ast.Constant) and allowed.value is False):
        yield Found(where, "loads with numpy without refusing pickles")


@pytest.mark.parametrize("source", SOURCES, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_module_turns_data_into_code(source: Path) -> None:
    tree = ast.parse(source.read_text(encoding="utf-8"))
    assert list(dangers(tree, str(source.relative_to(ROOT)))) == []


def test_there_are_modules_to_look_at() -> None:
    assert len(SOURCES) > 100


PLANTED = {
    "import pickle": "imports pickle",
    "from pickle import loads": "imports pickle",
    "import numpy as np\nnp.load('x')": "loads with numpy without refusing pickles",
    "import numpy\nnumpy.load('x', allow_pickle=True)": "loads with numpy without refusing pickles",
    "eval('1')": "calls eval",
    "import os\nos.system('ls')": "calls os.system",
    "from os import system as run\nrun('ls')": "calls os.system",
    "import yaml\nyaml.load(text, Loader=yaml.Loader)": "calls yaml.load without naming a safe loader",
    "import yaml\nlist(yaml.parse(text, yaml.FullLoader))": "names yaml's FullLoader",
    "run(words, shell=True)": "names a shell",
    "import subprocess": "imports subprocess",
    "().__class__.__base__.__subclasses__()": "reaches for __subclasses__",
    "import importlib\nimportlib.import_module(name)": "calls importlib.import_module",
}


@pytest.mark.parametrize("source", PLANTED)
def test_a_danger_that_is_planted_is_found(source: str) -> None:
    assert PLANTED[source] in {found.what for found in dangers(ast.parse(source), "here")}


def test_the_one_door_to_yaml_is_the_safe_one() -> None:
    door = (ROOT / "knowledge" / "yamlfile.py").read_text(encoding="utf-8")
    assert "SafeLoader" in door


@pytest.mark.parametrize("lock", LOCKS, ids=lambda file: file.name)
def test_every_requirement_is_pinned_with_a_hash(lock: Path) -> None:
    pin = re.compile(r"^([A-Za-z0-9._-]+(?:\[[^\]]+\])?)(.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
    pins = pin.findall(_pinned(lock))
    assert len(pins) > 1
    for name, rest in pins:
        assert re.match(r"==\S+", rest), name
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", rest), name
        assert "://" not in rest, name


def _pinned(lock: Path) -> str:
    lines = lock.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if line and not line.startswith("#"))


def test_every_dependency_is_in_a_lock() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = (ROOT / "requirements.lock").read_text(encoding="utf-8").casefold()
    for wanted in project["dependencies"]:
        name = re.split(r"[\[<>=; ]", wanted)[0].casefold()
        assert re.search(rf"^{re.escape(name)}(\[.*\])?==", locked, re.MULTILINE), name


def test_nothing_is_installed_without_its_hash() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    installs = [line for line in makefile.splitlines() if " install " in line]
    assert installs
    for line in installs:
        assert "--require-hashes" in line or "--no-deps" in line, line
