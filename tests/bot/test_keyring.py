"""The keys file: what is refused and how, and that neither words nor writing ever give a key away."""

import base64
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.errors import KeysError
from bot.keyring import Keyring, new_keyring_text, read_keyring, with_new_key, without, write_keyring
from storage.sealing import Sealer

posix_only = pytest.mark.skipif(os.name != "posix", reason="modes mean something on POSIX only")


def _b64(value: bytes) -> str:
    return base64.b64encode(value).decode()


K1, K2, AUDIT = (_b64(bytes([sign]) * 32) for sign in (1, 2, 3))
WHOLE = f'active = "k2"\naudit = "{AUDIT}"\n[keys]\nk1 = "{K1}"\nk2 = "{K2}"\n'


def _file(folder: Path, text: str, *, mode: int = 0o600) -> Path:
    path = folder / "keys.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def _refused(path: Path, *mounts: Path) -> str:
    with pytest.raises(KeysError) as caught:
        read_keyring(path, mounts=mounts)
    return str(caught.value)


def test_a_keys_file_is_its_active_key_its_other_keys_and_the_audits(tmp_path: Path) -> None:
    keyring = read_keyring(_file(tmp_path, WHOLE))
    assert keyring.active == "k2"
    assert dict(keyring.keys) == {"k1": bytes([1]) * 32, "k2": bytes([2]) * 32}
    assert keyring.audit == bytes([3]) * 32


def test_an_audit_key_below_the_keys_line_is_found_too(tmp_path: Path) -> None:
    keyring = read_keyring(_file(tmp_path, f'active = "k1"\n[keys]\nk1 = "{K1}"\naudit = "{AUDIT}"\n'))
    assert (set(keyring.keys), keyring.audit) == ({"k1"}, bytes([3]) * 32)


def test_no_key_shows_when_the_keyring_is_shown(tmp_path: Path) -> None:
    keyring = read_keyring(_file(tmp_path, WHOLE))
    assert repr(keyring) == str(keyring) == "Keyring(active='k2')"


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (WHOLE.replace(K2, _b64(b"short")), ["k2 is not 32 bytes in base64"]),
        (WHOLE.replace(K2, _b64(b"x" * 33)), ["k2 is not 32 bytes in base64"]),
        (WHOLE.replace(K2, K2[:-1] + "!"), ["k2 is not 32 bytes in base64"]),
        (WHOLE.replace(K2, "é" * 44), ["k2 is not 32 bytes in base64"]),
        (WHOLE.replace(f'"{K2}"', "5"), ["k2 is not 32 bytes in base64"]),
        (WHOLE.replace(AUDIT, ""), ["audit is not 32 bytes in base64"]),
        (WHOLE.replace("audit", "audits"), ["audit is not 32 bytes in base64"]),
        (WHOLE.replace(K2, K1), ["two of its keys are the same"]),
        (WHOLE.replace(K2, AUDIT), ["two of its keys are the same"]),
        (WHOLE.replace('"k2"', '"k3"'), ["active names none of its keys"]),
        (WHOLE.replace('"k2"', "2"), ["active names none of its keys"]),
        (WHOLE.replace("k1 =", f'"{K2}" ='), ["a key has no proper name"]),
        (f'active = "k1"\naudit = "{AUDIT}"\n', ["it holds no keys", "active names none"]),
        (f'active = "k1"\naudit = "{AUDIT}"\nkeys = "{K1}"\n', ["it holds no keys", "active names none"]),
        ("", ["it holds no keys", "audit is not 32 bytes", "active names none"]),
        (WHOLE.replace(K1, "a").replace(K2, "b"), ["k1 is not 32 bytes", "k2 is not 32 bytes"]),
        (WHOLE.replace(f'"{K2}"', K2), ["it is not TOML at line 5, column"]),
    ],
)
def test_a_faulty_keys_file_is_refused_with_every_fault_and_no_key(
    tmp_path: Path, text: str, faults: list[str]
) -> None:
    path = _file(tmp_path, text)
    lines = _refused(path).split("\n")
    assert len(lines) == len(faults)
    for line, fault in zip(lines, faults, strict=True):
        assert line.startswith(f"keys file {path}: {fault}")
        assert line.count(": ") >= 2, "no remedy"
    assert not any(value[:20] in "".join(lines) for value in (K1, K2, AUDIT))


def test_a_missing_keys_file_says_how_to_make_one(tmp_path: Path) -> None:
    assert "is not there: run signpost init, or restore it" in _refused(tmp_path / "keys.toml")


def test_a_folder_is_no_keys_file(tmp_path: Path) -> None:
    assert "no ordinary file" in _refused(tmp_path)


@posix_only
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_keys_file_is_refused(tmp_path: Path) -> None:
    assert "may not be read by the user this runs as" in _refused(_file(tmp_path, WHOLE, mode=0o000))


@posix_only
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o602])
def test_a_keys_file_that_others_get_at_is_refused_with_the_remedy(tmp_path: Path, mode: int) -> None:
    path = _file(tmp_path, WHOLE, mode=mode)
    assert _refused(path).endswith(f"is open to others (mode {mode:04o}): run chmod 600 {path}")


@posix_only
def test_a_read_only_file_where_the_host_keeps_secrets_is_used(tmp_path: Path) -> None:
    path = _file(tmp_path, WHOLE, mode=0o444)
    assert read_keyring(path, mounts=(tmp_path,)).active == "k2"
    assert "open to others" in _refused(path, tmp_path / "elsewhere")
    path.chmod(0o664)
    assert "open to others" in _refused(path, tmp_path)


@posix_only
def test_a_link_out_of_the_hosts_secrets_gains_nothing(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "keys.toml").symlink_to(_file(tmp_path, WHOLE, mode=0o444))
    assert "open to others" in _refused(tmp_path / "secrets" / "keys.toml", tmp_path / "secrets")


def test_new_keys_are_whole_fresh_and_used_by_the_sealer(tmp_path: Path) -> None:
    keyring = read_keyring(_file(tmp_path, new_keyring_text()))
    assert keyring.active == "k1"
    assert new_keyring_text() != new_keyring_text()
    sealer = Sealer(keyring.active, keyring.keys)
    key, kept = sealer.new_key("case")
    assert sealer.unwrap(kept, "case") == key


@pytest.mark.parametrize(
    ("names", "newest"), [(("k1",), "k2"), (("k1", "k9"), "k10"), (("summer",), "k1"), (("k2", "kx"), "k3")]
)
def test_a_new_key_takes_the_next_name_and_is_active(names: tuple[str, ...], newest: str) -> None:
    before = Keyring(names[0], {name: name.encode().ljust(32) for name in names}, b"a" * 32)
    after = with_new_key(before)
    assert after.active == newest
    assert {name: after.keys[name] for name in names} == before.keys
    assert len(after.keys[newest]) == 32
    assert after.audit == before.audit
    assert newest not in before.keys


def test_a_key_is_taken_out_unless_it_is_active_or_unknown() -> None:
    keyring = with_new_key(Keyring("k1", {"k1": b"k" * 32}, b"a" * 32))
    assert set(without(keyring, "k1").keys) == {"k2"}
    for name in ("k2", "k3"):
        with pytest.raises(KeysError, match=f"key {name} is"):
            without(keyring, name)


@given(some.sets(some.binary(min_size=32, max_size=32), min_size=2, max_size=6))
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, values: set[bytes]) -> None:
    audit, *keys = values
    keyring = Keyring("k0", {f"k{place}": value for place, value in enumerate(keys)}, audit)
    path = tmp_path_factory.mktemp("keys") / "keys.toml"
    write_keyring(path, keyring)
    again = read_keyring(path)
    assert (again.active, dict(again.keys), again.audit) == ("k0", keyring.keys, audit)


@posix_only
def test_a_keys_file_is_its_owners_alone_from_its_first_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _file(tmp_path, WHOLE)
    seen: list[int] = []
    before = os.umask(0)
    monkeypatch.setattr(os, "fsync", lambda opened: seen.append(stat.S_IMODE(os.fstat(opened).st_mode)))
    try:
        write_keyring(path, with_new_key(read_keyring(path)))
    finally:
        os.umask(before)
    assert seen[0] == 0o600, "the file, before it has its name"
    assert len(seen) == 2, "and its folder after"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["keys.toml"]


def test_a_full_disk_leaves_the_old_keys_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _file(tmp_path, WHOLE)

    def full(_opened: int) -> None:
        raise OSError(28, "No space left on device")

    keyring = read_keyring(path)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KeysError, match="cannot be written, and is as it was: No space left"):
        write_keyring(path, with_new_key(keyring))
    assert path.read_text(encoding="utf-8") == WHOLE
    assert [one.name for one in tmp_path.iterdir()] == ["keys.toml"]


@posix_only
def test_a_linked_keys_file_is_replaced_where_it_is(tmp_path: Path) -> None:
    path = _file(tmp_path, WHOLE)
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    write_keyring(link, with_new_key(read_keyring(link)))
    assert link.is_symlink()
    assert read_keyring(path).active == "k3"
