"""The tripwire leans towards noticing, and lets figures of speech go."""

import pytest

from knowledge.normalise import read
from knowledge.tripwire import Tripped, trip


def _trip(text: str) -> Tripped:
    return trip(read(text).whole, {})


@pytest.mark.parametrize(
    "text",
    [
        "a nude of a y9 is doing the rounds",
        "boy in Year 8 has been sent a topless pic by a girl in his form",
        "someone's used AI to undress two of our girls, the nudes are on snap",
        "found indecent images of children on his laptop",
        "she sent him a picture in her underwear, she's 13",
        "sexting between two of my tutees",
        "a pupil sent me a pic of his willy",
        "someone is sextorting a year 11 boy",
        "pupil live streaming herself with no top on",
    ],
)
def test_an_image_of_a_child_trips(text: str) -> None:
    assert _trip(text).indecent


@pytest.mark.parametrize(
    "text",
    [
        "He says he'll kill himself if I tell anyone",
        "she doesn't want to be here anymore",
        "my tutee has taken an overdose",
        "she is meeting a man she met on Roblox tonight",
        "there's a boy with a knife outside and it's live on insta",
        "lad says he's on the bridge",
        "she's run away and posting from the station",
        "pupil said she will hang herself, i could kill him her dad",
        "y8 said she is going to slit her wrists",
    ],
)
def test_a_child_in_danger_trips(text: str) -> None:
    assert _trip(text).danger


@pytest.mark.parametrize(
    "text",
    [
        "can i wear nude tights to the prom and post it",
        "I'm going to kill him if he eats my lunch again",
        "can we put the naked chef recipe on the page",
        "the boiler is knackered, i could die of cold",
        "is my linkedin ok",
        "can I share the school's post about sports day",
        "the answer is bleeding obvious, can i post it",
        "photo of my y6s on the track at sports day, school page ok?",
        "the summer fair is being held at school on saturday",
        "meet the teacher evening, we're meeting in the hall tonight",
        "selfie on the bridge in York, can it go on my insta",
    ],
)
def test_figures_of_speech_and_plain_questions_do_not(text: str) -> None:
    assert not _trip(text)


def test_a_strong_belief_trips_without_any_pattern() -> None:
    assert trip("lads passing a phone round and smirking", {"nude-image": 0.6}).indecent
    assert trip("she has gone very quiet online", {"immediate-danger": 0.5}).danger
