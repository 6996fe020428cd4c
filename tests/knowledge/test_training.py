"""Training: a small network learns what it is shown, the same way each time."""

from dataclasses import replace

import numpy as np

from knowledge.circumstances import circumstances
from knowledge.features import features
from knowledge.lexicon import shipped_lexicon
from knowledge.model import Model
from knowledge.network import Recipe
from knowledge.normalise import read
from knowledge.sources import about, put
from knowledge.training import train

TOPICS = {
    "can i add a pupil on snapchat": "contact-pupil",
    "may i follow a year 9 on insta": "contact-pupil",
    "is it ok to message a student on facebook": "contact-pupil",
    "what is the weather like": "trivia",
    "who won the match last night": "trivia",
    "tell me a recipe for soup": "trivia",
}
STANCES = dict.fromkeys(list(TOPICS)[:3], "not_allowed") | dict.fromkeys(list(TOPICS)[3:], "not_covered")
RECIPE = replace(Recipe(), hidden=8, seeds=(0,), passes=60, batch=3)


def _trained() -> Model:
    return train(TOPICS, STANCES, shipped_lexicon(), RECIPE, made_from="test")


def _likeliest(model: Model, question: str) -> str:
    reading = read(question)
    topics, _ = model.likelihood(features(reading, circumstances(reading.whole), shipped_lexicon()))
    return model.topics[int(np.argmax(topics))]


def test_it_learns_what_it_is_shown() -> None:
    model = _trained()
    assert all(_likeliest(model, phrase) == topic for phrase, topic in TOPICS.items())


def test_it_carries_over_to_words_it_has_not_seen_through_their_concepts() -> None:
    assert _likeliest(_trained(), "may i befriend a sixth former on tiktok") == "contact-pupil"


def test_the_same_phrases_give_the_same_weights() -> None:
    first, second = _trained(), _trained()
    assert np.array_equal(first.hidden, second.hidden)
    assert np.allclose(first.output, second.output)


def test_every_label_is_a_topic_or_a_verdict_and_no_phrase_is_empty() -> None:
    topics, stances = about(), put()
    assert len(topics) > 15_000
    assert all(phrase.strip() for phrase in (*topics, *stances))
    assert set(stances.values()) <= {
        "allowed",
        "conditional",
        "ask_first",
        "not_allowed",
        "report",
        "info",
        "not_covered",
    }
