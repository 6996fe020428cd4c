"""Where each account of Teams is written to."""

from alembic import op

from storage.migrations.columns import key, text, time

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "conversation",
        key("account"),
        *text("conversation", "service_url", "tenant"),
        *time("seen_at"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("conversation")
