"""Draws docs/pictures/teams/*.png with Microsoft's own renderer, in three themes; fails where it complains.

apt-get install chromium pngquant fonts-noto-core fonts-noto-color-emoji npm
python -m tests.rendering.teams_pictures [folder]

Each picture shows one card light, dark, and in high contrast at 320 px. What fails it: a complaint of the
renderer's, anything wider than its panel or cut off in it, and words that turned into a link or a list. What
a button unfolds (the question before an acknowledgement, more questions of a form) is drawn and checked too.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from typing import Any

from bot.answering import Setting
from bot.messages import Card, CardState
from bot.reporting.choices import staff
from bot.reporting.forms import notes, questions
from bot.reporting.people import Contacts
from bot.reporting.rights import Party, State
from bot.reporting.viewing import Line, Summary, View
from bot.teams import answers, case_cards, forms, lists, small_forms
from bot.teams.answers import answer_card
from bot.teams.cards import Where, card, words_under
from bot.teams.forms import Draft, Form
from bot.teams.notices import notice_card
from knowledge.answer import Adviser
from knowledge.index import RuleIndex
from knowledge.loader import shipped_pack
from knowledge.rules import Kind, Role, Urgency
from knowledge.understanding import shipped_mind
from tests.bot.reporting.forms_help import NOW, context
from tests.bot.reporting.oakfield import directory
from tests.bot.reporting.tales import Tale, planned
from tests.bot.teams.holding import HOSTILE
from tests.support.processes import ROOT

PICTURES = ROOT / "docs" / "pictures" / "teams"
RENDERER = ("adaptivecards@3.0.6", "markdown-it@14")
"""Microsoft's renderer, and what it reads Markdown with: fetched for the occasion, never kept."""
KEPT = frozenset("answer offer waiting held form-in-a-chat receipt case mine".split())
"""What goes into the docs; the rest is drawn to be checked."""
WIDTH = 1_328
_UNFOLDING = frozenset({"Action.ShowCard", "Action.ToggleVisibility"})
REFERENCE = "SP-7Q4K-M2XD"
AT = datetime(2026, 11, 20, 13, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)
NUMBERS = Contacts(dsl_phone="01632 960003")
GOES_TO = "This goes to: the designated safeguarding lead."
WAITING = Card(
    REFERENCE, Kind.PUPIL_CONTACT, Urgency.TODAY, AT, "the designated safeguarding lead", CardState.WAITING
)
HELD = Card(
    REFERENCE,
    Kind.PUPIL_CONTACT,
    Urgency.TODAY,
    AT,
    "the designated safeguarding lead",
    CardState.ACKNOWLEDGED,
    ("the designated safeguarding lead",),
)
SUMMARY = Summary(REFERENCE, Kind.PUPIL_CONTACT, Urgency.TODAY, State.ACKNOWLEDGED, AT, drill=False)
HAPPENED = (
    "A Year 9 has messaged me on Instagram about her homework.\nShe wrote at 11 pm and again this morning."
)
CASE = View(
    SUMMARY,
    Party.HANDLER,
    "Kit in Year 9",
    {"what": HAPPENED, "platform": "Instagram", "danger": "no", "image": "no"},
    (Line(AT, "reported", "priya", None), Line(AT, "note", "sam", "Rang home.")),
    (("sam", Role.DSL, True),),
    planned(Tale(Kind.ONLINE_SAFETY)),
    open_standings=("ruth",),
    reporter="priya",
)
Json = dict[str, Any]


def main(folder: Path) -> int:
    """Draw everything; returns how many cards there is something to complain of."""
    folder.mkdir(parents=True, exist_ok=True)
    failed = 0
    with tempfile.TemporaryDirectory() as place:
        install = ["npm", "install", "--silent", "--prefix", place, *RENDERER]
        subprocess.run(install, timeout=300, check=True, capture_output=True)
        for name, made, unfolded in _states():
            picture = folder / f"{name}.png"
            complaints = _draw(_page(Path(place), made, unfolded), picture, Path(place))
            failed += bool(complaints)
            sys.stdout.write(f"{name}: {complaints or 'no complaint'}\n")
            if name not in KEPT and folder == PICTURES:
                picture.unlink(missing_ok=True)
    return failed


def _states() -> Iterator[tuple[str, Json, int]]:
    """Each card as it comes, and again with each part unfolded that it has to unfold, by number."""
    for name, made in _cards():
        yield name, made, -1
        for number in range(_folds(made)):
            yield f"{name}-unfolded-{number}", made, number


def _folds(part: object) -> int:
    """How much there is to unfold in a card; what stands within what unfolds is not counted."""
    if isinstance(part, list):
        return sum(map(_folds, part))
    if not isinstance(part, dict):
        return 0
    return 1 if part.get("type") in _UNFOLDING else sum(map(_folds, part.values()))


def _cards() -> Iterator[tuple[str, Json]]:
    mind = shipped_mind()
    adviser = Adviser(mind, RuleIndex(shipped_pack("dartmoor"), mind.model.topics))
    for name, asked in (
        ("answer", "Can I put the sports day photos on my own Facebook if I blur the faces?"),
        ("offer", "a Y9 girl has messaged me on insta about her homework, can I reply?"),
        ("danger", "a nude of a y9 is going round on snap, shall i screenshot it"),
    ):
        setting = Setting("token", TODAY, "england", NUMBERS)
        answer = adviser.answer(asked)
        yield name, answer_card(answer, adviser.pack, mind.catalogue, setting).card
    yield "help", answers.help_card().card
    yield "pupil", answers.pupil_card("england", NUMBERS, passed_on=True).card
    yield "waiting", notice_card(WAITING).card
    yield "held", notice_card(HELD).card
    yield "kinds", forms.kind_card("token")
    yield from _forms()
    yield "case", case_cards.case_card(CASE, directory())
    yield "close", small_forms.close_card(REFERENCE)
    yield "mine", lists.mine_card([SUMMARY] * 2, directory(), own=False).card
    parts = (part for text in HOSTILE[:9] for part in words_under(text, text))
    yield "hostile", card(parts)


def _forms() -> Iterator[tuple[str, Json]]:
    given = {"about": "works_here", "danger": "unsure", "image": "no", "what": HAPPENED}
    asked = questions(Kind.ADULT_CONCERN, given, context())
    said = notes(Kind.ADULT_CONCERN, given, context())
    people = staff(directory(), NOW.date())
    form = Form(Draft(Kind.ADULT_CONCERN, "token"), asked, said, given, people, goes_to=GOES_TO)
    yield "form", forms.form_card(form)
    yield "form-in-a-chat", forms.form_card(form, Where.CHAT)
    lines = (f"Received. Your reference is {REFERENCE}.", GOES_TO, "You will hear when it is dealt with.")
    yield "receipt", forms.receipt_card(lines, REFERENCE)


def _page(place: Path, made: Json, unfolded: int) -> str:
    modules = place / "node_modules"
    scripts = (
        modules / "adaptivecards" / "dist" / "adaptivecards.min.js",
        modules / "markdown-it" / "dist" / "markdown-it.min.js",
    )
    here = Path(__file__).with_name("teams_cards.js")
    style = here.with_suffix(".css").read_text(encoding="utf-8")
    data = json.dumps(made).replace("<", "\\u003c")
    sources = "".join(f"<script src='{one.as_uri()}'></script>" for one in scripts)
    drawing = here.read_text(encoding="utf-8")
    return (
        f"<!doctype html><meta charset=utf-8><style>{style}</style><body>{sources}"
        f"<script>const CARD = {data}, UNFOLDED = {unfolded};{drawing}</script>"
    )


def _draw(html: str, picture: Path, folder: Path) -> list[str]:
    """Have Chromium draw a page, as tall as it turns out to be; returns what there is to complain of."""
    page, shot = folder / "page.html", folder / "shot.png"
    page.write_text(html, encoding="utf-8")
    title = re.search(
        r"<title>height (\d+) complaints (.*?)</title>", _chromium(page, "--dump-dom", height=200)
    )
    if not title:
        return ["it was not drawn at all"]
    _chromium(page, f"--screenshot={shot}", height=int(title[1]) + 4)
    small = ["pngquant", "--strip", "--force", "64", "--output", str(picture), str(shot)]
    subprocess.run(small, timeout=60, check=True)
    return [str(one) for one in json.loads(unescape(title[2]))]


def _chromium(page: Path, *how: str, height: int) -> str:
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    place = [f"--user-data-dir={page.parent}/profile", f"--window-size={WIDTH},{height}", page.as_uri()]
    done = subprocess.run([*command, *how, *place], capture_output=True, timeout=60, check=True)
    return done.stdout.decode()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES))
