"""Files that appear under their names whole and on disk, owner-only from birth, and never over another."""

import errno
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

_MAKING = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})


@contextmanager
def new_files(*paths: Path) -> Iterator[list[BinaryIO]]:
    """Open a file for each path. They get their names together at the end, the last one first.

    Raises `FileExistsError` where one is there already, at the start or by the end, and any other `OSError`;
    then, as after any error of the caller's, none of them is left.
    """
    for path in paths:
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    besides = [path.with_name(f".{path.name}.{secrets.token_hex(8)}.part") for path in paths]
    try:
        with ExitStack() as stack:
            files = [stack.enter_context(_made(beside)) for beside in besides]
            yield files
            for file in files:
                file.flush()
                os.fsync(file.fileno())
        _publish(besides, paths)
    finally:
        for beside in besides:
            beside.unlink(missing_ok=True)


def _made(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, _MAKING, 0o600), "wb")


def _publish(besides: Sequence[Path], paths: Sequence[Path]) -> None:
    done: list[Path] = []
    try:
        for beside, path in reversed(list(zip(besides, paths, strict=True))):
            _name(beside, path)
            done.append(path)
    except OSError:
        for path in done:
            path.unlink(missing_ok=True)
        raise
    for folder in {path.absolute().parent for path in paths}:
        _settle(folder)


def _name(beside: Path, path: Path) -> None:
    """Give a file its name. A link, since a rename would take the place of a file that is there."""
    try:
        path.hardlink_to(beside)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from error
        beside.rename(path)


def _settle(folder: Path) -> None:
    """Make new names survive a power cut, where folders can be opened at all."""
    if os.name == "posix":
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
