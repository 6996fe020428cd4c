"""Teams' pieces made from the settings, the same way for the server, `doctor` and the commands."""

from bot.errors import NotReadyError
from bot.settings import Settings
from bot.teams.auth import Credential, Tokens
from bot.teams.client import TeamsClient
from bot.teams.hosts import Hosts
from bot.teams.keys import Keys


def tenants_of(found: Settings) -> tuple[str, ...]:
    """The tenants that are let in, the one where the app is registered first."""
    return tuple(one.strip().lower() for one in (found.teams_tenant_id or "").split(",") if one.strip())


def credential_of(found: Settings) -> Credential:
    """Who we are to Microsoft. Raises `NotReadyError` with one line where the settings are halved."""
    tenants = tenants_of(found)
    if found.teams_app_id is None or not tenants:
        lacking = "TEAMS_APP_ID" if found.teams_app_id is None else "TEAMS_TENANT_ID"
        raise NotReadyError(f"Teams is not set up whole: set {lacking}")
    secret, certificate = found.teams_app_secret, found.teams_app_certificate
    given = [one for one in (secret, certificate, found.teams_managed_identity) if one is not None]
    if len(given) != 1:
        problem = "nothing to prove who it is" if not given else "several ways to prove who it is"
        raise NotReadyError(
            f"Teams is given {problem}: set one of TEAMS_APP_SECRET, TEAMS_APP_CERTIFICATE "
            "and TEAMS_MANAGED_IDENTITY"
        )
    return Credential(
        app_id=found.teams_app_id,
        tenant=tenants[0],
        secret=secret.get_secret_value() if secret else None,
        certificate=certificate.get_secret_value() if certificate else None,
        identity=found.teams_managed_identity,
    )


def tokens_of(found: Settings) -> Tokens:
    """Tokens for Teams and for Microsoft Graph. Raises `NotReadyError`."""
    return Tokens(credential_of(found), login_url=found.teams_login_url)


def hosts_of(found: Settings) -> Hosts:
    """Where may be sent to."""
    return Hosts(found.teams_service_urls)


def keys_of(found: Settings) -> Keys:
    """The keys that Teams signs with."""
    return Keys(found.teams_openid_url)


def client_of(found: Settings, tokens: Tokens) -> TeamsClient:
    """The way out to Teams."""
    return TeamsClient(tokens, tenants_of(found)[0], hosts_of(found))
