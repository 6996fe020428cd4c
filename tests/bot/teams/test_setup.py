"""Teams' pieces come whole from the settings, and a half is refused with the line that mends it."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.errors import NotReadyError
from bot.settings import Settings, read_settings
from bot.teams.setup import client_of, credential_of, hosts_of, tenants_of, tokens_of
from tests.support.teams.signing import APP, TENANT
from tests.support.teams.stand_in import Teams

WHOLE = {"TEAMS_APP_ID": APP, "TEAMS_TENANT_ID": TENANT, "TEAMS_APP_SECRET": "s"}


def settings(given: Mapping[str, str], folder: Path) -> Settings:
    return read_settings(given, folder)


def test_a_secret_a_certificate_or_an_identity_is_taken(tmp_path: Path) -> None:
    assert credential_of(settings(WHOLE, tmp_path)).secret == WHOLE["TEAMS_APP_SECRET"]
    base = {key: value for key, value in WHOLE.items() if key != "TEAMS_APP_SECRET"}
    certified = settings({**base, "TEAMS_APP_CERTIFICATE": "-----BEGIN\nX"}, tmp_path)
    assert credential_of(certified).certificate == "-----BEGIN\nX"
    assert (
        credential_of(settings({**base, "TEAMS_MANAGED_IDENTITY": "system"}, tmp_path)).identity == "system"
    )


def test_several_tenants_are_let_in_and_the_first_is_the_apps_own(tmp_path: Path) -> None:
    found = settings({**WHOLE, "TEAMS_TENANT_ID": f"{TENANT.upper()}, second ,"}, tmp_path)
    assert tenants_of(found) == (TENANT, "second")
    assert credential_of(found).tenant == TENANT


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"TEAMS_APP_ID": ""}, "set TEAMS_APP_ID"),
        ({"TEAMS_TENANT_ID": ""}, "set TEAMS_TENANT_ID"),
        ({"TEAMS_TENANT_ID": " , "}, "set TEAMS_TENANT_ID"),
        ({"TEAMS_APP_SECRET": ""}, "nothing to prove"),
        ({"TEAMS_MANAGED_IDENTITY": "system"}, "several ways"),
    ],
)
def test_a_half_is_refused_with_one_line(tmp_path: Path, changes: dict[str, str], told: str) -> None:
    with pytest.raises(NotReadyError, match=told) as refused:
        tokens_of(settings({**WHOLE, **changes}, tmp_path))
    assert "\n" not in str(refused.value)


def test_the_stand_ins_settings_lead_to_the_stand_in(tmp_path: Path) -> None:
    with Teams() as teams:
        found = settings({**teams.settings, "SIGNPOST_TEST": "1"}, tmp_path)
        assert hosts_of(found).allow(teams.service_url)
        assert client_of(found, tokens_of(found)).home == teams.service_url
