"""Approvals by several people, with reasons, escalation, and the hash of what is approved."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns; an older approval has none of it, and needs one person."""
    op.add_column("decisions", sa.Column("verdict_reason", sa.Text()))
    op.add_column("decisions", sa.Column("details", sa.JSON(none_as_null=True)))
