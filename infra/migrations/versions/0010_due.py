"""When a submission that waits is to be published by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("submissions", sa.Column("due", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_submissions_due"), "submissions", ["due"])


def downgrade() -> None:
    op.drop_index(op.f("ix_submissions_due"), "submissions")
    op.drop_column("submissions", "due")
