"""Words that stand nowhere else, put wherever people write or are named, and looked for everywhere else."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from bot.reporting.forms import SORTS, WORDED, Sort, options_of, questions
from bot.reporting.kinds import NATURES
from bot.reporting.report import About
from knowledge.rules import Kind

_LETTERS = "bcdfghjklmnprstvwxz"
_LENGTH = 9
_LIKE_ONE = re.compile(rb"(?i:q\0?(?:[%b]\0?){%d})" % (_LETTERS.encode(), _LENGTH))


@dataclass(slots=True)
class Canaries:
    """Every canary so far, with where it was put."""

    chance: Random
    put: dict[str, str] = field(default_factory=dict)

    def new(self, where: str) -> str:
        """A new word of letters only, beginning like a name."""
        word = "Q" + "".join(self.chance.choice(_LETTERS) for _ in range(_LENGTH))
        self.put[word] = where
        return word

    def sentence(self, where: str) -> str:
        """A sentence with a canary in it."""
        return f"It was {self.new(where)} again, I think."

    def report(self, kind: Kind) -> dict[str, str]:
        """A whole form of a kind, filled in with a canary in every place for words."""
        allowed = [one for one in NATURES[kind].about if one not in {About.MYSELF, About.WORKS_HERE}]
        about = self.chance.choice(allowed or [About.MYSELF])
        answers = {"about": about.value, "danger": "no", "image": "no"}
        for _ in range(2):  # what was answered first decides what is asked next
            for question in questions(kind, answers):
                answers.setdefault(question.key, self._answer(kind, question.key))
        if self.chance.random() < 0.1:
            answers["image"] = "yes"
            answers.pop("url", None)
        return {key: text for key, text in answers.items() if text}

    def _answer(self, kind: Kind, key: str) -> str:
        if SORTS[key] is Sort.LINK:
            return f"https://{self.new(f'{kind} {key}').lower()}.example/post"
        if key in WORDED:
            return (
                self.new(f"{kind} {key}") if key in {"subject", "handle"} else self.sentence(f"{kind} {key}")
            )
        if SORTS[key] is Sort.WHEN:
            return "2026-11-02 14:30"
        options = sorted(options_of(kind, key))
        return self.chance.choice(options) if options else ""

    def found_in(self, text: str) -> list[str]:
        """Where the canaries in a text were put, however their letters are written."""
        return self.found_in_bytes(text.encode(errors="replace"))

    def found_in_bytes(self, content: bytes) -> list[str]:
        """The same for bytes: as UTF-8 or UTF-16, in small letters, in capitals or as they were put."""
        seen = {found.replace(b"\0", b"").decode().capitalize() for found in _LIKE_ONE.findall(content)}
        return sorted(self.put[word] for word in seen & self.put.keys())

    def found_in_files(self, files: Iterable[Path]) -> list[tuple[str, str]]:
        """Every file that holds one, with where that was put."""
        return list(self._searched(files))

    def _searched(self, files: Iterable[Path]) -> Iterator[tuple[str, str]]:
        for file in files:
            try:
                content = file.read_bytes()
            except OSError:
                continue  # gone, or a socket
            yield from ((str(file), where) for where in self.found_in_bytes(content))


def with_canary_names(schools: str, canaries: Canaries) -> str:
    """A schools file in which every person's name and alias is a canary."""
    lines = []
    for line in schools.splitlines():
        head, found, rest = line.partition("name: ")
        if found and "email:" in line:
            _, _, rest = rest.partition(",")
            whose = head.split("id: ")[1].rstrip(", ")
            name = f"{canaries.new(f'name of {whose}')} {canaries.new(f'surname of {whose}')}"
            alias = f", aliases: [{canaries.new(f'alias of {whose}')}]" if "aliases" not in rest else ""
            rest = rest.replace("[Mrs Nair]", f"[{canaries.new(f'alias of {whose}')}]")
            rest = rest.replace("email: ", f"email: {canaries.new(f'email of {whose}').lower()}.", 1)
            line = f"{head}name: {name}{alias},{rest}"  # noqa: PLW2901  each line is written anew
        lines.append(line)
    return "\n".join(lines) + "\n"
