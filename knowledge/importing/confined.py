"""Read a file in a process of its own, with bounded memory and time: a bad file can take nothing else down.

Files come from anywhere; a few kilobytes of PDF can unpack to gigabytes, and a library that is fed nonsense
may never come back.
"""

import json
import multiprocessing
import time
from collections.abc import Callable
from dataclasses import asdict
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from knowledge.importing.document import (
    Block,
    Document,
    Heading,
    Item,
    NotReadableError,
    Paragraph,
    Place,
    Row,
)

Progress = Callable[[int, int], None]
MEMORY = 1_500_000_000
"""Bytes of address space, most of which the libraries' code takes."""
SECONDS = 60.0
_SHAPES: dict[str, type[Block]] = {shape.__name__: shape for shape in (Heading, Paragraph, Item, Row)}
_TOO_MUCH = "it takes too much memory or time to read: export the policy again, alone and without pictures"
_BROKEN = "it cannot be read, and is probably damaged: export the policy again, as .docx or .pdf"


def read_confined(
    path: Path, progress: Progress = lambda _done, _of: None, *, seconds: float = SECONDS
) -> Document:
    """Read a policy document in a process of its own. Raises `NotReadableError`."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    reader = context.Process(target=_serve, args=(str(path), theirs, seconds), daemon=True)
    reader.start()
    theirs.close()
    try:
        return _document(_last_word(ours, progress, seconds))
    finally:
        ours.close()
        reader.kill()
        reader.join()


def _last_word(ours: Connection, progress: Progress, seconds: float) -> dict[str, Any]:
    """What the reader says in the end; until then it says how far it is."""
    until = time.monotonic() + seconds
    while ours.poll(max(0.0, until - time.monotonic())):
        try:
            said: dict[str, Any] = json.loads(ours.recv_bytes())
        except EOFError as error:
            raise NotReadableError(_TOO_MUCH) from error
        if "refused" in said:
            raise NotReadableError(str(said["refused"]))
        if "blocks" in said:
            return said
        progress(int(said["done"]), int(said["of"]))
    raise NotReadableError(_TOO_MUCH)


def _serve(path: str, theirs: Connection, seconds: float) -> None:
    """The other process: read, and say what became of it."""
    _limit(seconds)
    from knowledge.importing.reading import read_document

    def say(said: dict[str, Any]) -> None:
        theirs.send_bytes(json.dumps(said).encode())

    try:
        document = read_document(Path(path), lambda done, of: say({"done": done, "of": of}))
        say(_plain(document))
    except NotReadableError as error:
        say({"refused": str(error)})
    except MemoryError:
        say({"refused": _TOO_MUCH})
    except Exception:  # noqa: BLE001  a process edge: whatever a library does with a bad file, it is a bad file
        say({"refused": _BROKEN})


def _limit(seconds: float) -> None:
    try:
        import resource
    except ImportError:  # Windows has none; there the time limit of the waiting side still holds
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _plain(document: Document) -> dict[str, Any]:
    plain = {
        name: getattr(document, name) for name in ("name", "title", "front", "furniture", "contents", "notes")
    }
    blocks = [{"is": type(block).__name__, **asdict(block)} for block in document.blocks]
    return {**plain, "properties": dict(document.properties), "blocks": blocks}


def _document(said: dict[str, Any]) -> Document:
    return Document(
        name=said["name"],
        title=said["title"],
        blocks=tuple(_block(dict(block)) for block in said["blocks"]),
        properties=said["properties"],
        **{name: tuple(said[name]) for name in ("front", "furniture", "contents", "notes")},
    )


def _block(said: dict[str, Any]) -> Block:
    shape = _SHAPES[said.pop("is")]
    said["place"] = Place(**said["place"])
    if "cells" in said:
        said["cells"] = tuple(said["cells"])
    return shape(**said)
