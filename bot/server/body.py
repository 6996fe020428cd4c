"""Bodies up to a limit: more is refused before anything reads it."""

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST = 1_500_000
"""Bytes; a report's 100,000 characters fit many times over."""
TOO_LARGE = "that is too large"


class LimitedBody:
    """Answers 413 to a request whose body is, or turns out, larger than the limit."""

    def __init__(self, app: ASGIApp, largest: int = LARGEST) -> None:
        self._app = app
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what fits."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif self._fits(scope):
            await self._app(scope, self._counted(receive), send)
        else:
            await JSONResponse({"error": TOO_LARGE}, 413)(scope, receive, send)

    def _fits(self, scope: Scope) -> bool:
        declared = [value for name, value in scope["headers"] if name == b"content-length"]
        # The length first: to read a number of many digits takes long.
        return all(
            one.isdigit() and len(one) <= len(str(self._largest)) and int(one) <= self._largest
            for one in declared
        )

    def _counted(self, receive: Receive) -> Receive:
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._largest:
                # The application's own way out, so that it answers once and nothing else goes wrong.
                raise HTTPException(413, TOO_LARGE)
            return message

        return counted
