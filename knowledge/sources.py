"""What the weights are made from: labelled phrases, and a digest so that stale weights are noticed."""

import hashlib
import json
from collections.abc import Iterator

from knowledge.circumstances import circumstances
from knowledge.features import features
from knowledge.lexicon import shipped_lexicon
from knowledge.loader import load_questions, load_topics, shipped_pack, taught_policies
from knowledge.normalise import read
from knowledge.rules import Rule, Verdict

_SAMPLED = 40
"""Of so many phrases one is read for the digest, to notice code or lexicon that reads differently."""
_SETTLED = {"happened": Verdict.REPORT, "fact": Verdict.INFO, "silent": Verdict.NOT_COVERED}


def about() -> dict[str, str]:
    """Every phrase, labelled question and example of a built-in rule, with its topic."""
    found = {example: rule.topic for rule in _rules() for example in rule.examples}
    found |= {asked.ask: asked.topic for asked in load_questions()}
    return found | {phrase: topic.id for topic in load_topics().values() for phrase in topic.phrases}


def put() -> dict[str, str]:
    """Questions with the verdict they get, and phrases whose topic settles it: how it is put."""
    found: dict[str, str] = {}
    for topic in load_topics().values():
        if topic.act in _SETTLED:
            found |= dict.fromkeys(topic.phrases, _SETTLED[topic.act].value)
    for rule in _rules():
        found |= dict.fromkeys(rule.examples, rule.verdict.value)
        found |= {miss.ask: miss.verdict.value for miss in rule.near_misses}
    return found | {asked.ask: asked.verdict.value for asked in load_questions()}


def promises() -> frozenset[str]:
    """The examples and near-misses of built-in packs: what a pack promises is learnt most firmly."""
    examples = (example for rule in _rules() for example in rule.examples)
    return frozenset(examples) | frozenset(miss.ask for rule in _rules() for miss in rule.near_misses)


def digest() -> str:
    """Digest of all that the weights depend on: the labelled phrases, and how phrases are read."""
    total = hashlib.sha256()
    for labelled in (about(), put(), dict.fromkeys(promises(), "")):
        total.update(json.dumps(sorted(labelled.items())).encode())
    for phrase in sorted(about())[::_SAMPLED]:
        reading = read(phrase)
        found = features(reading, circumstances(reading.whole), shipped_lexicon())
        total.update(json.dumps(found, sort_keys=True).encode())
    return total.hexdigest()


def _rules() -> Iterator[Rule]:
    for policy in taught_policies():
        yield from shipped_pack(policy).rules
