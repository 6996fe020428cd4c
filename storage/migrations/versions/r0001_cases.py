"""Cases, their chronology, the outbox, timers, the audit chain and what runs them."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import case, index, key, number, sealed, text, time, truth

revision = "0001"
down_revision = None
_TABLES = (
    *("timer", "telling", "notice", "chronology", "unreachable", "schools_file", "fact", "code"),
    *("case_key", "case_file", "audit_head", "audit"),
)


def upgrade() -> None:
    """Make the tables."""
    _audit()
    _case()
    _people()
    _outbox()


def downgrade() -> None:
    """Drop them."""
    for table in _TABLES:
        op.drop_table(table)


def _audit() -> None:
    seq = sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False)
    op.create_table("audit", seq, *text("at", "actor", "os_user", "action", "reference", "detail", "mac"))
    head = sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False)
    op.create_table("audit_head", head, *number("seq"), *text("mac", "seal"))


def _case() -> None:
    op.create_table(
        "case_file",
        key(),
        *text("reference", "dedupe", "kind", "urgency", "family", "school?", "reporter", "origin", "state"),
        *number("level", "lap", "version"),
        *truth("drill", "held", "alarmed"),
        *text("schools"),
        *time("opened_at", "changed_at", "closed_at?", "transferred_at?"),
        *sealed("sealed"),
        sa.UniqueConstraint("dedupe"),
        sa.UniqueConstraint("reference"),
    )
    index("case_file", "reporter", "state")
    op.create_table("case_key", key("owner"), *text("master"), *sealed("wrapped"))
    op.create_table("chronology", key(), case(), *time("at"), *text("event", "by"), *sealed("sealed?"))
    index("chronology", "case_id")


def _people() -> None:
    op.create_table(
        "telling",
        key(),
        case(),
        *text("person", "role"),
        *number("level", "lap"),
        *truth("alert", "withdrawn", "handler"),
        *time("told_at", "acknowledged_at?"),
    )
    index("telling", "case_id", "person")
    op.create_table("unreachable", key("lane"), *text("reason"), *time("at"))
    op.create_table("schools_file", key("digest"), *time("at"), *sealed("sealed"))
    op.create_table("fact", key("name"), *text("value"), *time("at"))
    op.create_table(
        "code",
        key(),
        *text("person", "purpose", "digest"),
        *number("tries"),
        *time("expires_at"),
        *sealed("sealed?"),
    )
    index("code", "person")


def _outbox() -> None:
    op.create_table(
        "notice",
        key(),
        case(optional=True),
        *text("person", "platform", "lane", "event", "about"),
        sa.Column("place", sa.BigInteger(), nullable=False),
        *text("state", "owner?", "marks", "provider_id?", "reason?"),
        *number("attempts"),
        *time("not_before", "lease_until?", "created_at", "sent_at?"),
    )
    index("notice", "case_id", "place", "state", "sent_at")
    op.create_table("timer", key(), case(), *text("purpose", "guard"), *time("due_at"))
    index("timer", "case_id", "due_at")
