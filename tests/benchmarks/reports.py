"""How fast reports are taken in, sent and kept, beside this disk and plain scripts: `make bench`.

Prints a table and writes it to docs/speed.md. All is measured in one run, so that the lines can be held
against each other: on a busy machine every one of them is slower.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bot import app
from tests.benchmarks.installation import SCHOOLS, url_of
from tests.benchmarks.keeping import keeping
from tests.benchmarks.measuring import Figure, load, machine
from tests.benchmarks.receiving import plain_postgresql, plain_sqlite, raw, receiving
from tests.benchmarks.sending import plain_client, sending
from tests.benchmarks.starting import asking, starting
from tests.support.postgres import PostgresServer
from tests.support.processes import ROOT
from tests.support.program import Program
from tests.support.schools import many_recipients
from tests.support.standin import StandIn

Measure = Callable[[Program, StandIn, str], Iterator[Figure]]
_SECTIONS: dict[str, Measure] = {
    "receiving": lambda program, _platform, database: receiving(program, database),
    "sending": sending,
    "starting": starting,
    "keeping": lambda program, _platform, database: keeping(program, database),
}
_PAGE = ROOT / "docs" / "speed.md"
_HEAD = "| | what | here | promised | kept |\n|--|--|--|--|--|"
_KEPT = {True: "yes", False: "**no**", None: ""}


def figures(sections: dict[str, Measure]) -> Iterator[Figure]:
    """Measure section by section, each on a fresh installation of each kind of database."""
    with (
        TemporaryDirectory(prefix="signpost-bench-") as named,
        StandIn() as platform,
        PostgresServer() as server,
    ):
        folder = Path(named)
        if "receiving" in sections:
            yield from raw(folder)
            yield plain_sqlite(folder)
            yield plain_postgresql(server.new_database())
        if "sending" in sections:
            yield plain_client(platform)
        for name, measure in sections.items():
            for database in ("SQLite", "PostgreSQL"):
                place = folder / f"{name}-{database}"
                url = url_of(place) if database == "SQLite" else server.new_database()
                schools = many_recipients(SCHOOLS, step="30d")
                program = Program(place, console=platform.url, database=url, schools=schools)
                try:
                    yield from measure(program, platform, database)
                finally:
                    program.close()
        if "starting" in sections:
            yield from asking(program)


def _line(one: Figure) -> str:
    return f"| {one.promise} | {one.what} | {one.found} | {one.limit} | {_KEPT[one.kept]} |"


def _page(found: list[Figure], busy: float) -> str:
    lines = "\n".join(_line(one) for one in found)
    return f"""# How fast reports are taken in, sent and kept

Written by `make bench` on {app.today():%d %B %Y}: {machine()}.
Before it began {busy:.1f} processes wanted to run, when it ended {load():.1f}.
Times are p50 / p99, the medians of three runs; the trust has {SCHOOLS} schools.

{_HEAD}
{lines}
"""


def main() -> None:
    """Measure everything, or the sections named; only a whole run is written down."""
    named = sys.argv[1:]
    sections = {name: measure for name, measure in _SECTIONS.items() if not named or name in named}
    busy, found = load(), []
    print(_HEAD)
    for one in figures(sections):
        found.append(one)
        print(_line(one), flush=True)
    if not named:
        _PAGE.write_text(_page(found, busy), encoding="utf-8")


if __name__ == "__main__":
    main()
