"""The console page as a person sees it: a place for the token, then how things are. No scripts, no names."""

from base64 import b64encode
from hashlib import sha256
from hmac import digest
from html import escape

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.server.callers import Gate, same
from bot.server.health import Health, Ready

_COOKIE = "signpost_console"
_PATH = "/console"
_PURPOSE = b"console page, signed in"


class FrontPage:
    """Answers browsers on this machine only; to all others there is no such page."""

    def __init__(self, health: Health, gate: Gate) -> None:
        self._health = health
        self._gate = gate
        # Not the token: every other server on this machine is shown our cookies, since they know no ports.
        self._cookie = digest(gate.token.encode(), _PURPOSE, "sha256").hex() if gate.token else ""

    def routes(self) -> list[BaseRoute]:
        """Its addresses."""
        return [
            Route(_PATH, self.page),
            Route(f"{_PATH}/sign-in", self.sign_in, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """How things are; a place for the token, for whoever has not given it yet."""
        self._refuse_strangers(request)
        if not self._signed_in(request):
            return _shown(_sign_in())
        return _shown(_status(await self._health.look()))

    async def sign_in(self, request: Request) -> Response:
        """Take the token, and remember in a cookie that this browser gave it."""
        self._refuse_strangers(request)
        given = (await request.body()).decode(errors="replace").removeprefix("token=").strip()
        if not same(given, self._gate.token):
            return _shown(_sign_in(wrong=True), 403)
        answer = RedirectResponse(_PATH, 303)
        answer.set_cookie(_COOKIE, self._cookie, httponly=True, samesite="strict", path=_PATH)
        return answer

    def _signed_in(self, request: Request) -> bool:
        return same(request.cookies.get(_COOKIE, ""), self._cookie) or self._gate.open_to(request)

    def _refuse_strangers(self, request: Request) -> None:
        if not self._gate.near(request):
            raise HTTPException(404)


_STYLE = """
:root{color-scheme:light dark;--back:#f4f5f2;--card:#fff;--ink:#1f2421;--soft:#5c6660;--line:#dfe3dd;
--good:#1c6b41;--good-back:#e7f3ea;--bad:#9c1c13;--bad-back:#fbe9e7}
@media(prefers-color-scheme:dark){:root{--back:#141715;--card:#1d211e;--ink:#e7ebe8;--soft:#9da8a1;--line:#303632;
--good:#7fd6a0;--good-back:#1b2e22;--bad:#ff9c91;--bad-back:#3a1f1c}}
*{box-sizing:border-box}
body{margin:0;padding:clamp(1rem,6vw,4.5rem) 1rem;background:var(--back);color:var(--ink);
font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:38rem;margin:auto;padding:clamp(1.25rem,4vw,2.25rem);background:var(--card);
border:1px solid var(--line);border-radius:1rem}
h1{display:flex;gap:.6rem;align-items:center;margin:0 0 1.25rem;font-size:1.3rem;letter-spacing:-.01em}
svg{width:1.7rem;height:1.7rem;fill:var(--good)}
p{margin:1.25rem 0 0;color:var(--soft);font-size:.92rem}
.word{margin:0 0 1.25rem;padding:.8rem 1rem;border-radius:.6rem;font-size:1rem}
.good{color:var(--good);background:var(--good-back)}.bad{color:var(--bad);background:var(--bad-back)}
.word ul{margin:.3rem 0 0;padding-left:1.1rem}
dl{display:grid;grid-template-columns:repeat(3,1fr);gap:.75rem;margin:0}
dl div{display:flex;flex-direction:column;justify-content:space-between;gap:.3rem;padding:.8rem 1rem;
border:1px solid var(--line);border-radius:.6rem}
dt{color:var(--soft);font-size:.86rem;line-height:1.35}
dd{margin:0;font-size:1.5rem;font-weight:600;line-height:1.2;font-variant-numeric:tabular-nums}
dl .bad,dl .bad dt{color:var(--bad);border-color:transparent}
@media(max-width:34rem){dl{grid-template-columns:1fr;gap:.5rem}
dl div{flex-direction:row;align-items:center;padding:.6rem 1rem}dd{font-size:1.2rem;white-space:nowrap}}
form{display:flex;flex-wrap:wrap;gap:.6rem}
label{flex-basis:100%;font-weight:600}
input,button{min-height:2.9rem;padding:0 .9rem;font:inherit;border:1px solid var(--line);border-radius:.6rem}
input{flex:1 1 8rem;min-width:0;color:inherit;background:var(--back)}
button{font-weight:600;color:var(--card);background:var(--good);border-color:transparent;cursor:pointer}
:focus-visible{outline:2px solid var(--good);outline-offset:1px}
code{padding:.1em .35em;border-radius:.3em;background:var(--back)}
"""
_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
_SIGN = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M11 2h2v2h5l3 2.5L18 9h-5v2h5v5h-5v6h-2v-6H6l-3-2.5'
    'L6 11h5V9H6V4h5z"/></svg>'
)
_TROUBLES = {
    "database": "The database does not answer.",
    "delivery": "Notices are not being sent.",
    "clock": "The clock that moves cases on stands still.",
    "stopping": "Signpost is being stopped.",
}


def _shown(body: str, status: int = 200) -> Response:
    document = (
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>Signpost</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><main><h1>{_SIGN}Signpost</h1>{body}</main></body></html>"
    )
    return HTMLResponse(document, status, {"content-security-policy": _POLICY})


def _sign_in(*, wrong: bool = False) -> str:
    refusal = '<div class="word bad" role="alert">That is not the token.</div>' if wrong else ""
    return (
        f'{refusal}<form method="post" action="{_PATH}/sign-in"><label for="token">Token</label>'
        '<input id="token" name="token" type="password" autocomplete="off" required autofocus>'
        "<button>Open</button></form><p>It stands in <code>console.token</code> in the data folder, "
        "for whoever runs Signpost here. Reports are made in chat, not on this page.</p>"
    )


def _status(ready: Ready) -> str:
    known = "database" not in ready.problems
    tiles = (
        _tile("Cases a whole lap without an answer", ready.alarms if known else "?", bad=ready.alarms > 0),
        _tile("Notices waiting", ready.waiting if known else "?"),
        _tile("The oldest waits for", f"{ready.oldest_seconds:.0f} s" if known else "?"),
    )
    return f"{_word(ready)}<dl>{''.join(tiles)}</dl><p>This is how things are now. Reload to look again.</p>"


def _tile(name: str, value: object, *, bad: bool = False) -> str:
    return f"<div{' class=bad' if bad else ''}><dt>{escape(name)}</dt><dd>{escape(str(value))}</dd></div>"


def _word(ready: Ready) -> str:
    if not ready.problems:
        return '<div class="word good" role="status"><b>Reports can be taken and sent.</b></div>'
    listed = "".join(f"<li>{escape(_TROUBLES.get(one, one))}</li>" for one in ready.problems)
    return (
        '<div class="word bad" role="alert"><b>Reports cannot be taken or sent.</b> '
        f"Until that is mended, tell people by telephone.<ul>{listed}</ul></div>"
    )
