"""Keys and tokens as Microsoft's login makes them, good ones and, for the tests of the gate, any others."""

import time
from collections.abc import Mapping
from functools import cache
from secrets import token_hex
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

ISSUER = "https://api.botframework.com"
APP = "3d5b8a10-0000-4000-8000-00000000b071"
"""The app's id, as Entra registers it."""
TENANT = "7e4a0001-0000-4000-8000-0000000000af"
"""The school's."""
LIFE = 3600
"""Seconds that a token is good for."""


@cache
def private_key(name: str) -> rsa.RSAPrivateKey:
    """A key by a name of the tests' own; made once, since that takes long."""
    assert name
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_pem(name: str) -> bytes:
    """Its public half, as a file."""
    return private_key(name).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def public_jwk(name: str, **more: Any) -> dict[str, Any]:
    """Its public half as a login publishes it: good for Teams, unless told otherwise."""
    jwk = RSAAlgorithm.to_jwk(private_key(name).public_key(), as_dict=True)
    return {**jwk, "kid": name, "use": "sig", "endorsements": ["msteams", "skypeteams"], **more}


def claims(service_url: str, **changes: Any) -> dict[str, Any]:
    """What a good token says; a change to None leaves the claim out."""
    now = int(time.time())
    said = {
        "iss": ISSUER,
        "aud": APP,
        "nbf": now - 5,
        "iat": now - 5,
        "exp": now + LIFE,
        "serviceurl": service_url,
        "jti": token_hex(8),
        **changes,
    }
    return {name: value for name, value in said.items() if value is not None}


def token(
    said: Mapping[str, Any],
    *,
    by: str = "first",
    kid: str | None = None,
    headers: Mapping[str, Any] | None = None,
) -> str:
    """Sign claims with the key of that name, which the header names unless told otherwise."""
    named = {"kid": kid if kid is not None else by, **(headers or {})}
    return jwt.encode(dict(said), private_key(by), algorithm="RS256", headers=named)
