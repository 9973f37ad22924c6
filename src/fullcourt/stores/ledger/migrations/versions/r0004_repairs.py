"""Repairs, and the runs made for them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of repairs; a run says which one it was made for."""
    op.create_table(
        "repairs",
        sa.Column("repair_id", sa.String(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("force_reason", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.String(), nullable=False),
        sa.Column("closed_at", sa.String(), nullable=True),
        sa.Column("is_whole", sa.Integer(), nullable=True),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("repair_id"),
    )
    op.add_column("runs", sa.Column("repair_id", sa.String(), nullable=True))
