"""The learning curve: how right unseen questions are with so many phrases a topic (`make curve`)."""

import random
import sys
from collections import defaultdict
from dataclasses import replace

from knowledge.lexicon import shipped_lexicon
from knowledge.matcher import Speller
from knowledge.network import Recipe
from knowledge.sources import about, put
from knowledge.training import train
from knowledge.understanding import Mind
from tests.measure import measure, unseen_rows

STEPS = (5, 10, 20, 40, 1_000)


def _some(labelled: dict[str, str], most: int) -> dict[str, str]:
    by_label: dict[str, list[str]] = defaultdict(list)
    for phrase, label in sorted(labelled.items()):
        by_label[label].append(phrase)
    chance = random.Random(0)
    return {
        p: label for label, these in by_label.items() for p in chance.sample(these, min(most, len(these)))
    }


def main() -> None:
    """Print the curve."""
    lexicon, topics, stances = shipped_lexicon(), about(), put()
    print("| phrases a topic | in all | right | unsafe | missed |\n|--:|--:|--:|--:|--:|")
    for most in STEPS:
        some = _some(topics, most)
        stance = {phrase: label for phrase, label in stances.items() if phrase in some}
        passes = max(14, min(40, 14 * len(topics) // len(some)))
        model = train(some, stance, lexicon, replace(Recipe(), passes=passes), made_from="curve")
        seen = {name.removeprefix("w:") for name in model.rows if name.startswith("w:")}
        mind = Mind(lexicon, Speller(lexicon.vocabulary | seen), model)
        figures = measure(unseen_rows(), mind)["all"]
        shown = [f"{100 * figures[name].share:.0f} %" for name in ("right", "unsafe", "missed")]
        print(f"| {'all' if most >= STEPS[-1] else most} | {len(some):,} | {' | '.join(shown)} |")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
