"""The auditor's round looks at every open case: from indexes alone, without reading cases or timers."""

from alembic import op

revision = "0006"
down_revision = "0005"
_WIDER = {"case_file": ("state", "id"), "timer": ("case_id", "purpose")}


def upgrade() -> None:
    """Two indexes get a second column."""
    for table, columns in _WIDER.items():
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)
        op.drop_index(f"ix_{table}_{columns[0]}", table)


def downgrade() -> None:
    """And lose it again."""
    for table, columns in _WIDER.items():
        op.create_index(f"ix_{table}_{columns[0]}", table, [columns[0]])
        op.drop_index(f"ix_{table}_{'_'.join(columns)}", table)
