"""Made-up policies of different traditions, as their authors would have written them."""

from pathlib import Path

FOLDER = Path(__file__).parent / "made_up"
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.md")))


def text(name: str) -> str:
    """The policy as Markdown."""
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")
