"""The figures of each drill, one line of JSON a run, and the table that docs/drills.md is made of.

`python -m tests.drills.figures` writes docs/drills.md from the full drills in build/drills.jsonl.
"""

import json
import os
import platform
from collections.abc import Iterable, Mapping
from typing import Any

from tests.support.processes import ROOT

FILE = ROOT / "build" / "drills.jsonl"
PAGE = ROOT / "docs" / "drills.md"
_NAMED = ("drill", "what", "database", "platform", "size")
_CONSOLE = "console"
_HEAD = """\
# Drills

Made by `make drill`, which starts the program and kills, starves and crowds it; `make test` runs a short cut
of each. Every figure is what the last full run measured, on the machine named below it. *Lost* is a report
that had its receipt and is not there, or that somebody was not told of; *duplicates* are second cases and
second calls; *extras* are messages that somebody got twice. Where the platform cannot be asked whether it has
a notice, one extra message a kill is what is promised; elsewhere none.
"""


def record(
    drill: str, what: str, *, database: str, size: str, platform: str = _CONSOLE, **measured: float
) -> None:
    """Add a row: which promise, what was done, on which kind of database and platform, and the figures."""
    kind = database.partition(":")[0].partition("+")[0]
    row = {"drill": drill, "what": what, "database": kind, "platform": platform, "size": size}
    rounded = {name: round(value, 3) for name, value in measured.items()}
    FILE.parent.mkdir(exist_ok=True)
    with FILE.open("a", encoding="utf-8") as file:
        file.write(json.dumps({**row, **rounded}) + "\n")


def page(rows: Iterable[Mapping[str, Any]], machine: str) -> str:
    """The page: of each drill the last full run."""
    last = {_named(row): row for row in rows if row["size"] == "full"}
    lines = [_HEAD, "| promise | drill | database | platform | figures |", "|--|--|--|--|--|"]
    for key in sorted(last, key=lambda key: (key[0][0], int(key[0][1:]), *key[1:])):
        figures = ", ".join(f"{name} {value:g}" for name, value in last[key].items() if name not in _NAMED)
        lines.append(f"| {' | '.join(key)} | {figures} |")
    return "\n".join([*lines, "", machine, ""])


def _named(row: Mapping[str, Any]) -> tuple[str, ...]:
    """What a row is about: promise, drill, database, platform."""
    return row["drill"], row["what"], row["database"], row.get("platform", _CONSOLE)


def _machine() -> str:
    version = platform.python_version()
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {version}."


def main() -> None:
    """Write the page."""
    rows = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    PAGE.write_text(page(rows, _machine()), encoding="utf-8")


if __name__ == "__main__":
    main()
