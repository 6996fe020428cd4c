"""Speed and rightness of answers beside what else one might use: `make bench`.

All contenders get the same rules and the same unseen questions in one run. A peer answers with the verdict
and the clauses of the rule whose text it finds nearest. Packs of 10,000 and 100,000 rules are one real pack's
rules over and over with words changed at random, so that a topic has hundreds of rules to choose from.
"""

import random
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process

from knowledge.answer import Adviser
from knowledge.index import RuleIndex
from knowledge.loader import shipped_pack, shipped_policies
from knowledge.normalise import read, words
from knowledge.rules import Pack, Rule
from knowledge.understanding import shipped_mind
from tests.measure import unseen_rows

Found = tuple[str, tuple[str, ...]]
"""A verdict and the clauses cited for it."""
Contender = Callable[[str], Found]
_SLOW = 40
"""So many questions are timed of a contender that goes through every rule."""


@dataclass(frozen=True, slots=True)
class Result:
    name: str
    rules: int
    right: float
    p50: float
    p99: float


def signpost(pack: Pack) -> Contender:
    mind = shipped_mind()
    adviser = Adviser(mind, RuleIndex(pack, mind.model.topics))

    def ask(question: str) -> Found:
        answer = adviser.answer(question)
        return answer.verdict.value, tuple(one.address for one in answer.citations)

    return ask


def wratio(pack: Pack) -> Contender:
    texts = _texts(pack)

    def ask(question: str) -> Found:
        best = process.extractOne(question, texts, scorer=fuzz.WRatio)
        return _said(pack.rules[best[2]])

    return ask


def fts5(pack: Pack) -> Contender:
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE rules USING fts5(text, tokenize='porter')")
    base.executemany("INSERT INTO rules(rowid, text) VALUES (?, ?)", enumerate(_texts(pack)))

    def ask(question: str) -> Found:
        query = " OR ".join(f'"{word}"' for word in words(read(question).whole)) or '"-"'
        row = base.execute(
            "SELECT rowid FROM rules WHERE rules MATCH ? ORDER BY rank LIMIT 1", (query,)
        ).fetchone()
        return _said(pack.rules[row[0]]) if row else ("not_covered", ())

    return ask


def bm25(pack: Pack) -> Contender:
    import bm25s

    index = bm25s.BM25()
    index.index(bm25s.tokenize(_texts(pack), show_progress=False), show_progress=False)

    def ask(question: str) -> Found:
        tokens = bm25s.tokenize([question], show_progress=False)
        places, scores = index.retrieve(tokens, k=1, show_progress=False)
        return _said(pack.rules[int(places[0, 0])]) if scores[0, 0] > 0 else ("not_covered", ())

    return ask


def _texts(pack: Pack) -> list[str]:
    return [" ".join((rule.says, *rule.examples)) for rule in pack.rules]


def _said(rule: Rule) -> Found:
    return rule.verdict.value, rule.addresses[:3]


def many(pack: Pack, count: int, chance: random.Random) -> Pack:
    """Grow a pack to so many rules: its own, then copies with a third of their words swapped for others."""
    pool = sorted({word for text in _texts(pack) for word in words(text)})
    grown: list[Rule] = list(pack.rules)
    while len(grown) < count:
        rule = chance.choice(pack.rules)
        says = " ".join(
            chance.choice(pool) if chance.random() < 1 / 3 else word for word in rule.says.split()
        )
        grown.append(rule.model_copy(update={"id": f"{rule.id}-{len(grown)}", "says": says, "examples": ()}))
    return pack.model_copy(update={"rules": tuple(grown)})


def race(name: str, make: Callable[[Pack], Contender], packs: dict[str, Pack], most: int) -> Result:
    """Answer the unseen questions, timing each; every pack is made ready before the clock starts."""
    ready = {policy: make(pack) for policy, pack in packs.items()}
    rows = [row for row in unseen_rows() if row["policy"] in ready]
    random.Random(1).shuffle(rows)
    times: list[float] = []
    right = 0
    for ask in ready.values():
        ask("is everybody warm")
    for row in rows[:most]:
        began = time.perf_counter()
        found = ready[row["policy"]](row["question"])
        times.append(1000 * (time.perf_counter() - began))
        right += _right(row, found)
    p50, p99 = np.percentile(times, [50, 99])
    return Result(name, len(next(iter(packs.values())).rules), right / len(times), float(p50), float(p99))


def _right(row: dict[str, Any], found: Found) -> bool:
    verdict, cited = found
    if verdict not in row["verdict"]:
        return False
    return not cited if verdict == "not_covered" else bool(set(cited) & set(row["addresses"]))


def results() -> Iterator[Result]:
    """Race everybody over the real packs, then over packs grown to 10,000 and 100,000 rules."""
    real = {policy: shipped_pack(policy) for policy in shipped_policies()}
    peers = {"WRatio over everything": wratio, "SQLite FTS5": fts5, "bm25s": bm25}
    for count in (0, 10_000, 100_000):
        packs = {"dartmoor": many(real["dartmoor"], count, random.Random(2))} if count else real
        yield race("Signpost", signpost, packs, 10_000)
        for name, make in peers.items():
            yield race(name, make, packs, _SLOW if make is wratio and count else 10_000)


def main() -> None:
    """Print the table."""
    print("| rules | contender | right | p50 ms | p99 ms |\n|--:|--|--:|--:|--:|")
    for one in results():
        print(f"| {one.rules:,} | {one.name} | {100 * one.right:.0f} % | {one.p50:.2f} | {one.p99:.2f} |")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
