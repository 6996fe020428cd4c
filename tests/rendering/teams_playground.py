"""Plays a teacher and a DSL in Microsoft's own local client, against the real program; leaves pictures.

apt-get install chromium pngquant fonts-noto-core fonts-noto-color-emoji npm
make playground, or python -m tests.rendering.teams_playground [folder]

Everything on the pictures was pressed and typed by Chromium in two windows, and went through the gate signed
(`tests.rendering.playground`). What this client cannot do, where Teams can:

- open a dialog from a card. Details, notes and what is asked back stand nowhere else, so that an opened case is
  drawn by `tests.rendering.teams_pictures` instead; the form's dialog is shown by the message extension;
- keep a message extension's dialog open when a message comes meanwhile, as the receipt does: the receipt is
  shown as that message;
- know an app's commands, which stand in its manifest: their ids are typed in; and draw a card in full width.
  Its notes about both are left out of the pictures.
"""

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

from bot.reporting.schools import read_schools
from bot.teams import ids
from tests.rendering.browser import Window, chromium
from tests.rendering.playground import Playground
from tests.support.processes import ROOT
from tests.support.program import Program
from tests.support.schools import fast_schools
from tests.support.teams.people import on_teams, users_of

PICTURES = ROOT / "docs" / "pictures" / "teams"
WIDTH = 660
TEACHER, DSL = "tom", "sam"
ASKED = "Can I put the sports day photos on my own Facebook if I blur the faces?"
HAPPENED = "A Year 9 pupil keeps writing to me on Instagram about her homework, at 11 pm last night too."
_LARGEST = 200_000
_WRITE = "look.all('[contenteditable][role=textbox]')[0]"
_DIALOG = "document.querySelector('[role=dialog]')"
_CARD = "look.last(look.all('.ac-adaptiveCard'))"
_LOG = "look.last(look.all('button').filter(one => one.getBoundingClientRect().y < 40))"
"""Shows the client's log, and hides it."""
_CHAT = f"look.around({_WRITE}, '.ac-adaptiveCard')"
_HEAD = "look.wide(look.button('Debug Options'))"
_TIDY = """one => { if (one.children.length < 3 && one.innerText?.startsWith('Full width control is not'))
one.style.display = 'none'; }"""


class Player:
    """One person before their window."""

    def __init__(self, window: Window, folder: Path) -> None:
        self._window, self._folder = window, folder

    async def says(self, text: str) -> None:
        """Write to Signpost."""
        await self._window.type(_WRITE, text)
        await self._window.press("Enter", 13)

    async def sees(self, words: str) -> None:
        """Wait until something stands in the window."""
        await self._window.wait(f"document.body.innerText.includes({words!r})")

    async def presses(self, words: str, *, within: str = _CARD) -> None:
        """Press the button that says this, on the last card or in the dialog."""
        await self._window.click(f"look.button({words!r}, {within})")

    async def begins(self, command: str) -> None:
        """Use a command of the message extension, from beside the box to write in."""
        await self._window.click("look.button('Trigger Message Extension App')")
        await self._window.click("look.button('Action Command')")
        await self._window.type(f"look.last(look.all('input[type=text]', {_DIALOG}))", command)
        await self.presses("Create", within=_DIALOG)

    async def chooses(self, value: str, *, within: str, number: int = 0) -> None:
        """Choose among what is always in view, by the value; `number` counts the questions that have it."""
        await self._window.click(f"look.all('input[value={value}]', {within})[{number}]")

    async def fills_in(self, *, within: str) -> None:
        """Answer what a report of contact by a pupil asks."""
        await self._window.click(f"look.all('[role=combobox]', {within})[0]")
        await self._window.click("look.option('A pupil here')")
        for number in (0, 1):
            await self.chooses("no", within=within, number=number)
        await self._window.type(f"look.all('textarea', {within})[0]", HAPPENED)

    async def closes_the_dialog(self) -> None:
        """Close it, and wait until it has faded."""
        await self.presses("Close", within=_DIALOG)
        await self._window.wait(f"!{_DIALOG}")

    async def closes_the_log(self) -> None:
        """Hide what the client logs beside the chat."""
        await self._window.wait("document.body.innerText.includes('Connected.')")
        await self._window.click(_LOG)
        await self._window.wait("!document.body.innerText.includes('Log Panel')")

    async def pictured(self, name: str, height: int, *, dialog: bool = False) -> None:
        """Keep a picture of the chat's end, or of the dialog, in a window of that height."""
        await self._window.size(WIDTH, height)
        part = _DIALOG if dialog else _CHAT
        await self._window.run(f"look.all('*').forEach(one => ({_TIDY})(one))")
        await self._window.wait(f"look.ended({part})")
        around = "" if dialog else f", {_HEAD}, {_WRITE}"
        shot = self._folder / "shot.png"
        shot.write_bytes(await self._window.picture(await self._window.run(f"look.place({part}{around})")))
        await asyncio.to_thread(_keep, shot, self._folder / f"client-{name}.png")


def main(folder: Path) -> None:
    """Start everything, play, and end everything."""
    folder.mkdir(parents=True, exist_ok=True)
    schools = on_teams(fast_schools(step="60m"))
    users = {one.name: one for one in users_of(read_schools(schools, "schools.yml"))}
    players = [users.pop(name) for name in (TEACHER, DSL)]
    with tempfile.TemporaryDirectory() as kept:
        place = Path(kept)
        ground = Playground(place / "client", players, users.values())
        with (
            ground.listening(),
            Program(place / "program", schools=schools, **ground.settings) as program,
            ground.clients(),
        ):
            ground.app = f"http://127.0.0.1:{program.port}/api/messages"
            try:
                asyncio.run(_play(ground, place / "profile", folder))
            except AssertionError:
                sys.stderr.write("\n".join([*ground.heard, program.logs[-4000:], ""]))
                raise


async def _play(ground: Playground, profile: Path, folder: Path) -> None:
    async with chromium(profile) as browser:
        players = []
        for name in (TEACHER, DSL):
            window = await browser.window(WIDTH, 900)
            await window.open(ground.address(name))
            players.append(Player(window, folder))
            await players[-1].sees("Hello!")
            await players[-1].closes_the_log()
        teacher, dsl = players
        await _asks(teacher)
        await _fills_in_a_card(teacher)
        await _reports(teacher)
        await _acknowledges(dsl)
        await teacher.sees("has been acknowledged")
        await teacher.pictured("told", 560)


async def _asks(teacher: Player) -> None:
    await teacher.says(ASKED)
    await teacher.sees("5.iii:9")
    await teacher.presses("That helped")
    await teacher.sees("without your name")
    await teacher.pictured("answer", 760)


async def _fills_in_a_card(teacher: Player) -> None:
    """As far as to see whom it would go to; nothing is sent."""
    await teacher.says("report")
    await teacher.sees("None of these")
    await teacher.chooses("pupil_contact", within=_CARD)
    await teacher.presses("Next")
    await teacher.sees("What happened?")
    await teacher.fills_in(within=_CARD)
    await teacher.pictured("form", 1780)
    await teacher.presses("Next")
    await teacher.sees("Nothing is sent yet")


async def _reports(teacher: Player) -> None:
    await teacher.begins(ids.REPORT)
    await teacher.chooses("pupil_contact", within=_DIALOG)
    await teacher.presses("Next", within=_DIALOG)
    await teacher.fills_in(within=_DIALOG)
    await teacher.presses("Next", within=_DIALOG)
    await teacher.sees("Check it, then press Send")
    await teacher.pictured("extension", 1150, dialog=True)
    await teacher.presses("Send", within=_DIALOG)
    await teacher.sees("Received. Your reference is")
    await teacher.closes_the_dialog()
    await teacher.pictured("receipt", 600)


async def _acknowledges(dsl: Player) -> None:
    await dsl.sees("Please acknowledge today.")
    await dsl.pictured("notice", 520)
    await dsl.presses("Acknowledge")
    await dsl.sees("You tell everybody by this")
    await dsl.pictured("asked", 640)
    await dsl.presses("Acknowledge")
    await dsl.sees("has acknowledged it.")
    await dsl.pictured("acknowledged", 560)


def _keep(shot: Path, picture: Path) -> None:
    """Make a picture small, and say how small."""
    small = ["pngquant", "--strip", "--force", "96", "--output", str(picture), str(shot)]
    subprocess.run(small, timeout=60, check=True)
    shot.unlink()
    size = picture.stat().st_size
    assert size < _LARGEST, f"{picture} is too large: {size} bytes"
    sys.stdout.write(f"{picture} {size // 1000} kB\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES)
