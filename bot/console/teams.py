"""`signpost teams …`: what a Teams administrator needs from here."""

import re
from collections import Counter
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot import app
from bot.console import inert
from bot.console.as_json import JsonOption
from bot.errors import NotReadyError, SignpostError, UsageError
from bot.settings import Settings, half_of_teams

if TYPE_CHECKING:
    from bot.reporting.people import Directory
    from bot.teams.package import About

teams = typer.Typer(help="Microsoft Teams: the app that its administrator uploads.", no_args_is_help=True)
_PACKAGE = Path("signpost-teams.zip")
_SINCE = re.compile(r"\d+\.\d+\.\d+", re.ASCII)

OutputOption = Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Where to write it.")]
WebsiteOption = Annotated[
    str | None, typer.Option("--website", metavar="URL", help="Your organisation's website.")
]
PrivacyOption = Annotated[
    str | None, typer.Option("--privacy", metavar="URL", help="Its privacy notice; else the website.")
]
TermsOption = Annotated[
    str | None, typer.Option("--terms", metavar="URL", help="Its rules for using Signpost; else the website.")
]
VersionOption = Annotated[
    str | None, typer.Option("--as-version", metavar="N.N.N", help="Higher than what was uploaded last.")
]
ReplaceOption = Annotated[bool, typer.Option("--replace", help="Write over a package that is there.")]


@teams.callback()
def _top() -> None:
    """Keep `package` a word of its own while it is the only one."""


@teams.command()
def package(  # noqa: PLR0913  each parameter is an option of the command
    *,
    output: OutputOption = _PACKAGE,
    website: WebsiteOption = None,
    privacy: PrivacyOption = None,
    terms: TermsOption = None,
    as_version: VersionOption = None,
    replace: ReplaceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Build the app package for the Teams admin centre from the settings, and check it."""
    from bot.teams.package import build

    about = _about(app.settings(), website, privacy, terms, as_version)
    try:
        content = build(about)
    except ValueError as error:
        raise SignpostError(f"no package was written: {'; '.join(str(error).splitlines())}") from error
    _write(output, content, replace=replace)
    if as_json:
        shown = {"file": str(output), "bytes": len(content), "app_id": about.app_id, "version": about.version}
        inert.print_json({**shown, "website": about.website})
        return
    inert.say(f"{output}: {about.organisation}, version {about.version}, website {about.website}")
    inert.say("Upload it in the Teams admin centre, and allow it for staff only: see docs/teams.md.")


def _about(
    found: Settings, website: str | None, privacy: str | None, terms: str | None, version: str | None
) -> "About":
    from bot.teams.package import About

    if half := half_of_teams(found):
        raise NotReadyError(half)
    if found.teams_app_id is None:
        raise NotReadyError("Teams is not set up: set TEAMS_APP_ID to the Application (client) ID")
    directory = _directory(found)
    website = website or _website(directory)
    return About(
        app_id=found.teams_app_id,
        organisation=directory.trust.name if directory else "Signpost",
        website=website,
        privacy=privacy or website,
        terms=terms or website,
        version=version or _version(),
    )


def _directory(found: Settings) -> "Directory | None":
    from bot.reporting.schools import load_schools

    return load_schools(found.schools) if found.schools is not None else None


def _website(directory: "Directory | None") -> str:
    """The website of the domain that most people's addresses have."""
    people = directory.people.values() if directory else ()
    domains = Counter(one.email.rpartition("@")[2].lower() for one in people if one.email)
    if not domains:
        raise UsageError("say where your organisation's website is: --website https://…")
    return f"https://www.{domains.most_common(1)[0][0]}"


def _version() -> str:
    """Signpost's own, which Teams takes only where it begins with three numbers."""
    try:
        known = _SINCE.match(metadata.version("signpost-bot"))
    except metadata.PackageNotFoundError:
        known = None
    return known[0] if known else "1.0.0"


def _write(path: Path, content: bytes, *, replace: bool) -> None:
    try:
        with path.open("wb" if replace else "xb") as opened:
            opened.write(content)
    except FileExistsError as error:
        raise SignpostError(f"{path} is there already: add --replace, or name another with -o") from error
    except OSError as error:
        raise SignpostError(f"{path} cannot be written: {error.strerror}") from error
