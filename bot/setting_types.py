"""What each kind of setting must be, with the words that refuse anything else; no refusal quotes a value."""

import re
from collections.abc import Callable
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BeforeValidator, PlainValidator, SecretStr, ValidationInfo

from bot import addresses
from bot.durations import parse_duration

LEVELS = ("debug", "info", "warning", "error")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_MAILBOX = re.compile(r"[^<>@\s]+@[^<>@\s]+|[^<>@]+ <[^<>@\s]+@[^<>@\s]+>")
_FAILPOINT = re.compile(r"[a-z][a-z0-9_.-]*(:[1-9][0-9]{0,6})?", re.ASCII)
_HIGHEST_PORT = 65_535
_Item = TypeVar("_Item")


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or _CONTROL.search(value):
        raise ValueError("expected text in quotes, on one line")
    return value


def _lines(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("expected text in quotes")
    return value


def _port(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _HIGHEST_PORT:
        raise ValueError(f"expected a whole number from 0 to {_HIGHEST_PORT}, without quotes")
    return value


def _truth(value: object) -> bool:
    if value is not True and value is not False:
        raise ValueError("expected true or false in the file, 1 or 0 in the environment")
    return value


def _level(value: object) -> str:
    if value not in LEVELS:
        raise ValueError(f"expected one of {', '.join(LEVELS)}")
    return str(value)


def _mailbox(value: object) -> str:
    text = _text(value)
    if not _MAILBOX.fullmatch(text):
        raise ValueError("expected an e-mail address, as in Signpost <signpost@oakfield.example>")
    return text


def _failpoint(value: object) -> str:
    text = _text(value)
    if not _FAILPOINT.fullmatch(text):
        raise ValueError("expected name or name:n, where `signpost failpoints` lists the names")
    return text


def _place(value: object, info: ValidationInfo) -> Path:
    return _folder(info) / _text(value)


def _database(value: object, info: ValidationInfo) -> SecretStr:
    return SecretStr(addresses.database_url(_text(value), _folder(info)))


def _folder(info: ValidationInfo) -> Path:
    return Path(info.context["folder"]) if info.context else Path()


def _one(parse: Callable[[str], _Item]) -> PlainValidator:
    return PlainValidator(lambda value: parse(_text(value)))


def _each(parse: Callable[[str], _Item]) -> PlainValidator:
    def parsed(value: object) -> tuple[_Item, ...]:
        items = value if isinstance(value, list) else None
        if items is None:
            raise ValueError("expected a list of texts in the file, commas between them in the environment")
        return tuple(parse(_text(item)) for item in items)

    return PlainValidator(parsed)


Word = Annotated[str, PlainValidator(_text)]
Host = Annotated[str, _one(addresses.host)]
Port = Annotated[int, PlainValidator(_port)]
"""0 is whichever port is free."""
Truth = Annotated[bool, PlainValidator(_truth)]
Level = Annotated[str, PlainValidator(_level)]
Length = Annotated[timedelta, _one(parse_duration)]
Place = Annotated[Path, PlainValidator(_place)]
"""A relative path is taken from the folder of the settings."""
Mailbox = Annotated[str, PlainValidator(_mailbox)]
Failpoint = Annotated[str, PlainValidator(_failpoint)]
WebUrl = Annotated[str, _one(addresses.web_url)]
WebUrls = Annotated[tuple[str, ...], _each(addresses.web_url)]
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], _each(addresses.network)]
MailUrl = Annotated[addresses.MailServer, _one(addresses.mail_server)]
DatabaseUrl = Annotated[SecretStr, PlainValidator(_database)]
Secret = Annotated[SecretStr, BeforeValidator(_text)]
Pem = Annotated[SecretStr, BeforeValidator(_lines)]
"""A secret of several lines."""
