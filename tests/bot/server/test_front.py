"""The console page in a browser here: the token opens it, and nothing on it runs or leads elsewhere."""

import re
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from tests.support.served import TOKEN, Answer, How, Pairs, Served, served

NAME = ("host", "localhost:8080")


def _open(here: Served, cookie: str = "") -> Answer:
    headers: Pairs = [NAME, *([("cookie", cookie)] if cookie else [])]
    return here.ask("GET", "/console", headers=headers)


def _sign_in(here: Served, given: str | bytes = f"token={TOKEN}", *headers: tuple[str, str]) -> Answer:
    body = given if isinstance(given, bytes) else given.encode()
    return here.ask("POST", "/console/sign-in", body, headers=[NAME, *headers])


def test_whoever_has_not_signed_in_sees_where_to_and_nothing_of_how_things_are(here: Served) -> None:
    page = _open(here)
    assert page.status == 200
    assert '<form method="post" action="/console/sign-in">' in page.text
    assert "Notices waiting" not in page.text
    assert TOKEN not in page.text


def test_the_token_opens_the_page_for_this_browser(here: Served) -> None:
    answer = _sign_in(here, f"token={TOKEN}", ("origin", "http://localhost:8080"))
    assert (answer.status, answer.headers["location"]) == (303, "/console")
    cookie = answer.headers["set-cookie"].partition(";")[0]
    page = _open(here, cookie)
    assert "Reports can be taken and sent." in page.text
    assert "Notices waiting" in page.text


def test_the_cookie_is_kept_from_scripts_other_sites_and_other_paths_and_is_not_the_token(
    here: Served,
) -> None:
    sent = _sign_in(here).headers["set-cookie"]
    parts = {part.strip().lower() for part in sent.split(";")[1:]}
    assert {"httponly", "samesite=strict", "path=/console"} <= parts
    assert not {part for part in parts if part.startswith(("domain", "max-age", "expires"))}
    assert TOKEN not in sent


def test_the_cookie_opens_the_page_only_and_takes_no_reports(here: Served) -> None:
    cookie = _sign_in(here).headers["set-cookie"].partition(";")[0]
    headers = [NAME, ("cookie", cookie)]
    assert here.ask("POST", "/console/reports", b"{}", headers=headers).status == 404
    stolen = [NAME, ("authorization", f"Bearer {cookie.partition('=')[2]}")]
    assert here.ask("POST", "/console/reports", b"{}", headers=stolen).status == 404


@pytest.mark.parametrize(
    "given",
    [
        "",
        "token=",
        "token=wrong",
        TOKEN[:-1],
        f"token={TOKEN}x",
        "token[]=x",
        b"\xff\xfe\x00",
        b"token=" + b"x" * 10**6,
    ],
    ids=repr,
)
def test_anything_but_the_token_opens_nothing_and_is_not_repeated(here: Served, given: str | bytes) -> None:
    answer = _sign_in(here, given)
    assert answer.status == 403
    assert "That is not the token." in answer.text
    assert "set-cookie" not in answer.headers
    assert len(answer.body) < 10_000


def test_a_page_from_elsewhere_cannot_sign_in_with_a_token_it_knows(here: Served) -> None:
    assert _sign_in(here, f"token={TOKEN}", ("origin", "http://evil.example")).status == 404


@pytest.mark.parametrize(
    "cookie", ["signpost_console=", "signpost_console=x", f"signpost_console={TOKEN}", "a=b; =;;"]
)
def test_no_other_cookie_opens_the_page(here: Served, cookie: str) -> None:
    assert "Notices waiting" not in _open(here, cookie).text


def test_only_its_own_style_is_allowed_on_it_and_it_may_go_nowhere_else(here: Served) -> None:
    page = here.get("/console")
    policy = dict(one.strip().split(" ", 1) for one in page.headers["content-security-policy"].split(";"))
    (style,) = re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL)
    assert policy == {
        "default-src": "'none'",
        "style-src": f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    assert b64decode(policy["style-src"].removeprefix("'sha256-").removesuffix("'"))


@pytest.mark.parametrize("signed_in", [True, False])
def test_there_is_no_script_no_inline_style_and_no_address_of_anybody_elses_on_it(
    here: Served, *, signed_in: bool
) -> None:
    text = (here.get("/console") if signed_in else _open(here)).text
    assert not re.search(r"<script|\son\w+=|\sstyle=|javascript:|https?://|src=", text, re.IGNORECASE)


def test_what_is_wrong_is_said_in_words_with_what_to_do(own: Served) -> None:
    own.health.delivery.beat = None
    page = own.get("/console").text
    assert "Reports cannot be taken or sent." in page
    assert "tell people by telephone" in page
    assert "Notices are not being sent." in page


def test_what_cannot_be_counted_is_not_said_to_be_none(own: Served) -> None:
    with own.office.store.engine.begin() as connection:
        connection.execute(sql("ALTER TABLE notice RENAME TO elsewhere"))
    page = own.get("/console").text
    assert "The database does not answer." in page
    assert page.count("<dd>?</dd>") == 3


def test_without_the_test_setting_there_is_the_page_and_nothing_behind_it(tmp_path: Path) -> None:
    with served(f"sqlite:///{tmp_path / 'signpost.db'}", tmp_path, How(test=False)) as found:
        assert found.get("/console").status == 200
        for path in ("/console/reports", "/console/cases?as=sam", "/console/cases/SP-2222-2222?as=sam"):
            assert found.get(path).status == 404
        assert found.post("/console/reports", {}).status == 404
