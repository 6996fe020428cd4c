"""One policy on a terminal, as a policy officer reads it."""

from datetime import date

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot import wording
from knowledge.rules import Pack


def show_pack(pack: Pack, today: date) -> None:
    """Print a pack: whose and how current, register, contradictions, rules."""
    console = Console(highlight=False, emoji=False)
    console.print(Text(wording.edition(pack.policy), style="bold"))
    if pack.policy.overdue(today):
        console.print(Text(f"⚠ {wording.overdue(pack.policy)}", style="yellow"))
    if pack.register_:
        console.print(_register(pack))
    for contradiction in pack.contradictions:
        places = ", ".join(f"§ {address}" for address in contradiction.addresses)
        console.print(Text(f"⚡ {places}: {contradiction.says}", style="yellow"))
    console.print(_rules(pack))


def _register(pack: Pack) -> Table:
    table = Table(
        "clause", "school", "channels", "administrator", "may post", title="Register of official channels"
    )
    for row in pack.register_:
        cells = (row.school, ", ".join(row.channels), row.master_admin, row.approved)
        table.add_row(row.address, *(Text(cell or "(blank)", style="" if cell else "red") for cell in cells))
    return table


def _rules(pack: Pack) -> Table:
    table = Table("rule", "verdict", "clauses", "what it says", title=f"{len(pack.rules)} rules")
    for rule in pack.rules:
        table.add_row(rule.id, rule.verdict.value, " ".join(rule.addresses), Text(rule.says))
    return table
