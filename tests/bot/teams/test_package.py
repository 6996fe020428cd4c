"""The app package: three files that Teams takes, the same each time, and nothing that needs a permission."""

import io
import json
import zipfile
import zlib
from dataclasses import replace
from typing import Any

import pytest

from bot.teams import ids
from bot.teams.icons import colour_icon, outline_icon, size_of
from bot.teams.package import FILES, About, build, faults_of, manifest

ABOUT = About(
    app_id="7E4A0000-0000-4000-8000-00000000000A",
    organisation="Oakfield Academy Trust",
    website="https://www.oakfield.example",
    privacy="https://www.oakfield.example/privacy",
    terms="https://www.oakfield.example/terms",
    version="1.2.3",
)


def _files(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def _packed(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for name, body in files.items():
            packed.writestr(name, body)
    return content.getvalue()


def _with(change: Any) -> list[str]:
    """The faults of a package whose manifest was changed."""
    files = _files(build(ABOUT))
    found = json.loads(files["manifest.json"])
    change(found)
    return list(faults_of(_packed({**files, "manifest.json": json.dumps(found).encode()})))


def test_a_package_holds_a_manifest_and_two_icons_at_its_top_and_has_no_fault() -> None:
    package = build(ABOUT)
    assert tuple(_files(package)) == FILES
    assert list(faults_of(package)) == []


def test_the_same_settings_make_the_same_bytes() -> None:
    assert build(ABOUT) == build(ABOUT)


def test_the_bot_is_everywhere_and_the_extension_has_every_command_that_is_listened_for() -> None:
    found = manifest(ABOUT)
    assert found["bots"][0]["scopes"] == ["personal", "team", "groupChat"]
    commands = {one["id"]: one for one in found["composeExtensions"][0]["commands"]}
    assert commands.keys() == {ids.CHECK_POST, ids.REPORT, ids.CHECK_MESSAGE, ids.REPORT_MESSAGE}
    assert all(one["type"] == "action" and one["fetchTask"] for one in commands.values())
    assert {name for name, one in commands.items() if one["context"] == ["message"]} == {
        ids.CHECK_MESSAGE,
        ids.REPORT_MESSAGE,
    }


def test_the_app_asks_for_no_permission_no_device_and_no_web_page() -> None:
    found = manifest(ABOUT)
    assert found["validDomains"] == []
    assert found.keys().isdisjoint({"permissions", "devicePermissions", "authorization", "staticTabs"})


def test_a_long_name_of_a_trust_is_cut_to_what_teams_takes() -> None:
    found = manifest(replace(ABOUT, organisation="The Very Long Named Academies Trust of the Shire"))
    assert found["developer"]["name"] == "The Very Long Named Academies Tr"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"app_id": "signpost"}, "id is no id"),
        ({"website": "http://oakfield.example"}, "developer.websiteUrl is no address"),
        ({"terms": "https://"}, "developer.termsOfUseUrl is no address"),
        ({"version": "1.0"}, "version is none"),
        ({"organisation": " "}, "developer.name should be text"),
    ],
)
def test_what_teams_would_refuse_is_refused_here(change: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        build(replace(ABOUT, **change))


def test_every_text_is_held_to_its_length() -> None:
    assert _with(lambda found: found["name"].update(short="x" * 31)) == [
        "name.short should be text of at most 30 characters"
    ]
    assert _with(lambda found: found["composeExtensions"][0]["commands"][0].update(title="x" * 33))
    assert _with(lambda found: found["bots"][0]["commandLists"][0]["commands"][0].update(description=""))
    assert _with(lambda found: found["bots"][0].update(botId="x"))


def test_what_is_no_package_is_said_to_be_none() -> None:
    assert list(faults_of(b"no zip")) == ["the package cannot be read (BadZipFile)"]
    files = _files(build(ABOUT))
    assert any("holds" in one for one in faults_of(_packed({**files, "notes.txt": b"x"})))
    assert list(faults_of(_packed({**files, "color.png": files["outline.png"]}))) == [
        "color.png is no PNG of 192 by 192 pixels"
    ]


def test_the_icons_are_pictures_and_the_outline_is_white_on_nothing() -> None:
    assert (size_of(colour_icon()), size_of(outline_icon())) == ((192, 192), (32, 32))
    pixels = _pixels(outline_icon(), 32)
    assert {pixel[:3] for pixel in pixels} == {b"\xff\xff\xff"}
    assert {0, 255} < {pixel[3] for pixel in pixels}, "edges are smooth"
    assert {pixel[3] for pixel in _pixels(colour_icon(), 192)} == {255}


def _pixels(png: bytes, size: int) -> list[bytes]:
    start = png.index(b"IDAT")
    length = int.from_bytes(png[start - 4 : start])
    body = png[start + 4 : start + 4 + length]
    assert int.from_bytes(png[start + 4 + length : start + 8 + length]) == zlib.crc32(b"IDAT" + body)
    rows = zlib.decompress(body)
    width = 1 + 4 * size
    assert len(rows) == size * width
    return [
        rows[row * width + 1 + 4 * column : row * width + 5 + 4 * column]
        for row in range(size)
        for column in range(size)
    ]
