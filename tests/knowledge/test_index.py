"""Finding rules, few or very many."""

import numpy as np

from knowledge.index import SHORTLIST, RuleIndex
from knowledge.rules import Pack

LABELS = ("contact-pupil", "greeting", "use-break")


def _many(pack: Pack, count: int) -> Pack:
    rule = pack.rules[0]
    rules = tuple(
        rule.model_copy(update={"id": f"rule-{n}", "says": f"About widget number {n} and nothing else."})
        for n in range(count)
    )
    return pack.model_copy(update={"rules": rules})


def test_a_topic_without_a_rule_is_weighed_as_silence(small_pack: Pack) -> None:
    weighed, unruled = RuleIndex(small_pack, LABELS).weigh("x", np.array([0.6, 0.1, 0.3], dtype=np.float32))
    assert [one.rule.id for one in weighed] == ["no-pupils"]
    assert round(unruled, 3) == 0.4


def test_unlikely_topics_are_left_out(small_pack: Pack) -> None:
    weighed, _ = RuleIndex(small_pack, LABELS).weigh("x", np.array([0.001, 0.999, 0], dtype=np.float32))
    assert weighed == []


def test_among_very_many_rules_the_one_so_worded_is_found(small_pack: Pack) -> None:
    index = RuleIndex(_many(small_pack, 1_000), LABELS)
    weighed, _ = index.weigh("tell me about widget number 777", np.array([1, 0, 0], dtype=np.float32))
    assert weighed[0].rule.id == "rule-777"
    assert len(weighed) <= SHORTLIST


def test_weights_are_shared_out_whole(small_pack: Pack) -> None:
    index = RuleIndex(_many(small_pack, 5), LABELS)
    weighed, unruled = index.weigh("widget 3", np.array([0.8, 0.2, 0], dtype=np.float32))
    assert round(sum(one.weight for one in weighed) + unruled, 4) == 1.0
