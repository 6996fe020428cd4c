"""Look a policy over before it is published: `lint` takes plain values and finds what its owner should see.

Pure: no clock, no files but its own data. What the statutory floor says is handed in; knowledge knows none.
"""

from datetime import date

from knowledge.linting import dates, leftovers, numbering, sentences, tables
from knowledge.linting.ruling import Peers, contradicting, disputed, uncovered, unreached
from knowledge.linting.values import Clause, Details, Finding, Paper
from knowledge.rules import Pack

__all__ = ["Clause", "Details", "Finding", "Paper", "Peers", "details_of", "lint", "paper_of"]


def lint(
    paper: Paper | None, pack: Pack | None, *, today: date, peers: Peers | None = None
) -> tuple[Finding, ...]:
    """Everything found in a document, a pack, or both together; what they share is said once.

    `peers` says what comparable policies cover; without it coverage isn't looked at.
    """
    said = (paper.details if paper else None) or (details_of(pack) if pack else None)
    about = said or Details()
    found = [*dates.overdue(about, today), *(dates.missing(about) if said else ())]
    if paper:
        found += [*numbering.gaps(paper), *numbering.contents(paper), *numbering.references(paper)]
        found += [*dates.disagreeing(paper, about), *dates.stale(paper, about, today)]
        for page in (Paper(paper.name, paper.front), paper):
            found += [*leftovers.template_text(page), *leftovers.blank_roles(page)]
        found += [*sentences.doubled(paper), *sentences.cut(paper), *sentences.nobody(paper)]
    found += tables.check_register(tables.registers(paper, pack))
    if pack:
        found += contradicting(pack)
        found += uncovered(pack, peers) if peers else ()
    if paper:
        found += disputed(paper, pack)
        found += unreached(paper, pack) if pack else ()
    return tuple(dict.fromkeys(found))


def details_of(pack: Pack) -> Details:
    """What a pack says of its policy."""
    policy = pack.policy
    return Details(policy.version, policy.approved, policy.reviewed, policy.review_due)


def paper_of(pack: Pack) -> Paper | None:
    """The document as far as a draft pack holds it; None for a pack without clauses."""
    if not pack.clauses:
        return None
    blocks: list[Clause] = []
    seen: set[str] = set()
    for address, text in pack.clauses.items():
        section = address.partition(":")[0]
        heading = pack.headings.get(section, section)
        if section not in seen:
            seen.add(section)
            blocks.append(Clause(section, heading, kind="heading"))
        blocks.append(_block(address, text, heading))
    return Paper(pack.policy.id, tuple(blocks), details_of(pack))


def _block(address: str, text: str, heading: str) -> Clause:
    cells = tuple(cell.strip() for cell in text.split("|")) if " | " in text else ()
    return Clause(address, text, (heading,), "row" if cells else "paragraph", cells)
