"""Sources that are harvested, their runs, and what of them is held."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sources",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        sa.UniqueConstraint("name", name=op.f("uq_sources_name")),
    )
    op.create_index(op.f("ix_sources_due"), "sources", ["due"])
    op.create_table(
        "runs",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("source", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
        sa.ForeignKeyConstraint(["source"], ["sources.id"], name=op.f("fk_runs_source"), ondelete="CASCADE"),
    )
    op.create_index(op.f("ix_runs_source"), "runs", ["source"])
    op.create_table(
        "harvested",
        sa.Column("source", sa.String(length=36), nullable=False),
        sa.Column("remote", sa.String(length=200), nullable=False),
        sa.Column("dataset", sa.String(length=36), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("run", sa.String(length=36), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("source", "remote", name=op.f("pk_harvested")),
        sa.ForeignKeyConstraint(["source"], ["sources.id"], name=op.f("fk_harvested_source"), ondelete="CASCADE"),
    )
    op.create_index(op.f("ix_harvested_dataset"), "harvested", ["dataset"])


def downgrade() -> None:
    op.drop_table("harvested")
    op.drop_table("runs")
    op.drop_table("sources")
