"""`signpost schools sync`: Entra's accounts and groups beside the file, shown first, written if wanted."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import signpost
from bot.errors import NotReadyError, SignpostError
from bot.reporting.schools import load_schools
from bot.reporting.schools_edits import edited
from bot.reporting.schools_sync import Difference
from tests.bot.reporting.oakfield import OAKFIELD, directory
from tests.support.teams.graph import PUPILS_GROUP, STAFF_GROUP, GraphStandIn, people_of
from tests.support.teams.people import account_of
from tests.support.teams.stand_in import Teams

GROUPED = "# Ours.\n" + OAKFIELD.replace(
    "people: [omar, ruth]}", f"people: [omar, ruth], group: {STAFF_GROUP}}}"
)


@pytest.fixture
def tenant() -> Iterator[GraphStandIn]:
    """Give Oakfield's tenant, whose deputies are Omar and Tom."""
    with GraphStandIn(people_of(directory())) as found:
        found.groups[STAFF_GROUP] = {account_of("omar"), account_of("tom")}
        yield found


@pytest.fixture
def file(tenant: GraphStandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the schools file of an installation that may ask that tenant's Graph."""
    schools = tmp_path / "schools.yml"
    schools.write_text(GROUPED, encoding="utf-8")
    schools.chmod(0o640)
    monkeypatch.chdir(tmp_path)
    with Teams() as teams:
        tenant.good = teams.login.good
        settings = {"SIGNPOST_SCHOOLS": str(schools), "SIGNPOST_GRAPH_URL": tenant.url, **teams.settings}
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        yield schools


def _run(*words: str) -> str:
    ran = CliRunner().invoke(signpost, ["schools", "sync", *words], standalone_mode=False)
    if ran.exception is not None:
        raise ran.exception
    return ran.output


def _beside(file: Path) -> list[str]:
    return sorted(one.name for one in file.parent.iterdir() if one != file)


def test_the_difference_is_shown_and_nothing_is_written(file: Path) -> None:
    said = _run()
    assert said.startswith("Oakfield Academy Trust: 24 differences between schools.yml and Entra\n")
    assert f"  sam: their address is the account {account_of('sam')} (Sam Okafor)\n" in said
    assert "deputy safeguarding lead, oak-primary: tom is in the group and not in the role\n" in said
    assert said.endswith("To write 24 of them: signpost schools sync --yes\n")
    assert file.read_text(encoding="utf-8") == GROUPED
    assert _beside(file) == []


def test_with_yes_it_is_written_with_a_backup_beside_it_and_then_nothing_differs(file: Path) -> None:
    said = json.loads(_run("--yes", "--json"))
    read = load_schools(file)
    assert read.people["sam"].accounts["teams"] == account_of("sam")
    assert next(one for one in read.holdings if one.group).people == ("omar", "tom")
    assert file.read_text(encoding="utf-8").startswith("# Ours.\n")
    backup = Path(said["backup"])
    assert _beside(file) == [backup.name]
    assert backup.read_text(encoding="utf-8") == GROUPED
    assert {one.stat().st_mode & 0o777 for one in (file, backup)} == {0o640}
    assert json.loads(_run("--json"))["differences"] == []


def test_what_a_person_has_to_see_to_is_told_apart_and_never_written(
    file: Path, tenant: GraphStandIn
) -> None:
    nell = tenant.add("nell", "nell@oakfield.example")
    tenant.groups[STAFF_GROUP].add(nell)
    del tenant.people[account_of("dan")]
    rows = json.loads(_run("--json"))["differences"]
    bad = [(one["what"], one["person"], one["account"]) for one in rows if not one["can_be_written"]]
    assert bad == [("missing", "dan", None), ("stranger", None, nell)]
    said = _run("--yes")
    assert f"deputy safeguarding lead, oak-primary: nell ({nell}) is in the group" in said
    assert nell not in file.read_text(encoding="utf-8")


def test_staff_who_are_in_nobodys_entry_are_shown_and_many_of_them_shortly(
    file: Path, tenant: GraphStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEAMS_STAFF_GROUP", PUPILS_GROUP)
    members = {tenant.add(f"new{one}", f"new{one}@oakfield.example") for one in range(230)}
    tenant.groups[PUPILS_GROUP] = {*members, account_of("sam"), "7b1c0000-0000-4000-8000-000000000001"}
    rows = json.loads(_run("--json"))["differences"]
    assert {one["account"] for one in rows if one["what"] == "stranger"} == members
    said = _run().splitlines()
    assert "  and 30 more, which --json lists" in said
    assert len([one for one in said if one.startswith("  staff: new")]) == 200
    assert file.read_text(encoding="utf-8") == GROUPED


def test_a_hostile_display_name_moves_no_cursor(file: Path, tenant: GraphStandIn) -> None:
    tenant.groups[STAFF_GROUP].add(tenant.add("x\x1b[2J\u202e\nroles: gone", "x@oakfield.example"))
    said = _run()
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "\nroles" not in said
    assert file.exists()


@pytest.mark.parametrize(
    ("break_it", "kind", "words"),
    [
        ({"refuse": {"/users": 403}}, NotReadyError, "grant User.Read.All"),
        ({"down": True}, SignpostError, "nothing was changed"),
        ({"garbage": b"<html>"}, SignpostError, "nothing was changed"),
        ({"groups": {}}, SignpostError, "is not in the tenant"),
    ],
)
def test_where_graph_says_nothing_the_file_stays_as_it_is(
    file: Path, tenant: GraphStandIn, break_it: dict[str, object], kind: type[Exception], words: str
) -> None:
    for name, value in break_it.items():
        setattr(tenant, name, value)
    with pytest.raises(kind, match=words):
        _run("--yes")
    assert file.read_text(encoding="utf-8") == GROUPED
    assert _beside(file) == []


def test_a_file_that_is_changed_meanwhile_is_not_written_over(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(text: str, name: str, wanted: Iterable[Difference]) -> str:
        file.write_text(GROUPED + "# and mine\n", encoding="utf-8")
        return edited(text, name, wanted)

    monkeypatch.setattr("bot.console.syncing.edited", slowly)
    with pytest.raises(SignpostError, match="changed meanwhile"):
        _run("--yes")
    assert file.read_text(encoding="utf-8").endswith("# and mine\n")
    assert not [one for one in _beside(file) if one.endswith(".new")]


def test_a_byte_order_mark_and_a_link_stay_what_they_are(file: Path) -> None:
    real = file.with_name("real.yml")
    real.write_bytes(b"\xef\xbb\xbf" + GROUPED.encode())
    file.unlink()
    file.symlink_to(real)
    _run("--yes")
    assert file.is_symlink()
    assert real.read_bytes().startswith(b"\xef\xbb\xbf# Ours.")
    assert load_schools(file).people["tom"].accounts["teams"] == account_of("tom")


def test_without_teams_there_is_nobody_to_ask(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TEAMS_APP_ID", "TEAMS_TENANT_ID", "TEAMS_APP_SECRET"):
        monkeypatch.delenv(name)
    with pytest.raises(NotReadyError, match="TEAMS_APP_ID"):
        _run(str(file))
