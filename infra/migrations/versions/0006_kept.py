"""Ids that things had elsewhere, and what CKAN's words hang on datasets, agencies and people."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "origins",
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("remote", sa.String(length=200), nullable=False),
        sa.Column("target", sa.String(length=36), nullable=False),
        sa.Column("part", sa.String(length=200), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", "kind", "remote", name=op.f("pk_origins")),
    )
    op.create_index(op.f("ix_origins_target"), "origins", ["target"])
    op.create_index(op.f("ix_origins_kind_remote"), "origins", ["kind", "remote"])
    op.create_table(
        "marks",
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", name=op.f("pk_marks")),
    )
    op.create_index(op.f("ix_marks_subject"), "marks", ["subject"])
    op.create_index(op.f("ix_marks_person"), "marks", ["person"])


def downgrade() -> None:
    op.drop_table("marks")
    op.drop_table("origins")
