"""One policy on a terminal, as a policy officer reads it."""

from datetime import date

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.wording import answers as wording
from knowledge.rules import Pack, Rule, Ruling


def show_pack(pack: Pack, today: date) -> None:
    """Print a pack: whose and how current, roles, register, contradictions, rules with their exceptions."""
    console = Console(highlight=False, emoji=False)
    console.print(Text(wording.edition(pack.policy), style="bold"))
    if pack.policy.overdue(today):
        console.print(Text(f"⚠ {wording.overdue(pack.policy)}", style="yellow"))
    for role, name in pack.roles.items():
        console.print(Text(f"{role.value}: {name}"))
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
        table.add_row(_named(rule), _verdict(rule, pack), " ".join(rule.addresses), _said(rule))
        for exception in rule.exceptions:
            when = ", ".join(f"{slot} {value}" for slot, value in exception.when.items())
            clauses = " ".join(exception.addresses)
            table.add_row(
                Text(f"  if {when}", style="dim"), _verdict(exception, pack), clauses, _said(exception)
            )
    return table


def _named(rule: Rule) -> Text:
    """A rule's id, and how sure the import is of it where that is a draft's."""
    if rule.confidence is None:
        return Text(rule.id)
    return Text(f"{rule.id}\n{rule.confidence:.2f} sure", style="yellow" if rule.doubt else "")


def _verdict(said: Ruling, pack: Pack) -> str:
    whom = [pack.role_name(role) for role in (*said.decides, *said.tells)]
    return f"{said.verdict.value}: {', '.join(whom)}" if whom else said.verdict.value


def _said(said: Ruling) -> Text:
    return Text("\n".join((said.says, *(f"• {condition}" for condition in said.conditions))))
