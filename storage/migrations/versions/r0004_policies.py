"""Published policies in their versions, and what people asked that a policy didn't answer."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.columns import index, key, number, sealed, text, time

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "policy_version",
        key(),
        *text("policy"),
        *number("number"),
        *time("at"),
        *text("approved_by", "digest"),
        *sealed("sealed", "reason?"),
    )
    index("policy_version", "policy")
    op.create_table("gap", key(), *text("policy", "month", "topic", "how"), *number("asked"))
    index("gap", "month")
    gap = sa.Column("gap_id", sa.String(), sa.ForeignKey("gap.id"), nullable=False)
    op.create_table("gap_question", key(), gap, *sealed("sealed"))
    index("gap_question", "gap_id")


def downgrade() -> None:
    """Drop them."""
    for table in ("gap_question", "gap", "policy_version"):
        op.drop_table(table)
