"""The register of accounts, as a table in the document or in a pack: its gaps and who stands alone."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.linting.leftovers import EXAMPLE
from knowledge.linting.values import Clause, Finding, Paper, listed
from knowledge.rules import Pack

_COLUMNS = {
    "account": r"account|page|handle|channel|profile|platform|site",
    "administrator": r"admin|master|responsible|managed|owner|run by",
    "users": r"approved|user|posting|who may post|editor",
    "opened": r"open|created|started|since",
    "closed": r"clos|ended",
    "whose": r"school|trust|part|department|team",
}
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_POST = re.compile(
    r"\b(?:head\w*|principals?|managers?|teams?|leads?|officers?|governors?|ht|dht|sbo|slt|hod|co ht|"
    r"admin\w*|business|communications?|deput\w+|office|teachers?|librarian|hr|it|trust|school|leaders?|ceo|chair|"
    r"secretary|bursar|clerk|marketing|resources|department|staff|dsl|executive)\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"[&/,;+\n]|\band\b|\bor\b", re.IGNORECASE)
_PERSON = re.compile(
    r"^(?:(?:mr|mrs|ms|miss|mx|dr)\.? )?[A-Z][\w.'’-]*(?: [A-Z][\w'’-]+){1,2}$", re.IGNORECASE
)
_MANY = re.compile(
    r"\b(?:teams?|staff|teachers|principals|heads|office|slt|admins|department|leaders)\b", re.IGNORECASE
)
_GAPS = ("account", "administrator", "users", "opened")
_LEAST_COLUMNS = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a register by column; a column that the register doesn't have is missing from `cells`."""

    address: str
    name: str
    cells: dict[str, str]

    def blank(self) -> list[str]:
        """The columns that ought to be filled and aren't."""
        return [column for column in _GAPS if column in self.cells and not self.cells[column].strip(" -–")]

    def alone(self) -> bool:
        """Whether one person runs the account: somebody by name, or a single post that alone may post."""
        admin = self.cells.get("administrator", "").strip()
        users = self.cells.get("users", "").strip()
        if not admin or _SEVERAL.search(admin):
            return False
        by_name = bool(_PERSON.match(admin)) and not _POST.search(admin)
        return by_name or (admin.casefold() == users.casefold() and not _MANY.search(admin))


def registers(paper: Paper | None, pack: Pack | None) -> list[Row]:
    """The rows of the register: as the document has it, or else as the pack does."""
    rows = [row for table in paper.tables() for row in _of_table(table)] if paper else []
    if rows or pack is None:
        return rows
    return [
        Row(
            row.address,
            row.school or "",
            {
                "account": ", ".join(row.channels),
                "administrator": row.master_admin or "",
                "users": row.approved or "",
            },
        )
        for row in pack.register_
        if row.school
    ]


def _of_table(table: Sequence[Clause]) -> Iterator[Row]:
    """The rows of a table, if it is a register; a header may take two rows."""
    columns = [_column(cell) for cell in table[0].cells]
    if len({"account", "administrator", "users"} & set(columns)) < _LEAST_COLUMNS:
        return
    body = table[1:]
    if body and _is_header(body[0], table[0]):
        columns = [_column(cell) or above for cell, above in zip(body[0].cells, columns, strict=False)]
        body = body[1:]
    for row in body:
        if not any(EXAMPLE.match(cell) for cell in row.cells):
            cells = {
                column: cell for column, cell in zip(columns, row.cells, strict=False) if column is not None
            }
            yield Row(row.address, next((cell for cell in row.cells if cell.strip()), ""), cells)


def _column(cell: str) -> str | None:
    found = (name for name, pattern in _COLUMNS.items() if re.search(pattern, cell, re.IGNORECASE))
    order = ("administrator", "users", "account", "opened", "closed", "whose")
    return min(found, key=order.index, default=None)


def _is_header(row: Clause, header: Clause) -> bool:
    filled = [cell for cell in row.cells if cell.strip()]
    return bool(filled) and len(filled) * 2 < len(header.cells) and all(map(_column, filled))


def check_register(rows: Sequence[Row]) -> Iterator[Finding]:
    """Blank cells, accounts in one person's hands, and e-mail addresses where an account's name belongs."""
    for row in rows:
        if blank := row.blank():
            what = f"the register row “{_name(row)}” lacks {listed(map(_NAMES.__getitem__, blank))}"
            yield Finding("register-blank", (row.address,), what, "Fill it in")
    if alone := [row for row in rows if row.alone()]:
        what = f"one person alone runs {listed(_name(row) for row in alone)}"
        remedy = "Name a second administrator, so that nobody's absence locks the school out"
        yield Finding("one-administrator", tuple(row.address for row in alone), what, remedy)
    if mailed := [row for row in rows if _EMAIL.search(row.cells.get("account", ""))]:
        what = "an e-mail address stands where the account's name belongs"
        remedy = "Write the account's own name, by which people can find it"
        yield Finding("email-as-account", tuple(row.address for row in mailed), what, remedy)


_NAMES = {
    "account": "the account",
    "administrator": "its administrator",
    "users": "the names of who may post",
    "opened": "the day it was opened",
}


def _name(row: Row) -> str:
    account = row.cells.get("account", "")
    return row.name if row.name == account or not account else f"{row.name}: {account}"
