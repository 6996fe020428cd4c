"""Tokens are had by secret or certificate, and kept until shortly before their end; refusals are words."""

import asyncio
import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from bot.teams.auth import Credential, NoTokenError, Scope, Tokens
from tests.support.slack.running import Running
from tests.support.teams.login import SECRET, Login
from tests.support.teams.signing import APP, TENANT, private_key, public_pem

SECRETLY = Credential(app_id=APP, tenant=TENANT, secret=SECRET)


async def _nothing() -> None:
    return


@pytest.fixture
def login() -> Login:
    return Login()


@pytest.fixture
def url(login: Login) -> Iterator[str]:
    """Give where the login listens."""
    running = Running(login.routes(), _nothing)
    running.start()
    yield f"http://127.0.0.1:{running.port}"
    running.stop()


class Watch:
    """A clock that goes when told."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        """Say what it shows."""
        return self.at


def certified() -> tuple[str, str]:
    """A certificate with its key, as in a file, and its thumbprint as an assertion names it."""
    key = private_key("certified")
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "signpost.oakfield.example")])
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=730))
        .sign(key, hashes.SHA256())
    )
    thumbprint = base64.urlsafe_b64encode(hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest())
    written = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return (written + certificate.public_bytes(Encoding.PEM)).decode(), thumbprint.decode()


def test_a_secret_gets_a_token_for_each_purpose_from_the_apps_own_tenant(login: Login, url: str) -> None:
    async def both() -> tuple[str, str]:
        tokens = Tokens(SECRETLY, login_url=url)
        return await tokens.for_bot(), await tokens.for_graph()

    bot, graph = asyncio.run(both())
    assert bot != graph
    assert [one["scope"] for one in login.granted] == [Scope.BOT, Scope.GRAPH]
    assert {one["tenant"] for one in login.granted} == {TENANT}


def test_a_certificate_gets_one_by_its_own_thumbprint(login: Login, url: str) -> None:
    pem, thumbprint = certified()
    login.certificates[thumbprint] = public_pem("certified")
    credential = Credential(app_id=APP, tenant=TENANT, certificate=pem)
    assert login.good(f"Bearer {asyncio.run(Tokens(credential, login_url=url).for_bot())}")
    assert "client_secret" not in login.granted[0]


def test_many_who_ask_at_once_wait_for_one_token(login: Login, url: str) -> None:
    async def many() -> set[str]:
        tokens = Tokens(SECRETLY, login_url=url)
        return set(await asyncio.gather(*(tokens.for_bot() for _ in range(20))))

    assert len(asyncio.run(many())) == 1
    assert login.asked["token"] == 1


def test_a_token_is_kept_until_shortly_before_its_end_and_then_had_anew(login: Login, url: str) -> None:
    watch, found = Watch(), list[str]()
    login.life = 290  # shorter than what msal keeps for itself

    async def on_and_on() -> None:
        tokens = Tokens(SECRETLY, login_url=url, now=watch)
        for at in (0.0, 4.0, 6.0):
            watch.at = at
            found.append(await tokens.for_bot())

    asyncio.run(on_and_on())
    assert found[0] == found[1] != found[2]


def test_a_token_that_a_service_refused_is_asked_of_the_login_again(url: str) -> None:
    async def twice() -> tuple[str, str]:
        tokens = Tokens(SECRETLY, login_url=url)
        first = await tokens.for_bot()
        tokens.drop(Scope.BOT)
        return first, await tokens.for_bot()

    first, second = asyncio.run(twice())
    assert first != second


@pytest.mark.parametrize(
    ("credential", "reason"),
    [
        (Credential(app_id=APP, tenant=TENANT, secret="wrong"), "invalid-client"),  # noqa: S106  a wrong one
        (Credential(app_id=APP, tenant=TENANT, certificate="no PEM at all"), "no-certificate"),
        (Credential(app_id=APP, tenant=TENANT), "no-credential"),
    ],
)
def test_a_refusal_is_a_word_and_says_that_trying_again_is_of_no_use(
    url: str, credential: Credential, reason: str
) -> None:
    with pytest.raises(NoTokenError) as told:
        asyncio.run(Tokens(credential, login_url=url).for_bot())
    assert str(told.value) == reason
    assert told.value.refused


def test_a_certificate_whose_key_is_elsewhere_says_so(url: str) -> None:
    pem, _ = certified()
    lone = pem[pem.index("-----BEGIN CERTIFICATE") :]
    with pytest.raises(NoTokenError, match="certificate-without-key"):
        asyncio.run(Tokens(Credential(app_id=APP, tenant=TENANT, certificate=lone), login_url=url).for_bot())


def test_a_managed_identity_that_is_not_there_is_unavailable_in_time() -> None:
    with pytest.raises(NoTokenError):
        asyncio.run(Tokens(Credential(app_id=APP, tenant=TENANT, identity="system"), seconds=0.5).for_bot())


def test_a_login_that_is_away_is_unavailable_and_asked_again_later(login: Login, url: str) -> None:
    async def away_and_back() -> str:
        tokens = Tokens(SECRETLY, login_url=url)
        login.down = True
        with pytest.raises(NoTokenError, match="unavailable") as told:
            await tokens.for_bot()
        assert not told.value.refused
        login.down = False
        return await tokens.for_bot()

    assert login.good(f"Bearer {asyncio.run(away_and_back())}")
