"""A question that speaks of somebody is answered where nobody else reads along."""

from datetime import date

import pytest

from bot.reporting.discretion import speaks_of_somebody
from bot.reporting.schools import read_schools
from tests.bot.reporting.oakfield import OAKFIELD

_PEOPLE = read_schools(OAKFIELD, "schools.yml")
_TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    "text",
    [
        "can I add <@U0SAM> on Insta?",
        "can I post a picture of Alfie winning the race",
        "is it ok if Mrs Patel tweets about it",
        "may I share Zofia Kowalska's poem on our page?",
        "can I reply to a year 9 girl who messaged me",
        "sam said I can post this, can I?",
        "Alfie's mum wants the video, can I send it on WhatsApp?",
        "did mr jones break the policy with his tweet",
    ],
)
def test_whoever_is_named_or_pointed_at_is_not_spoken_of_in_a_channel(text: str) -> None:
    assert speaks_of_somebody(text, _PEOPLE, _TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "Can I post photos of sports day on Facebook?",
        "can pupils follow the school's Instagram account?",
        "May I use the school logo on LinkedIn?",
        "Can I set up a Twitter account for Year 6?",
        "What does the policy say about WhatsApp groups with parents?",
        "CAN I TWEET ABOUT OFSTED",
        "Is it all right to post on a Monday in May?",
    ],
)
def test_a_question_about_nobody_is_answered_for_all_to_read(text: str) -> None:
    assert not speaks_of_somebody(text, _PEOPLE, _TODAY)
