"""Similar and linked cases, and people new to a safeguarding role."""

from alembic import op

from storage.migrations.columns import case, index, key, text, time

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table("fingerprint", key(), case(), *text("mac"))
    index("fingerprint", "case_id", "mac")
    op.create_table("link", key(), case("one"), case("other"), *text("how"))
    index("link", "one", "other")
    op.create_table(
        "role_change", key(), *text("person", "role", "school", "agreed_by?"), *time("at", "agreed_at?")
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("fingerprint", "link", "role_change"):
        op.drop_table(table)
