"""Draws docs/pictures/slack-*.png: one story, played through the real program, each surface as it was sent.

apt-get install chromium pngquant fonts-noto-core fonts-noto-color-emoji
python -m tests.rendering.slack_pictures [folder]
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bot.reporting.schools import read_schools
from bot.slack import ids
from tests.rendering import block_kit
from tests.support.processes import ROOT
from tests.support.program import Program
from tests.support.schools import fast_schools
from tests.support.slack.people import users_of
from tests.support.slack.person import Person
from tests.support.slack.screens import Screen
from tests.support.slack.stand_in import Slack

PICTURES = ROOT / "docs" / "pictures"
WIDTH = 592
ASKED = "Can I put the sports day photos on my own Facebook if I blur the faces?"
HAPPENED = "a Y9 girl has messaged me on insta about her homework, can I reply?"
KEEP_IT = "Don't delete anything"
MORE = "She wrote at 11 pm and again this morning. I haven't answered."


def main(folder: Path) -> None:
    """Play the story and draw it."""
    folder.mkdir(parents=True, exist_ok=True)
    schools = fast_schools(step="60s")
    people = users_of(read_schools(schools, "schools.yml"))
    with (
        tempfile.TemporaryDirectory() as kept,
        Slack(people) as slack,
        Program(Path(kept), schools=schools, **slack.settings) as program,
    ):
        slack.over_http(f"http://127.0.0.1:{program.port}/slack/events")
        for name, body in _story(slack):
            picture = folder / f"slack-{name}.png"
            _draw(block_kit.page(body), picture)
            sys.stdout.write(f"{picture} {picture.stat().st_size // 1000} kB\n")


def _story(slack: Slack) -> Iterator[tuple[str, str]]:
    """Each surface in turn, by name."""
    priya, sam = slack.person("priya"), slack.person("sam")
    priya.dm(ASKED)
    answer = priya.wait_for_message(lambda message: message.has(ids.ASK_HELPED))
    yield "answer", block_kit.written("Priya Nair", ASKED) + block_kit.said("Signpost", answer.blocks)
    yield from _reported(priya)
    card = sam.wait_for_message(lambda message: message.has(ids.CASE_OPEN))
    yield "card", block_kit.said("Signpost", card.blocks)
    sam.press(ids.CASE_OPEN, card)
    case = sam.wait_for_view(lambda view: view.callback_id == ids.CASE_VIEW)
    yield "case", _modal(case)
    sam.open_home()
    yield "home", block_kit.home(sam.wait_for_home().view)


def _reported(priya: Person) -> Iterator[tuple[str, str]]:
    priya.dm(HAPPENED)
    answer = priya.wait_for_message(lambda message: message.has(ids.ASK_REPORT))
    yield "offer", block_kit.written("Priya Nair", HAPPENED) + block_kit.said("Signpost", answer.blocks)
    priya.press(ids.ASK_REPORT, answer)
    priya.wait_for_view(lambda view: view.callback_id == ids.REPORT_FORM)
    priya.fill({"q.about": "pupil", "q.danger": "no", "q.image": "no"})
    priya.wait_for_view(lambda view: KEEP_IT in view.words)  # it follows what was chosen, a moment later
    priya.fill({"q.what": f"{HAPPENED}\n{MORE}"})
    yield "form", _modal(_front(priya))
    priya.submit()
    yield "goes-to", _modal(_front(priya))
    priya.submit()
    yield "receipt", _modal(priya.wait_for_view(lambda view: view.callback_id == ids.RECEIPT_VIEW))


def _front(person: Person) -> Screen:
    assert person.view is not None, "no form is open"
    return person.view


def _modal(screen: Screen) -> str:
    return block_kit.modal(screen.view, screen.values)


def _draw(html: str, picture: Path) -> None:
    """Have Chromium draw a page, as tall as it turns out to be."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        measure = "<script>document.title='height '+document.documentElement.offsetHeight</script>"
        page.write_text(html + measure, encoding="utf-8")
        tall = re.search(r"<title>height (\d+)", _chromium(page, folder, "--dump-dom", height=200))
        assert tall, "Chromium measured nothing"
        shot = Path(folder) / "shot.png"
        _chromium(page, folder, f"--screenshot={shot}", height=int(tall[1]) + 4)
        small = ["pngquant", "--strip", "--force", "64", "--output", str(picture), str(shot)]
        subprocess.run(small, timeout=60, check=True)


def _chromium(page: Path, profile: str, *how: str, height: int) -> str:
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    place = [f"--user-data-dir={profile}/profile", f"--window-size={WIDTH},{height}", page.as_uri()]
    done = subprocess.run([*command, *how, *place], capture_output=True, timeout=60, check=True)
    return done.stdout.decode()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES)
