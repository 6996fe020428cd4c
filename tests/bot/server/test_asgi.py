"""What strangers, browsers and this machine are told by the application as a whole."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.errors import NotSavedError
from bot.server.asgi import application
from storage.store import UnavailableError
from tests.support.served import HERE, Answer, How, Pairs, Served, called, nothing, scope_of, served

NAME = ("host", "127.0.0.1:8080")
FROM_ELSEWHERE: dict[str, tuple[Pairs, tuple[str, int]]] = {
    "another machine": ([NAME], ("192.0.2.9", 40_000)),
    "through a proxy": ([NAME, ("x-forwarded-for", "127.0.0.1")], HERE),
    "under another name": ([("host", "evil.example:8080")], HERE),
    "from another page": ([NAME, ("origin", "http://evil.example")], HERE),
}
DETAILS = {"ready", "alarms", "problems", "waiting", "oldest_seconds"}
HEADERS = {
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
NOT_FOUND = {"error": "not found"}
CANARY = "Zebedee Quillfeather /srv/secret.key"


@pytest.fixture(params=FROM_ELSEWHERE)
def elsewhere(request: pytest.FixtureRequest) -> tuple[Pairs, tuple[str, int]]:
    """Give each way of asking from elsewhere: headers and peer."""
    return FROM_ELSEWHERE[request.param]


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Served]:
    """Give the application with a token for its metrics."""
    how = How(metrics_token="m" * 20)
    with served(f"sqlite:///{tmp_path / 'signpost.db'}", tmp_path, how) as found:
        yield found


def test_it_is_alive_and_ready_to_anybody(here: Served, elsewhere: tuple[Pairs, tuple[str, int]]) -> None:
    headers, peer = elsewhere
    assert here.ask("GET", "/healthz", headers=headers, peer=peer).text == "ok"
    ready = here.ask("GET", "/readyz", headers=headers, peer=peer)
    assert (ready.status, ready.json) == (200, {"ready": True})


def test_only_this_machine_is_told_details_and_metrics(
    here: Served, elsewhere: tuple[Pairs, tuple[str, int]]
) -> None:
    headers, peer = elsewhere
    assert here.ask("GET", "/metrics", headers=headers, peer=peer).json == NOT_FOUND
    assert set(here.ask("GET", "/readyz", headers=[NAME]).json) == DETAILS
    assert b"signpost_notices" in here.ask("GET", "/metrics", headers=[NAME]).body


def test_strangers_are_told_no_details_while_something_is_wrong_either(
    own: Served, elsewhere: tuple[Pairs, tuple[str, int]]
) -> None:
    headers, peer = elsewhere
    own.health.stopping = True
    ready = own.ask("GET", "/readyz", headers=headers, peer=peer)
    assert (ready.status, ready.json) == (503, {"ready": False})


def test_where_there_is_a_metrics_token_it_alone_counts(
    guarded: Served, elsewhere: tuple[Pairs, tuple[str, int]]
) -> None:
    headers, peer = elsewhere
    assert guarded.ask("GET", "/metrics", headers=[NAME]).status == 404
    assert set(guarded.ask("GET", "/readyz", headers=[NAME]).json) == {"ready"}
    known = [*headers, ("authorization", f"Bearer {'m' * 20}")]
    assert guarded.ask("GET", "/metrics", headers=known, peer=peer).status == 200
    assert set(guarded.ask("GET", "/readyz", headers=known, peer=peer).json) == DETAILS
    wrong = [*headers, ("authorization", f"Bearer {'m' * 19}n")]
    assert guarded.ask("GET", "/metrics", headers=wrong, peer=peer).status == 404


def test_the_console_page_and_all_behind_it_are_for_this_machine_even_with_the_token(
    here: Served, elsewhere: tuple[Pairs, tuple[str, int]]
) -> None:
    headers, peer = elsewhere
    known = [*headers, ("authorization", f"Bearer {here.token}")]
    for method, path in (
        ("GET", "/console"),
        ("POST", "/console/sign-in"),
        ("GET", "/console/cases?as=sam"),
        ("POST", "/console/reports"),
        ("POST", "/console/cases/SP-2222-2222/acknowledge"),
    ):
        answer = here.ask(method, path, b"{}" if method == "POST" else b"", headers=known, peer=peer)
        assert (answer.status, answer.json) == (404, NOT_FOUND), path


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/console/",
        "/consol",
        "/CONSOLE",
        "/healthz/",
        "/metrics/x",
        "/.env",
        "/slack/events",
        "/console/../metrics",
        "/console/cases/SP-2222-2222/acknowledge/more",
        "//evil.example/console",
        "/\ud800",
        "/%00",
        "/docs",
        "/openapi.json",
    ],
)
def test_what_is_not_there_is_not_found_in_two_words(here: Served, path: str) -> None:
    answer = here.get(path)
    assert (answer.status, answer.json, answer.raised) == (404, NOT_FOUND, None)
    assert "location" not in answer.headers, "a redirect would repeat the name that a stranger called us by"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/console", "/console/cases"])
@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "get", ""]
)
def test_no_other_method_is_allowed(here: Served, path: str, method: str) -> None:
    answer = here.ask(method, path, headers=here.bearing())
    assert (answer.status, answer.json) == (405, {"error": "method not allowed"})


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/console", "/nowhere"])
def test_every_answer_tells_browsers_to_keep_nothing_and_show_it_nowhere_else(
    here: Served, path: str
) -> None:
    answer = here.get(path)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "server" not in answer.headers


def test_no_answer_lets_another_page_read_it(here: Served) -> None:
    headers = [
        *here.bearing(),
        ("origin", "http://127.0.0.1:8080"),
        ("access-control-request-method", "POST"),
    ]
    for method in ("GET", "OPTIONS"):
        answer = here.ask(method, "/readyz", headers=headers)
        assert not [name for name in answer.headers if name.startswith("access-control")]


def _failing(error: Exception) -> Answer:
    async def fail(_request: Request) -> Response:
        raise error

    app = application([Route("/", fail)], nothing)
    return asyncio.run(called(app, scope_of("GET", "/", [NAME], HERE), b""))


def test_a_fault_of_ours_claims_nothing_and_tells_nothing_of_itself() -> None:
    answer = _failing(ValueError(CANARY))
    assert answer.status == 500
    assert answer.headers["connection"] == "close"
    assert answer.json["error"].startswith("Something went wrong: take it that nothing was saved.")
    assert CANARY not in answer.text
    assert "Error" not in answer.text
    assert ".py" not in answer.text


def test_a_report_that_was_not_saved_is_said_to_be_so() -> None:
    answer = _failing(NotSavedError("NOT saved. Ring 999."))
    assert (answer.status, answer.json) == (503, {"error": "NOT saved. Ring 999."})


def test_a_database_that_is_away_is_an_honest_503_and_no_fault() -> None:
    answer = _failing(UnavailableError(CANARY))
    assert answer.status == 503
    assert CANARY not in answer.text
