"""The tenant that an installation's settings name: tokens for it, and its Graph."""

from bot.errors import NotReadyError
from bot.settings import Settings, half_of_teams
from bot.teams.auth import Credential, Tokens
from bot.teams.callers import each
from bot.teams.graph import Graph

PATIENCE = 30.0
"""Seconds that a command waits where Graph asks to be left alone."""


def tokens_for(found: Settings) -> Tokens:
    """Tokens as the settings have it. Raises `NotReadyError` where Teams is not set up, or half."""
    if found.teams_app_id is None or half_of_teams(found):
        raise NotReadyError(half_of_teams(found) or "Teams is not set up: set TEAMS_APP_ID")
    secret, certificate = found.teams_app_secret, found.teams_app_certificate
    credential = Credential(
        app_id=found.teams_app_id,
        tenant=each(found.teams_tenant_id)[0],
        secret=secret.get_secret_value() if secret else None,
        certificate=certificate.get_secret_value() if certificate else None,
        identity=found.teams_managed_identity,
    )
    return Tokens(credential, login_url=found.teams_login_url)


def graph_for(found: Settings) -> Graph:
    """Graph for a command, which may wait. Raises `NotReadyError`."""
    return Graph(tokens_for(found).for_graph, found.graph_url, patience=PATIENCE)
