"""How often data are used, day by day, and what is searched in vain."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "uses",
        sa.Column("dataset", sa.String(length=36), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("resource", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("robots", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("dataset", "day", "resource", "kind", name=op.f("pk_uses")),
        sa.ForeignKeyConstraint(["dataset"], ["datasets.id"], name=op.f("fk_uses_dataset"), ondelete="CASCADE"),
    )
    op.create_index(op.f("ix_uses_day"), "uses", ["day"])
    op.create_table(
        "misses",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("last", sa.String(length=10), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("rare", sa.Boolean(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_misses")),
    )
    for name in ("last", "shown"):
        op.create_index(op.f(f"ix_misses_{name}"), "misses", [name])


def downgrade() -> None:
    op.drop_table("misses")
    op.drop_table("uses")
