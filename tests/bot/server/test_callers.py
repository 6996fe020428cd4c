"""Who counts as this machine: not a proxy's client, and not a hostile page in a browser that runs here."""

import pytest
from starlette.requests import Request

from bot.server.callers import bears, from_this_machine, same
from tests.support.served import HERE, Pairs, scope_of

PEERS_HERE = ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"]
PEERS_ELSEWHERE = ["10.0.0.7", "192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1", "0.0.0.0", "testclient", ""]  # noqa: S104  a peer, not where we listen


def _request(headers: Pairs, peer: tuple[str, int] | None = HERE) -> Request:
    return Request(scope_of("GET", "/", headers, peer))


def _near(headers: Pairs, peer: tuple[str, int] | None = HERE, host: str = "127.0.0.1") -> bool:
    return from_this_machine(_request(headers, peer), host)


@pytest.mark.parametrize("peer", PEERS_HERE)
def test_a_peer_on_loopback_is_this_machine(peer: str) -> None:
    assert _near([("host", "localhost:8080")], (peer, 1))


@pytest.mark.parametrize("peer", PEERS_ELSEWHERE)
def test_any_other_peer_is_not(peer: str) -> None:
    assert not _near([("host", "localhost:8080")], (peer, 1))


def test_a_peer_that_nobody_knows_is_not() -> None:
    assert not _near([("host", "localhost:8080")], None)


@pytest.mark.parametrize(
    "name",
    [
        "localhost",
        "LocalHost:8080",
        "localhost.",
        "127.0.0.1",
        "127.0.0.1:8080",
        "[::1]:8080",
        "signpost.lan:8080",
    ],
)
def test_it_is_called_by_a_name_of_its_own(name: str) -> None:
    assert _near([("host", name)], host="signpost.lan")


@pytest.mark.parametrize(
    "name",
    [
        "evil.example",
        "evil.example:8080",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "localhost@evil.example",
        "evil.example#localhost",
        "192.0.2.1:8080",
        "10.0.0.7",
        "",
        ":8080",
        "[::1",
        "[evil]",
        "local\u0131host",
        "127.0.0.1\x00.evil.example",
    ],
)
def test_a_browser_here_that_was_led_here_under_another_name_is_not_this_machine(name: str) -> None:
    """DNS rebinding: the peer is loopback, since the browser is here; the page it shows is not."""
    assert not _near([("host", name)], host="signpost.lan")


def test_without_a_name_or_with_two_it_is_not_this_machine() -> None:
    assert not _near([])
    assert not _near([("host", "localhost"), ("host", "evil.example")])
    assert not _near([("host", "localhost"), ("host", "localhost")])


@pytest.mark.parametrize(
    "name", ["X-Forwarded-For", "x-forwarded-host", "X-Forwarded-Proto", "Forwarded", "Via", "X-Real-IP"]
)
def test_what_a_proxy_passed_on_is_not_from_this_machine(name: str) -> None:
    assert not _near([("host", "localhost:8080"), (name, "127.0.0.1")])


@pytest.mark.parametrize(
    "origin", ["http://127.0.0.1:8080", "https://127.0.0.1:8080", "HTTP://127.0.0.1:8080"]
)
def test_our_own_page_may_call(origin: str) -> None:
    assert _near([("host", "127.0.0.1:8080"), ("origin", origin)])


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "",
        "http://127.0.0.1:9090",
        "http://127.0.0.1",
        "http://localhost:8080",
        "http://127.0.0.1:8080.evil.example",
        "http://127.0.0.1:8080@evil.example",
        "http://[::1",
        "file://",
    ],
)
def test_a_page_from_elsewhere_even_from_another_port_may_not(origin: str) -> None:
    assert not _near([("host", "127.0.0.1:8080"), ("origin", origin)])


@pytest.mark.parametrize("given", ["Bearer secret", "bearer secret", "BEARER  secret "])
def test_a_token_is_borne_in_the_authorization_header(given: str) -> None:
    assert bears(_request([("authorization", given)]), "secret")


@pytest.mark.parametrize(
    "given",
    ["", "secret", "Bearer", "Bearer ", "Bearer secre", "Bearer secrett", "Basic secret", b"Bearer s\xe9"],
)
def test_nothing_else_is_a_token(given: str | bytes) -> None:
    assert not bears(_request([("authorization", given)]), "secret")


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", "Bearer  "])
def test_an_empty_token_opens_nothing_to_nobody(given: str) -> None:
    """As where the file of the token was left empty by a start that was cut off."""
    assert not bears(_request([("authorization", given)]), "")


def test_secrets_are_compared_in_a_time_that_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def noted(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return one == other

    monkeypatch.setattr("bot.server.callers.hmac.compare_digest", noted)
    assert same("secret", "secret")
    assert not same("wrong", "secret")
    assert compared == [(b"secret", b"secret"), (b"wrong", b"secret")]
