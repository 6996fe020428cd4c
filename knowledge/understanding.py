"""Understand a message: what it says, in which circumstances, and what it is likely about."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from knowledge.circumstances import circumstances
from knowledge.features import features
from knowledge.lexicon import Lexicon, shipped_lexicon
from knowledge.matcher import Speller
from knowledge.model import Floats, Model, shipped_model
from knowledge.normalise import Reading, read
from knowledge.rules import Topic, Verdict


@dataclass(frozen=True, slots=True)
class Mind:
    """What Signpost knows before it hears a question: vocabulary, spelling, weights."""

    lexicon: Lexicon
    speller: Speller
    model: Model

    @property
    def catalogue(self) -> Mapping[str, Topic]:
        """The topics that can be recognised, by id."""
        return self.model.catalogue


@dataclass(frozen=True, slots=True)
class Understanding:
    """A message as understood. `likelihood` runs parallel to the model's topics."""

    reading: Reading
    circumstances: Mapping[str, str]
    likelihood: Floats
    topics: Mapping[str, float]
    stances: Mapping[Verdict, float]


@cache
def shipped_mind() -> Mind:
    """The mind that comes with Signpost."""
    lexicon, model = shipped_lexicon(), shipped_model()
    seen = {name.removeprefix("w:") for name in model.rows if name.startswith("w:")}
    return Mind(lexicon, Speller(lexicon.vocabulary | seen), model)


def understand(message: str, mind: Mind, *, before: str = "", account: str = "") -> Understanding:
    """Understand any text whatever; the same text is always understood the same.

    `before` is what the message goes on from: what the message itself says about the circumstances wins.
    `account` is which account is meant, where somebody was asked.
    """
    reading = _mended(read(f"{before}\n{message}" if before else message), mind.speller)
    slots = circumstances(reading.whole)
    if before:
        slots |= circumstances(_mended(read(message), mind.speller).whole)
    if account:
        slots["account"] = account
    likelihood, stances = mind.model.likelihood(features(reading, slots, mind.lexicon))
    return Understanding(
        reading=reading,
        circumstances=slots,
        likelihood=likelihood,
        topics=dict(zip(mind.model.topics, map(float, likelihood), strict=True)),
        stances=dict(zip(mind.model.stances, map(float, stances), strict=True)),
    )


def about_topic(question: Understanding, topic: str) -> Understanding:
    """The same question, about one topic for certain, since whoever asked said so."""
    likelihood = question.likelihood * 0
    likelihood[list(question.topics).index(topic)] = 1.0
    return replace(question, likelihood=likelihood, topics=dict.fromkeys(question.topics, 0.0) | {topic: 1.0})


def _mended(reading: Reading, speller: Speller) -> Reading:
    whole = _mend(reading.whole, speller)
    if not reading.draft:
        return Reading(whole, whole, "")
    return Reading(whole, _mend(reading.frame, speller), _mend(reading.draft, speller))


def _mend(text: str, speller: Speller) -> str:
    return " ".join(_mend_word(word, speller) for word in text.split())


def _mend_word(word: str, speller: Speller) -> str:
    bare = word.strip(".,;:!?()\"'")
    mended = speller.mend(bare)
    return word if mended == bare else word.replace(bare, mended)
