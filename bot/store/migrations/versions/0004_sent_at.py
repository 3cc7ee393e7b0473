"""When a start went out: what Nexthink recorded before is none of the run."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column; of older runs it is not known."""
    op.add_column("runs", sa.Column("sent_at", sa.DateTime(timezone=True)))
