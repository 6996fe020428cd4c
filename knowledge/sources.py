"""What the weights were made from, as one digest, so that stale weights are noticed."""

import hashlib
from importlib.resources import files

_FOLDERS = ("topics", "lexicon", "policies", "questions")
_CODE = ("normalise.py", "lexicon.py", "circumstances.py", "features.py")


def digest() -> str:
    """Digest of all that the weights depend on: phrases, lexicon, examples and the code that reads them."""
    root = files("knowledge")
    sources = [root.joinpath(name) for name in _CODE]
    for folder in _FOLDERS:
        sources.extend(sorted(root.joinpath(folder).iterdir(), key=lambda entry: entry.name))
    total = hashlib.sha256()
    for source in sources:
        if source.name.endswith((".yml", ".py")):
            total.update(source.read_bytes().replace(b"\r\n", b"\n"))
    return total.hexdigest()
