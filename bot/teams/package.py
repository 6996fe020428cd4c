"""The app package that a Teams administrator uploads: a manifest and two icons, zipped and checked here.

The manifest follows Microsoft's schema 1.19; `faults_of` holds it to what that schema asks of the parts used
here, so that a fault is found at this terminal and not in the admin centre.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.teams import ids
from bot.teams.icons import ACCENT, COLOUR, OUTLINE, colour_icon, outline_icon, size_of
from bot.wording import teams as wording

SCHEMA = "https://developer.microsoft.com/json-schemas/teams/v1.19/MicrosoftTeams.schema.json"
MANIFEST, COLOUR_FILE, OUTLINE_FILE = "manifest.json", "color.png", "outline.png"
FILES = (MANIFEST, COLOUR_FILE, OUTLINE_FILE)
LONGEST_NAME = 32
"""Characters of the organisation's name."""
_GUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_VERSION = re.compile(r"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})", re.ASCII)
_URL = re.compile(r"https://[^\s/]+(/\S*)?", re.IGNORECASE)
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The time that every file in the zip bears, so that the same settings make the same bytes."""
_COMPOSE, _MESSAGE = ("compose", "commandBox"), ("message",)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class About:
    """What the package says of whoever runs this installation. The addresses begin with https://."""

    app_id: str
    organisation: str
    website: str
    privacy: str
    terms: str
    version: str


def is_guid(text: str) -> bool:
    """Whether a text is an id as Entra gives them."""
    return _GUID.fullmatch(text) is not None


def manifest(about: About) -> Json:
    """The manifest: a bot everywhere, the message extension's four commands, no web pages, no permissions."""
    return {
        "$schema": SCHEMA,
        "manifestVersion": "1.19",
        "version": about.version,
        "id": about.app_id.lower(),
        "developer": {
            "name": about.organisation[:LONGEST_NAME].strip(),
            "websiteUrl": about.website,
            "privacyUrl": about.privacy,
            "termsOfUseUrl": about.terms,
        },
        "name": {"short": "Signpost", "full": "Signpost: can I post this?"},
        "description": {"short": _SHORT, "full": _FULL},
        "icons": {"color": COLOUR_FILE, "outline": OUTLINE_FILE},
        "accentColor": ACCENT,
        "bots": [_bot(about.app_id.lower())],
        "composeExtensions": [_extension(about.app_id.lower())],
        "validDomains": [],
        "defaultInstallScope": "personal",
    }


def build(about: About) -> bytes:
    """The package. Raises `ValueError` with every fault, one a line, where it would be refused."""
    files = {
        MANIFEST: (json.dumps(manifest(about), indent=2, ensure_ascii=False) + "\n").encode(),
        COLOUR_FILE: colour_icon(),
        OUTLINE_FILE: outline_icon(),
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in files.items():
            packed.writestr(zipfile.ZipInfo(name, _EARLIEST), body, zipfile.ZIP_DEFLATED)
    faults = tuple(faults_of(content.getvalue()))
    if faults:
        raise ValueError("\n".join(faults))
    return content.getvalue()


def faults_of(package: bytes) -> Iterator[str]:
    """Everything for which Teams would refuse a package of ours."""
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as packed:
            files = {name: packed.read(name) for name in packed.namelist()}
        found = json.loads(files[MANIFEST])
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        yield f"the package cannot be read ({type(error).__name__})"
        return
    if set(files) != set(FILES):
        yield f"the package holds {', '.join(sorted(files))}, and should hold {', '.join(FILES)}"
    for name, size in ((COLOUR_FILE, COLOUR), (OUTLINE_FILE, OUTLINE)):
        if size_of(files.get(name, b"")) != (size, size):
            yield f"{name} is no PNG of {size} by {size} pixels"
    yield from _manifest_faults(found)


def _bot(app_id: str) -> Json:
    personal = ((wording.HELP, _HELP), *_COMMANDS)
    return {
        "botId": app_id,
        "scopes": ["personal", "team", "groupChat"],
        "isNotificationOnly": False,
        "supportsFiles": False,
        "supportsCalling": False,
        "supportsVideo": False,
        "commandLists": [
            {"scopes": ["personal"], "commands": [_command(*one) for one in personal]},
            {"scopes": ["team", "groupChat"], "commands": [_command(wording.HELP, _HELP)]},
        ],
    }


def _command(title: str, description: str) -> Json:
    return {"title": title, "description": description}


def _extension(app_id: str) -> Json:
    return {
        "botId": app_id,
        "commands": [
            {
                "id": name,
                "type": "action",
                "title": title,
                "description": description,
                "context": list(context),
                "fetchTask": True,
            }
            for name, title, description, context in _ACTIONS
        ],
    }


def _manifest_faults(found: Mapping[str, Any]) -> Iterator[str]:
    for place, text, longest in _texts(found):
        if not isinstance(text, str) or not text.strip() or len(text) > longest:
            yield f"{place} should be text of at most {longest} characters"
    for place, text in _ids(found):
        if not isinstance(text, str) or not is_guid(text):
            yield f"{place} is no id: eight hexadecimal digits, three times four, and twelve"
    developer = found.get("developer") or {}
    for name in ("websiteUrl", "privacyUrl", "termsOfUseUrl"):
        if not _URL.fullmatch(str(developer.get(name, ""))):
            yield f"developer.{name} is no address that begins with https://"
    if not _VERSION.fullmatch(str(found.get("version", ""))):
        yield "version is none: write it as in 1.0.0"


def _texts(found: Mapping[str, Any]) -> Iterator[tuple[str, object, int]]:
    """Every text with its place and how long the schema lets it be."""
    for part, name, longest in _LENGTHS:
        yield f"{part}.{name}", (found.get(part) or {}).get(name), longest
    for bot in found.get("bots") or ():
        for command in (one for some in bot["commandLists"] for one in some["commands"]):
            yield "bots.commands.title", command.get("title"), 32
            yield "bots.commands.description", command.get("description"), 128
    for command in (one for some in found.get("composeExtensions") or () for one in some["commands"]):
        yield "composeExtensions.commands.id", command.get("id"), 64
        yield "composeExtensions.commands.title", command.get("title"), 32
        yield "composeExtensions.commands.description", command.get("description"), 128


def _ids(found: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    yield "id", found.get("id")
    for part in ("bots", "composeExtensions"):
        yield from ((f"{part}.botId", one.get("botId")) for one in found.get(part) or ())


_LENGTHS = (
    ("developer", "name", LONGEST_NAME),
    ("name", "short", 30),
    ("name", "full", 100),
    ("description", "short", 80),
    ("description", "full", 4000),
)
_SHORT = "Ask whether you may post something, and report what worries you."
_FULL = (
    "Ask Signpost in your own words whether you may post something, and it answers from your school's own "
    "social media policy, with the clause. Report contact that isn't right, or something that worries you "
    "online, and it reaches the person your school names for it; where nobody answers, the next is told.\n\n"
    "Signpost is for staff. In an emergency ring 999. What you write in a chat, and what Signpost answers "
    "there, is kept by Teams like any other message; what is in a report is shown in a window of its own and "
    "stands in no message."
)
_HELP = "What Signpost can do, and who can read it"
_COMMANDS = (
    (wording.REPORT, "Report something that worries you"),
    (wording.REPORTS, "How your own reports stand"),
    (wording.CASES, "The cases that you were told of"),
    (wording.AWAY, f"Say when you are away, as in: {wording.AWAY} 2026-11-23 2026-11-27"),
)
_ACTIONS = (
    (ids.CHECK_POST, "Check this post", "Ask whether you may post some words", _COMPOSE),
    (ids.REPORT, "Report something", "Report contact or content that worries you", _COMPOSE),
    (ids.CHECK_MESSAGE, "Check against policy", "Ask whether a message may be posted", _MESSAGE),
    (ids.REPORT_MESSAGE, "Report this", "Report a message that worries you", _MESSAGE),
)
