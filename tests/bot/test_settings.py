"""Settings: where they come from, what they must be, and that a secret is never told."""

import os
from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.addresses import Encryption
from bot.errors import SettingsError
from bot.settings import FILE, NAMES, SECRETS, read_settings, variable

CANARY = "hunter2canary"
posix_only = pytest.mark.skipif(os.name != "posix", reason="modes mean something on POSIX only")


def _written(folder: Path, text: str, *, mode: int = 0o600) -> Path:
    path = folder / FILE
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return folder


def _kept(folder: Path, text: str, *, mode: int = 0o600) -> str:
    path = folder / "secret.txt"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return str(path)


def _refused(folder: Path, **environment: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        read_settings(environment, folder)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return caught.value.problems


def test_nothing_set_is_a_whole_installation_on_this_machine(tmp_path: Path) -> None:
    settings = read_settings({"SIGNPOST_POLICY": "", "PATH": "/bin"}, tmp_path)
    assert settings.data_dir == tmp_path / "data"
    assert settings.database_url.get_secret_value() == f"sqlite:///{tmp_path}/data/signpost.db"
    assert (settings.host, settings.port, settings.log_level) == ("127.0.0.1", 8080, "info")
    assert settings.email_after == timedelta(minutes=10)
    assert (settings.test, settings.trusted_proxies, settings.policy) == (False, (), None)


def test_every_variable_of_the_brief_is_known() -> None:
    named = (
        "SIGNPOST_DATABASE_URL SIGNPOST_DATA_DIR SIGNPOST_KEYS_FILE SIGNPOST_SCHOOLS SIGNPOST_HOST "
        "SIGNPOST_PORT SLACK_BOT_TOKEN SLACK_SIGNING_SECRET SLACK_APP_TOKEN SIGNPOST_SLACK_API_URL "
        "TEAMS_APP_ID TEAMS_APP_SECRET TEAMS_TENANT_ID SIGNPOST_TEAMS_OPENID_URL SIGNPOST_TEAMS_LOGIN_URL "
        "SIGNPOST_TEAMS_SERVICE_URLS SIGNPOST_GRAPH_URL TEAMS_APP_CERTIFICATE TEAMS_MANAGED_IDENTITY "
        "TEAMS_STAFF_GROUP TEAMS_PUPILS SIGNPOST_MAIL_FROM SIGNPOST_EMAIL_AFTER SIGNPOST_TRUSTED_PROXIES "
        "SIGNPOST_METRICS_TOKEN SIGNPOST_SMTP_URL SIGNPOST_TEST SIGNPOST_FAILPOINT SIGNPOST_CONSOLE_URL "
        "SIGNPOST_POLICY SIGNPOST_LOG_LEVEL"
    )
    assert {variable(name) for name in NAMES} == set(named.split())


def test_the_file_sets_what_the_environment_leaves_open(tmp_path: Path) -> None:
    _written(
        tmp_path,
        'policy = "fact"\nport = 9000\nemail_after = "2h"\ntrusted_proxies = ["10.0.0.0/8", "::1"]\n'
        'keys_file = "keys.toml"\ndata_dir = "/srv/signpost"\nteams_service_urls = ["https://smba.example"]\n',
    )
    settings = read_settings({"SIGNPOST_PORT": "9001"}, tmp_path)
    assert (settings.policy, settings.port, settings.email_after) == ("fact", 9001, timedelta(hours=2))
    assert settings.trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("::1"))
    assert settings.keys_file == tmp_path / "keys.toml"
    assert settings.database_url.get_secret_value() == "sqlite:////srv/signpost/signpost.db"
    assert settings.teams_service_urls == ("https://smba.example",)


def test_lists_have_commas_between_them_in_the_environment(tmp_path: Path) -> None:
    settings = read_settings({"SIGNPOST_TRUSTED_PROXIES": "10.0.0.5, 192.0.2.0/24,"}, tmp_path)
    assert settings.trusted_proxies == (ip_network("10.0.0.5"), ip_network("192.0.2.0/24"))


def test_every_problem_is_told_at_once_each_on_its_line(tmp_path: Path) -> None:
    _written(tmp_path, 'colour = "blue"\nport = "8080"\npolicy = 3\ntrusted_proxies = "10.0.0.1"\n')
    problems = _refused(tmp_path, SIGNPOST_EMAIL_AFTER="soon", SIGNPOST_TEST="yes", SIGNPOST_LOG_LEVEL="loud")
    assert [line.partition(": expected")[0] for line in problems] == [
        f"{FILE}: unknown settings colour; known are {', '.join(NAMES)}",
        f"{FILE}: policy",
        f"{FILE}: port",
        "SIGNPOST_LOG_LEVEL",
        "SIGNPOST_EMAIL_AFTER",
        f"{FILE}: trusted_proxies",
        "SIGNPOST_TEST",
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SIGNPOST_PORT", "tcp://10.0.0.1:80"),
        ("SIGNPOST_PORT", "65536"),
        ("SIGNPOST_PORT", "8_0"),
        ("SIGNPOST_HOST", "a b"),
        ("SIGNPOST_HOST", "http://localhost"),
        ("SIGNPOST_EMAIL_AFTER", "0m"),
        ("SIGNPOST_MAIL_FROM", "nobody"),
        ("SIGNPOST_MAIL_FROM", "a@b.example\r\nBcc: c@d.example"),
        ("SIGNPOST_TRUSTED_PROXIES", "0.0.0.0/0"),
        ("SIGNPOST_TRUSTED_PROXIES", "*"),
        ("SIGNPOST_GRAPH_URL", "http://graph.example"),
        ("SIGNPOST_TEAMS_LOGIN_URL", "https://login.example@evil.example/"),
        ("SIGNPOST_TEAMS_SERVICE_URLS", "https://smba.example,ftp://smba.example"),
        ("SLACK_BOT_TOKEN", "xoxb-1\nX-Injected: yes"),
    ],
)
def test_a_wrong_value_is_refused_by_its_name_and_not_repeated(tmp_path: Path, name: str, value: str) -> None:
    (problem,) = _refused(tmp_path, **{name: value})
    assert problem.startswith(f"{name}: expected ")
    assert value not in problem


@pytest.mark.parametrize(
    ("url", "used"),
    [
        ("postgresql://a:b@db.example/s", "postgresql+psycopg://a:b@db.example/s"),
        ("postgresql+psycopg:///s?host=/run/pg", "postgresql+psycopg:///s?host=/run/pg"),
        ("sqlite:////srv/s.db", "sqlite:////srv/s.db"),
    ],
)
def test_a_database_is_sqlite_on_a_path_or_postgresql(tmp_path: Path, url: str, used: str) -> None:
    assert read_settings({"SIGNPOST_DATABASE_URL": url}, tmp_path).database_url.get_secret_value() == used


def test_a_relative_database_is_taken_from_the_folder_of_the_settings(tmp_path: Path) -> None:
    settings = read_settings({"SIGNPOST_DATABASE_URL": "sqlite:///own/s.db"}, tmp_path)
    assert settings.database_url.get_secret_value() == f"sqlite:///{tmp_path}/own/s.db"


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:///file:s.db?mode=memory&uri=true",
        "sqlite:///s.db?cache=shared",
        "mysql://a:hunter2canary@db.example/s",
        "postgres://a:hunter2canary@db.example/s",
        "postgresql+asyncpg://a:hunter2canary@db.example/s",
        "postgresql://a:hunter2canary@db.example",
        "postgresql://a:hunter2#canary@db.example/s",
        "postgresql://a:hunter2canary@[db/s",
        "hunter2canary",
    ],
)
def test_any_other_database_is_refused_without_its_password(tmp_path: Path, url: str) -> None:
    (problem,) = _refused(tmp_path, SIGNPOST_DATABASE_URL=url)
    assert problem.startswith("SIGNPOST_DATABASE_URL: expected sqlite:///PATH")
    assert "hunter2" not in problem


@pytest.mark.parametrize(
    ("url", "port", "encryption"),
    [
        ("smtp://mail.example", 587, Encryption.STARTTLS),
        ("smtp://mail.example:25?starttls=never", 25, Encryption.NONE),
        ("smtp://127.0.0.1:2525", 2525, Encryption.NONE),
        ("smtp://localhost:2525?starttls=always", 2525, Encryption.STARTTLS),
        ("smtps://mail.example", 465, Encryption.TLS),
    ],
)
def test_mail_goes_encrypted_unless_it_stays_here_or_is_told_otherwise(
    tmp_path: Path, url: str, port: int, encryption: Encryption
) -> None:
    server = read_settings({"SIGNPOST_SMTP_URL": url}, tmp_path).smtp_url
    assert server is not None
    assert (server.port, server.encryption, server.user, server.password) == (port, encryption, None, None)


def test_a_mail_servers_user_and_password_may_hold_any_sign(tmp_path: Path) -> None:
    server = read_settings({"SIGNPOST_SMTP_URL": "smtps://sam%40x:p%2Fw%3A@mail.example"}, tmp_path).smtp_url
    assert server is not None
    assert server.password is not None
    assert (server.user, server.password.get_secret_value()) == ("sam@x", "p/w:")


@pytest.mark.parametrize(
    "url",
    [
        f"smtp://u:{CANARY}@mail.example?starttls=never",
        f"smtp://u:{CANARY}@mail.example?starttls=maybe",
        f"smtps://u:{CANARY}@mail.example?starttls=never",
        f"smtp://u:{CANARY}@mail.example?tls=no",
        f"smtp://u:{CANARY}@mail.example/path",
        f"smtp://u:{CANARY}@mail.example:port",
        f"smtp://u:{CANARY}@",
        f"http://u:{CANARY}@mail.example",
    ],
)
def test_a_mail_password_never_travels_in_clear_nor_into_the_refusal(tmp_path: Path, url: str) -> None:
    (problem,) = _refused(tmp_path, SIGNPOST_SMTP_URL=url)
    assert problem.startswith("SIGNPOST_SMTP_URL: expected smtp")
    assert CANARY not in problem


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SIGNPOST_FAILPOINT", "before-commit:2"),
        ("SIGNPOST_CONSOLE_URL", "http://127.0.0.1:9/notices"),
    ],
)
def test_a_drills_settings_are_refused_outside_a_drill(tmp_path: Path, name: str, value: str) -> None:
    assert _refused(tmp_path, **{name: value}) == (f"{name}: only where SIGNPOST_TEST=1",)
    assert _refused(tmp_path, **{name: value, "SIGNPOST_TEST": "0"})
    drilled = read_settings({name: value, "SIGNPOST_TEST": "1"}, tmp_path)
    assert value in {drilled.failpoint, drilled.console_url}


def test_a_secret_shows_as_stars_wherever_settings_are_shown(tmp_path: Path) -> None:
    settings = read_settings(_with_canaries(), tmp_path)
    assert CANARY not in repr(settings) + str(settings)
    assert settings.slack_app_token is not None
    assert settings.slack_app_token.get_secret_value() == CANARY
    assert settings.database_url.get_secret_value().count(CANARY) == 1


def test_no_refusal_tells_a_secret(tmp_path: Path) -> None:
    _written(tmp_path, f'metrics_token = "{CANARY}\nslack_bot_token = "{CANARY}"\n')
    assert _refused(tmp_path) == (f"{FILE} is not TOML at line 1, column 31",)
    _written(tmp_path, f"metrics_token = ['{CANARY}']\nslack_bot_token = {{'{CANARY}' = 1}}\n")
    problems = _refused(tmp_path, **{**_with_canaries(), "SIGNPOST_PORT": CANARY, "SLACK_BOT_TOKEN": ""})
    assert len(problems) == 2
    assert not any(CANARY in line for line in problems)


def _with_canaries() -> dict[str, str]:
    urls = {
        "database_url": f"postgresql://u:{CANARY}@db.example/s",
        "smtp_url": f"smtps://u:{CANARY}@mail.example",
    }
    return {variable(name): urls.get(name, CANARY) for name in SECRETS}


@pytest.mark.parametrize("name", [name for name in SECRETS if not name.endswith("_url")])
@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_secret_may_stand_in_a_file_of_its_own(tmp_path: Path, name: str, ending: str) -> None:
    path = _kept(tmp_path, CANARY + ending)
    by_variable = read_settings({f"{variable(name)}_FILE": path}, tmp_path)
    _written(tmp_path, f'{name}_file = "secret.txt"\n')
    by_file = read_settings({}, tmp_path)
    for settings in (by_variable, by_file):
        assert getattr(settings, name).get_secret_value() == CANARY


def test_a_database_address_may_stand_in_a_file(tmp_path: Path) -> None:
    path = _kept(tmp_path, "postgresql://a:b@db.example/s\n")
    settings = read_settings({"SIGNPOST_DATABASE_URL_FILE": path}, tmp_path)
    assert settings.database_url.get_secret_value() == "postgresql+psycopg://a:b@db.example/s"


def test_a_secret_given_twice_is_refused_but_the_environments_beats_the_files(tmp_path: Path) -> None:
    path = _kept(tmp_path, "from its own file")
    twice = {"SIGNPOST_METRICS_TOKEN": "x", "SIGNPOST_METRICS_TOKEN_FILE": path}
    assert _refused(tmp_path, **twice) == (
        "SIGNPOST_METRICS_TOKEN_FILE: give either this or SIGNPOST_METRICS_TOKEN",
    )
    _written(tmp_path, 'metrics_token = "from the settings"\n')
    settings = read_settings({"SIGNPOST_METRICS_TOKEN_FILE": path}, tmp_path)
    assert settings.metrics_token is not None
    assert settings.metrics_token.get_secret_value() == "from its own file"


@posix_only
def test_a_secret_that_everybody_can_read_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = _kept(tmp_path, CANARY, mode=0o644)
    (problem,) = _refused(tmp_path, SIGNPOST_METRICS_TOKEN_FILE=path)
    assert problem.endswith(f"{path} is open to others (mode 0644): run chmod 600 {path}")
    Path(path).chmod(0o640)
    assert read_settings({"SIGNPOST_METRICS_TOKEN_FILE": path}, tmp_path).metrics_token


@posix_only
def test_where_the_host_keeps_secrets_read_only_is_enough(tmp_path: Path) -> None:
    path = _kept(tmp_path, CANARY, mode=0o444)
    given = {"SIGNPOST_METRICS_TOKEN_FILE": path}
    assert read_settings({**given, "CREDENTIALS_DIRECTORY": str(tmp_path)}, tmp_path).metrics_token
    assert _refused(tmp_path, **given, CREDENTIALS_DIRECTORY=str(tmp_path / "elsewhere"))
    assert _refused(tmp_path, **given, CREDENTIALS_DIRECTORY=".")
    Path(path).chmod(0o466)
    assert _refused(tmp_path, **given, CREDENTIALS_DIRECTORY=str(tmp_path))


@posix_only
@pytest.mark.parametrize(
    ("line", "secret"),
    [
        (f'metrics_token = "{CANARY}"', True),
        (f'database_url = "postgresql://u:{CANARY}@db.example/s"', True),
        ('database_url = "sqlite:///s.db"', False),
        ('policy = "fact"', False),
    ],
)
def test_settings_that_everybody_can_read_may_hold_no_secret(
    tmp_path: Path, line: str, *, secret: bool
) -> None:
    _written(tmp_path, line, mode=0o644)
    if not secret:
        assert read_settings({}, tmp_path)
        return
    (problem,) = _refused(tmp_path)
    assert problem.endswith(f"others can read this file: run chmod 600 {tmp_path / FILE}")
    assert CANARY not in problem


def _folder(path: Path) -> None:
    path.mkdir()


def _no_text(path: Path) -> None:
    path.write_bytes(b"\xff\xfe")
    path.chmod(0o600)


def _empty(path: Path) -> None:
    path.touch(0o600)


def _endless(path: Path) -> None:
    path.write_text("x" * 70_000)
    path.chmod(0o600)


def _pipe(path: Path) -> None:
    os.mkfifo(path, 0o600)


@posix_only
@pytest.mark.parametrize("make", [_folder, _no_text, _empty, _endless, _pipe])
def test_a_secret_file_that_is_none_is_one_clear_line(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "secret")
    named = {"SLACK_APP_TOKEN_FILE": "secret"}
    (problem,) = _refused(tmp_path, **named)
    assert problem.startswith(f"SLACK_APP_TOKEN_FILE: {tmp_path / 'secret'} ")


@pytest.mark.parametrize("ending", ["", "\0", "x" * 300])
def test_a_secret_put_where_its_file_should_be_named_is_not_told(tmp_path: Path, ending: str) -> None:
    (problem,) = _refused(tmp_path, SLACK_BOT_TOKEN_FILE=CANARY + ending)
    assert problem == "SLACK_BOT_TOKEN_FILE: expected the path of a file that is there"


@pytest.mark.parametrize("content", [b"policy = ", b"\xff\xfe", b"policy = 1\npolicy = 2"])
def test_a_settings_file_that_is_no_toml_is_one_clear_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    (problem,) = _refused(tmp_path)
    assert problem.startswith(FILE)


def test_a_settings_file_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    assert _refused(tmp_path)[0].startswith(f"{FILE} cannot be read: ")


def test_settings_written_on_windows_are_read(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b'\xef\xbb\xbfpolicy = "fact"\r\n')
    assert read_settings({}, tmp_path).policy == "fact"


@given(some.dictionaries(some.sampled_from([variable(name) for name in NAMES]), some.text()))
def test_any_environment_makes_settings_or_is_refused_without_its_words(words: dict[str, str]) -> None:
    environment = {name: CANARY + text for name, text in words.items()}
    try:
        settings = read_settings(environment, Path("/nowhere"))
    except SettingsError as refused:
        told = str(refused)
    else:
        told = repr(settings.database_url)
    assert CANARY not in told
