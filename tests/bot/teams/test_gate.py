"""What Teams did not sign for this app, from this tenant, is refused, and nothing comes of it (S3, S19)."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import jwt
import pytest

from bot.teams.gate import Gate
from bot.teams.hosts import HOME, Hosts
from bot.teams.keys import Keys
from tests.bot.teams.doorstep import Doorstep, doorstep
from tests.support.teams import signing
from tests.support.teams.people import account_of
from tests.support.teams.signing import APP, TENANT, claims, public_jwk, public_pem, token

ELSEWHERE = "https://connector.elsewhere.example/uk"


@pytest.fixture(scope="module")
def step() -> Iterator[Doorstep]:
    """Give Teams' door, which the tests of this module share."""
    bare = public_jwk("bare")
    del bare["endorsements"]
    with doorstep(
        public_jwk("unendorsed", endorsements=[]),
        public_jwk("endorsed-for-others", endorsements=["webchat", "directline"]),
        bare,
        public_jwk("for-encryption", use="enc"),
        {"kty": "oct", "kid": "shared", "k": base64.urlsafe_b64encode(b"s" * 32).decode()},
    ) as found:
        yield found


@dataclass(frozen=True, slots=True)
class Try:
    """An activity under a token, as somebody might try it. `status` is what it must be answered with."""

    status: int
    token: Callable[[str], str | None] = lambda url: token(claims(url))
    spoil: Callable[[dict[str, Any]], None] = lambda _: None


def part(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unsigned(url: str) -> str:
    return f"{part({'alg': 'none', 'typ': 'JWT', 'kid': 'first'})}.{part(claims(url))}."


def named_none(url: str) -> str:
    return f"{part({'alg': 'none', 'typ': 'JWT', 'kid': 'first'})}.{part(claims(url))}.{part(b'x')}"


def by_public_key(url: str) -> str:
    """HS256 with the public key as the secret, which everybody can read."""
    text = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': 'first'})}.{part(claims(url))}"
    mac = hmac.new(public_pem("first"), text.encode(), hashlib.sha256).digest()
    return f"{text}.{part(mac)}"


def by_shared_key(url: str) -> str:
    return jwt.encode(claims(url), b"s" * 32, algorithm="HS256", headers={"kid": "shared"})


def in_ps256(url: str) -> str:
    key = signing.private_key("first")
    return jwt.encode(claims(url), key, algorithm="PS256", headers={"kid": "first"})


def without_kid(url: str) -> str:
    return jwt.encode(claims(url), signing.private_key("first"), algorithm="RS256")


def changed(**changes: Any) -> Callable[[str], str]:
    return lambda url: token(claims(url, **changes))


def signed_by(name: str, **more: Any) -> Callable[[str], str]:
    return lambda url: token(claims(url), by=name, **more)


def with_other_claims(url: str) -> str:
    """A good signature under other claims than it was made for."""
    head, _, signature = token(claims(url)).split(".")
    return f"{head}.{part(claims(url, aud='another'))}.{signature}"


def fixed(text: str | None) -> Callable[[str], str | None]:
    return lambda _: text


def put(*path: str, value: object) -> Callable[[dict[str, Any]], None]:
    """Change something in the body, or take it out where the value is None."""

    def spoil(body: dict[str, Any]) -> None:
        inside = body
        for key in path[:-1]:
            inside = inside[key]
        if value is None:
            del inside[path[-1]]
        else:
            inside[path[-1]] = value

    return spoil


def tenantless(body: dict[str, Any]) -> None:
    del body["channelData"]["tenant"]
    del body["conversation"]["tenantId"]


OTHER = account_of("another-tenant")
PAST, FUTURE = int(time.time()) - 4000, int(time.time()) + 4000
TRIES: dict[str, Try] = {
    "no token": Try(401, fixed(None)),
    "an empty token": Try(401, fixed("")),
    "no JWT": Try(401, fixed("abc")),
    "dots alone": Try(401, fixed("..")),
    "a JWT of rubbish": Try(401, fixed("YWJj.YWJj.YWJj")),
    "a header without an end": Try(401, fixed(f"{part(b'{' * 3000)}.YWJj.YWJj")),
    "too long a token": Try(401, lambda url: token(claims(url, more="x" * 9000))),
    "alg none, unsigned": Try(401, unsigned),
    "alg none, with something as signature": Try(401, named_none),
    "HS256 with the public key": Try(401, by_public_key),
    "HS256 with a symmetric key that is listed": Try(401, by_shared_key),
    "PS256 with the right key": Try(401, in_ps256),
    "no kid": Try(401, without_kid),
    "an unknown kid": Try(401, signed_by("stranger")),
    "a stranger's key under a known kid": Try(401, signed_by("stranger", kid="first")),
    "a key that is for encryption": Try(401, signed_by("for-encryption")),
    "a critical header that nobody understands": Try(401, signed_by("first", headers={"crit": ["exp"]})),
    "a payload that isn't encoded": Try(401, signed_by("first", headers={"b64": False})),
    "other claims than were signed": Try(401, with_other_claims),
    "another audience": Try(401, changed(aud=account_of("another-app"))),
    "the audience as an address": Try(401, changed(aud=f"api://botid-{APP}")),
    "the audience as a list": Try(401, changed(aud=[APP])),
    "the audience in capitals": Try(401, changed(aud=APP.upper())),
    "no audience": Try(401, changed(aud=None)),
    "another issuer": Try(401, changed(iss="https://issuer.elsewhere.example")),
    "Entra as issuer": Try(401, changed(iss=f"https://sts.windows.net/{TENANT}/", tid=TENANT)),
    "no issuer": Try(401, changed(iss=None)),
    "expired": Try(401, changed(exp=PAST)),
    "no end": Try(401, changed(exp=None)),
    "an end that is no number": Try(401, changed(exp="never")),
    "an endless end": Try(401, changed(exp=1e400)),
    "not valid yet": Try(401, changed(nbf=FUTURE)),
    "no beginning": Try(401, changed(nbf=None)),
    "no service URL signed": Try(401, changed(serviceurl=None)),
    "a service URL that is no text": Try(401, changed(serviceurl=[HOME])),
    "another service URL signed": Try(403, changed(serviceurl=HOME)),
    "another service URL in the body": Try(403, spoil=put("serviceUrl", value=HOME)),
    "no service URL in the body": Try(403, spoil=put("serviceUrl", value=None)),
    "a hostile service URL in both": Try(
        403, changed(serviceurl=ELSEWHERE), put("serviceUrl", value=ELSEWHERE)
    ),
    "a key that is endorsed for nothing": Try(403, signed_by("unendorsed")),
    "a key that is endorsed for other channels": Try(403, signed_by("endorsed-for-others")),
    "a key without endorsements": Try(403, signed_by("bare")),
    "another channel": Try(403, spoil=put("channelId", value="webchat")),
    "no channel": Try(403, spoil=put("channelId", value=None)),
    "another tenant": Try(403, spoil=put("channelData", "tenant", "id", value=OTHER)),
    "another tenant of the conversation": Try(403, spoil=put("conversation", "tenantId", value=OTHER)),
    "a tenant that is no text": Try(403, spoil=put("channelData", "tenant", value=[TENANT])),
    "no tenant": Try(403, spoil=tenantless),
}


def test_there_are_as_many_tries_as_were_promised() -> None:
    assert len(TRIES) >= 25


@pytest.mark.parametrize("name", TRIES)
@pytest.mark.parametrize("kind", ["message", "invoke"])
def test_a_bad_token_is_refused_without_a_word_and_nothing_comes_of_it(
    step: Doorstep, name: str, kind: str
) -> None:
    tried, tom = TRIES[name], step.teams.person("tom")
    more = {"name": "task/fetch", "value": {"data": {}}} if kind == "invoke" else {"text": "Hello"}
    body = tom.activity(kind, **more)
    tried.spoil(body)
    bearer = tried.token(step.teams.service_url)
    headers = [] if bearer is None else [("authorization", f"Bearer {bearer}")]
    before = len(step.handled.activities)
    answer = step.post(json.dumps(body).encode(), headers)
    assert (answer.status, answer.body) == (tried.status, b"")
    assert len(step.handled.activities) == before


@pytest.mark.parametrize("name", TRIES)
def test_the_gate_refuses_it_by_itself_before_the_sdk_looks(step: Doorstep, name: str) -> None:
    tried, body = TRIES[name], step.teams.person("tom").activity("message", text="Hello")
    tried.spoil(body)
    bearer = tried.token(step.teams.service_url)

    async def judged() -> int:
        hosts = Hosts([step.teams.service_url])
        gate = Gate(APP, [TENANT], keys=Keys(step.teams.openid_url), hosts=hosts)
        return (await gate.judge(body, [] if bearer is None else [f"Bearer {bearer}"])).value

    assert asyncio.run(judged()) == tried.status


def test_what_teams_signed_comes_in(step: Doorstep) -> None:
    before = len(step.handled.activities)
    step.teams.person("tom").says("Hello")
    (activity,) = step.handled.activities[before:]
    assert (activity.account, activity.text) == (account_of("tom"), "Hello")


@pytest.mark.parametrize("scheme", ["bearer ", "Basic ", "Bearer  ", ""])
def test_another_way_of_putting_the_token_is_refused(step: Doorstep, scheme: str) -> None:
    body = json.dumps(step.teams.person("tom").activity("message", text="Hello")).encode()
    good = token(claims(step.teams.service_url))
    assert step.post(body, [("authorization", f"{scheme}{good}")]).status == 401


def test_two_tokens_are_refused_even_if_both_are_good(step: Doorstep) -> None:
    body = json.dumps(step.teams.person("tom").activity("message", text="Hello")).encode()
    good = ("authorization", f"Bearer {token(claims(step.teams.service_url))}")
    assert step.post(body, [good, good]).status == 401


def test_a_clock_that_differs_by_less_than_five_minutes_is_allowed(step: Doorstep) -> None:
    tom, now = step.teams.person("tom"), int(time.time())
    for skewed in ({"exp": now - 200}, {"nbf": now + 200}):
        signed = token(claims(step.teams.service_url, **skewed))
        assert step.teams.send(tom.activity("message", text="Hello"), token=signed).status == 200


def test_a_flood_of_unknown_keys_makes_no_flood_of_fetches(step: Doorstep) -> None:
    asked = step.teams.login.asked["keys"]
    body = json.dumps(step.teams.person("tom").activity("message", text="Hello")).encode()
    for number in range(200):
        bearer = token(claims(step.teams.service_url), kid=f"made-up-{number}")
        assert step.post(body, [("authorization", f"Bearer {bearer}")]).status == 401
    assert step.teams.login.asked["keys"] - asked <= 1


class Watch:
    """A clock that goes when told."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        """Say what it shows."""
        return self.at


def test_a_new_key_is_found_and_old_ones_outlive_a_login_that_is_away(step: Doorstep) -> None:
    watch = Watch()

    async def through_a_change() -> list[bool]:
        keys = Keys(step.teams.openid_url, now=watch)
        found = [await keys.key("first") is not None, await keys.key("second") is not None]
        step.teams.login.keys.append(public_jwk("second"))
        found.append(await keys.key("second") is not None)
        watch.at += 61
        found.append(await keys.key("second") is not None)
        step.teams.login.down = True
        watch.at += 100_000
        found += [await keys.key("first") is not None, await keys.key("third") is not None]
        step.teams.login.down = False
        return found

    assert asyncio.run(through_a_change()) == [True, False, False, True, True, False]


def test_many_who_wait_for_one_key_wait_for_one_fetch(step: Doorstep) -> None:
    asked = step.teams.login.asked["keys"]

    async def many() -> list[bool]:
        keys = Keys(step.teams.openid_url)
        return [found is not None for found in await asyncio.gather(*(keys.key("first") for _ in range(50)))]

    assert all(asyncio.run(many()))
    assert step.teams.login.asked["keys"] == asked + 1


@pytest.mark.parametrize(
    "where",
    ["http://127.0.0.1:9/nothing", "http://127.0.0.1:9"],
)
def test_without_keys_nobody_comes_in(where: str) -> None:
    async def judged() -> int:
        gate = Gate(APP, [TENANT], keys=Keys(where, seconds=0.5), hosts=Hosts())
        body = {"serviceUrl": HOME, "channelId": "msteams", "channelData": {"tenant": {"id": TENANT}}}
        return (await gate.judge(body, [f"Bearer {token(claims(HOME))}"])).value

    assert asyncio.run(judged()) == 401


@pytest.mark.parametrize(
    "url",
    [
        "https://smba.trafficmanager.net/uk/7e4a0001-0000-4000-8000-0000000000af/",
        "https://smba.trafficmanager.net/teams",
        "https://SMBA.trafficmanager.net:443/amer/",
        "https://listed.example/teams",
        "http://127.0.0.1:3978/other/path",
    ],
)
def test_microsofts_addresses_and_those_that_are_listed_may_be_answered(url: str) -> None:
    assert Hosts(["https://listed.example/teams", "http://127.0.0.1:3978"]).allow(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "smba.trafficmanager.net",
        "http://smba.trafficmanager.net/uk",
        "https://smba.trafficmanager.net:8443/uk",
        "https://smba.trafficmanager.net@elsewhere.example/uk",
        "https://smba.trafficmanager.net.elsewhere.example/uk",
        "https://elsewhere.trafficmanager.net/uk",
        "https://trafficmanager.net/uk",
        "https://elsewhere.example/smba.trafficmanager.net",
        "https://elsewhere.example\\@smba.trafficmanager.net/",
        "https://smba.trafficmanager.net/uk?to=elsewhere.example",
        "https://smba.trafficmanager.net/uk#elsewhere",
        "https://smba.trafficmanager.net /uk",
        "https://smba.trafficmanager.net\n.elsewhere.example/uk",
        "https://ѕmba.trafficmanager.net/uk",
        "https://smba.trafficmanager.net:x/uk",
        "http://127.0.0.1/uk",
        "http://169.254.169.254/metadata",
        "http://listed.example/teams",
        "http://127.0.0.1:3979",
        "file:///etc/hosts",
        "//smba.trafficmanager.net/uk",
    ],
)
def test_no_other_address_is_ever_answered(url: str) -> None:
    assert not Hosts(["https://listed.example/teams", "http://127.0.0.1:3978"]).allow(url)
