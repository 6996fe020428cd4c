"""What chat brings: events that have been dealt with, and questions passed on to whoever decides."""

from alembic import op

from storage.migrations.columns import index, key, sealed, text, time

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table("seen_event", key(), *time("at"))
    index("seen_event", "at")
    op.create_table(
        "passed_question",
        key(),
        *text("asker", "decider", "role"),
        *time("at", "answered_at?"),
        *sealed("sealed", "answer?"),
    )
    index("passed_question", "at")


def downgrade() -> None:
    """Drop them."""
    for table in ("seen_event", "passed_question"):
        op.drop_table(table)
