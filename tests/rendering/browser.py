"""Drives headless Chromium by its own protocol: windows with pages in them, clicked, typed in and pictured."""

import asyncio
import json
import subprocess
from base64 import b64decode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp

from tests.support.processes import bare_environment

Json = dict[str, Any]
PATIENCE = 20.0
"""Seconds that anything on a page may take."""
_PAUSE = 0.05
_MESSAGE = 64 * 1024 * 1024
_LOOK = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")


class Window:
    """One window: a page with cookies and storage of its own. Elements are named by a piece of script.

    The script is an expression over `look`, the helpers of browser.js: `look.button("Send")`.
    """

    def __init__(self, call: Callable[..., Any], session: str) -> None:
        self._call, self._session = call, session

    async def open(self, url: str) -> None:
        """Go to an address, until the page is there."""
        await self._do("Page.navigate", url=url)
        await self.wait("document.readyState === 'complete'")

    async def size(self, width: int, height: int) -> None:
        """Make the window so large, in pixels."""
        metrics: Json = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        await self._do("Emulation.setDeviceMetricsOverride", **metrics)

    async def run(self, script: str) -> Any:
        """What an expression comes to. Raises `AssertionError` where it fails."""
        said = {"expression": f"{_LOOK}; ({script})", "awaitPromise": True, "returnByValue": True}
        answer = await self._do("Runtime.evaluate", **said)
        assert "exceptionDetails" not in answer, f"{script}: {answer['exceptionDetails']}"
        return answer["result"].get("value")

    async def wait(self, script: str, *, within: float = PATIENCE) -> Any:
        """Wait until an expression is true, and give it. Raises `AssertionError` with what the page says."""
        end = asyncio.get_running_loop().time() + within
        while not (found := await self.run(script)):
            if asyncio.get_running_loop().time() > end:
                raise AssertionError(f"waited in vain for {script}; there is: {await self.words()}")
            await asyncio.sleep(_PAUSE)
        return found

    async def click(self, element: str) -> None:
        """Wait for an element, bring it into view, and click its middle as a hand would."""
        x, y = await self._still(element)
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            where: Json = {"x": x, "y": y, "button": "left", "clickCount": 1}
            await self._do("Input.dispatchMouseEvent", type=kind, **where)

    async def type(self, element: str, text: str) -> None:
        """Click into an element and type."""
        await self.click(element)
        await self._do("Input.insertText", text=text)

    async def press(self, key: str, code: int) -> None:
        """Press one key: `press("Enter", 13)`."""
        named: Json = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        written = {"text": "\r"} if key == "Enter" else {}
        await self._do("Input.dispatchKeyEvent", type="keyDown", **named, **written)
        await self._do("Input.dispatchKeyEvent", type="keyUp", **named)

    async def words(self) -> str:
        """All that the page says."""
        return str(await self.run("document.body && document.body.innerText"))

    async def picture(self, clip: Json | None = None) -> bytes:
        """A PNG of what is seen, or of a part of it: x, y, width, height."""
        part = {} if clip is None else {"clip": {**clip, "scale": 1}}
        taken = await self._do("Page.captureScreenshot", format="png", **part)
        return b64decode(taken["data"])

    async def _still(self, element: str) -> tuple[float, float]:
        """The middle of an element that has stopped moving: menus and dialogs glide into their place."""
        before = None
        while (now := await self.wait(f"look.middle({element})")) != before:
            before = now
            await asyncio.sleep(_PAUSE)
        return float(now[0]), float(now[1])

    async def _do(self, method: str, **more: Any) -> Json:
        done: Json = await self._call(method, more, self._session)
        return done


class Browser:
    """A Chromium that is running; `window` opens one more window."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket, self._numbers = socket, count(1)
        self._waiting: dict[int, asyncio.Future[Json]] = {}

    async def listen(self) -> None:
        """Take answers until the connection ends."""
        async for message in self._socket:
            said = json.loads(message.data)
            waiting = self._waiting.pop(said.get("id", 0), None)
            if waiting is not None and not waiting.done():
                waiting.set_result(said)

    async def window(self, width: int, height: int) -> Window:
        """A window that shares nothing with the others."""
        context = await self._call("Target.createBrowserContext", {})
        within = {"url": "about:blank", "browserContextId": context["browserContextId"]}
        target = await self._call("Target.createTarget", within)
        attached = await self._call("Target.attachToTarget", {"targetId": target["targetId"], "flatten": True})
        window = Window(self._call, attached["sessionId"])
        await window.size(width, height)
        return window

    async def _call(self, method: str, more: Json, session: str = "") -> Json:
        number = next(self._numbers)
        where = {"sessionId": session} if session else {}
        self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": more, **where})
        said = await asyncio.wait_for(self._waiting[number], PATIENCE)
        assert "error" not in said, f"{method}: {said['error']}"
        result: Json = said["result"]
        return result


@asynccontextmanager
async def chromium(profile: Path) -> AsyncIterator[Browser]:
    """A headless Chromium with a profile of its own, ended afterwards."""
    port = profile / "DevToolsActivePort"
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    place = [f"--user-data-dir={profile}", "--remote-debugging-port=0", "--no-first-run", "about:blank"]
    quiet: Json = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([*command, *place], env=bare_environment(), start_new_session=True, **quiet)
    try:
        number, path = await _address(port)
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"ws://127.0.0.1:{number}{path}", max_msg_size=_MESSAGE) as socket,
        ):
            browser = Browser(socket)
            listening = asyncio.create_task(browser.listen())
            try:
                yield browser
            finally:
                listening.cancel()
    finally:
        process.terminate()
        process.wait(PATIENCE)


async def _address(file: Path) -> tuple[str, str]:
    """Where Chromium says that it listens."""
    end = asyncio.get_running_loop().time() + PATIENCE
    while asyncio.get_running_loop().time() < end:
        lines = file.read_text(encoding="ascii").split() if file.exists() else []
        if len(lines) == 2:
            return lines[0], lines[1]
        await asyncio.sleep(_PAUSE)
    raise AssertionError("Chromium did not start")
