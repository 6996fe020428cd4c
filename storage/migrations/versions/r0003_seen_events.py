"""Events of a platform that have been dealt with."""

from alembic import op

from storage.migrations.columns import index, key, time

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table."""
    op.create_table("seen_event", key(), *time("at"))
    index("seen_event", "at")


def downgrade() -> None:
    """Drop it."""
    op.drop_table("seen_event")
