"""What a person sees, and what must not be in it."""

import io
from collections.abc import Callable
from datetime import date

import pytest

from bot.console.terminal import Terminal
from knowledge.answer import Adviser

TODAY = date(2026, 11, 21)


def _shown(adviser: Adviser, question: str, *, width: int = 80) -> str:
    page = io.StringIO()
    terminal = Terminal(TODAY, file=page, width=width)
    terminal.show_answer(adviser.answer(question), adviser.pack, adviser.mind.catalogue)
    return page.getvalue()


def test_safety_comes_before_everything_else(adviser: Callable[[str], Adviser]) -> None:
    shown = _shown(adviser("dartmoor"), "a nude of a y9 is going round on snap, shall i screenshot it")
    assert shown.index("Before anything else") < shown.index("Report this")
    assert "screenshot" not in shown.lower()


def test_a_greeting_gets_three_examples_and_no_panel(adviser: Callable[[str], Adviser]) -> None:
    shown = _shown(adviser("fact"), "hiya")
    assert shown.count("•") == 3
    assert "§" not in shown


def test_a_policy_without_dates_says_so(adviser: Callable[[str], Adviser]) -> None:
    assert "carries no date" in _shown(adviser("rack-house"), "can i add a pupil on snapchat")


def test_an_offer_of_a_report_says_that_nobody_has_been_told(adviser: Callable[[str], Adviser]) -> None:
    shown = " ".join(
        _shown(adviser("dartmoor"), "a dad has called me a vile cow on the village page").split()
    )
    assert "nobody has been told" in shown.replace("│", "").replace("  ", " ")


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_nothing_is_cut_off_at_any_width(adviser: Callable[[str], Adviser], width: int) -> None:
    shown = _shown(adviser("dartmoor"), "can i add a pupil on snapchat", width=width)
    assert "…" not in shown
    assert "§ 5.v:1" in shown


@pytest.mark.parametrize("width", [60, 80])
def test_a_long_address_is_shown_whole(adviser: Callable[[str], Adviser], width: int) -> None:
    shown = _shown(adviser("rack-house"), "can i add a pupil on snapchat", width=width)
    assert "§ responsibilities-when-using-social-media:7" in shown


def test_markup_in_text_is_shown_as_it_is() -> None:
    page = io.StringIO()
    Terminal(TODAY, file=page, width=80).say("[bold red]not markup[/] :smile:")
    assert page.getvalue() == "[bold red]not markup[/] :smile:\n"
