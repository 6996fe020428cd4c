"""Files for one pair of eyes: read only if nobody else could, written so that nobody else ever can."""

import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from bot.errors import PrivateFileError

MOUNT = Path("/run/secrets")
"""Where container hosts mount secrets; systemd names its own place in $CREDENTIALS_DIRECTORY."""
OWNER_ONLY = 0o077
NOT_FOR_ALL = 0o027
"""A service's own group may read a secret, as in `root:signpost 0640`; master keys are the owner's alone."""
_NOT_WRITABLE = 0o022
_LARGEST = 65_536
# Without O_NONBLOCK, opening a named pipe would hang the start.
_READING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_MAKING = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)


def secret_mounts(environment: Mapping[str, str]) -> tuple[Path, ...]:
    """The folders where the host itself keeps secrets, for `read_private`."""
    credentials = Path(environment.get("CREDENTIALS_DIRECTORY", ""))
    return (MOUNT, credentials) if credentials.is_absolute() else (MOUNT,)


def read_private(path: Path, *, mounts: tuple[Path, ...] = (MOUNT,), refused: int = OWNER_ONLY) -> str:
    """Read a private text file. `refused` are the mode bits that it must not have.

    Under `mounts` it need only be read-only to others: container hosts hand secrets over as 0444.
    Raises `PrivateFileError` saying what to do, and never what the file holds.
    """
    try:
        mode, content = _read(path)
    except OSError as error:
        raise PrivateFileError(f"{path} {_why(error)}") from error
    if not stat.S_ISREG(mode) or len(content) > _LARGEST:
        raise PrivateFileError(f"{path} is no ordinary file of at most {_LARGEST:,} bytes")
    if is_exposed(path, mode, mounts=mounts, refused=refused):
        raise PrivateFileError(f"{path} is open to others (mode {mode & 0o777:04o}): run chmod 600 {path}")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PrivateFileError(f"{path} is not UTF-8 text") from None  # the cause would carry the bytes along


def is_exposed(path: Path, mode: int, *, mounts: tuple[Path, ...], refused: int) -> bool:
    """Whether a file's mode lets others at it who should not be. Always False where modes mean nothing."""
    if os.name != "posix":
        return False
    place = path.resolve()
    mounted = any(place.is_relative_to(mount.resolve()) for mount in mounts)
    return bool(mode & (_NOT_WRITABLE if mounted else refused))


def write_private(path: Path, text: str) -> None:
    """Replace a private file whole or not at all, surviving a crash at any point. Raises `OSError`."""
    target = path.resolve()  # a link keeps pointing where it points
    beside = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    try:
        _make(beside, text)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    _settle(target.parent)


def create_private(path: Path, text: str) -> None:
    """Write a private file that is not there yet. Raises `FileExistsError`, or another `OSError`."""
    _make(path, text)
    _settle(path.parent)


def _read(path: Path) -> tuple[int, bytes]:
    """The mode and the start of one open file: its name may lead elsewhere a moment later."""
    opened = os.open(path, _READING)
    try:
        mode = os.fstat(opened).st_mode
        return mode, os.read(opened, _LARGEST + 1) if stat.S_ISREG(mode) else b""
    finally:
        os.close(opened)


def _make(path: Path, text: str) -> None:
    opened = os.open(path, _MAKING, 0o600)
    try:
        with os.fdopen(opened, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _settle(folder: Path) -> None:
    """Make a new name in a folder survive a power cut, where folders can be opened at all."""
    if os.name == "posix":
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _why(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "is not there"
    if isinstance(error, PermissionError):
        return "may not be read by the user this runs as"
    return f"cannot be read: {error.strerror}"
