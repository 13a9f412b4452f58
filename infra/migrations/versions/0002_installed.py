"""Releases of code lists and standards, and published data checked again under them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "releases",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("accepted", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("base", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
        sa.UniqueConstraint("kind", "subject", "number", name=op.f("uq_releases_kind_subject_number")),
    )
    with op.batch_alter_table("releases", schema=None) as batch_op:
        for column in ("base", "content", "digest"):
            batch_op.create_index(batch_op.f(f"ix_releases_{column}"), [column], unique=False)
    op.create_table(
        "rechecks",
        sa.Column("release", sa.String(length=36), nullable=False),
        sa.Column("dataset", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset"], ["datasets.id"], name=op.f("fk_rechecks_dataset"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["release"], ["releases.id"], name=op.f("fk_rechecks_release"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("release", "dataset", name=op.f("pk_rechecks")),
    )
    with op.batch_alter_table("rechecks", schema=None) as batch_op:
        for column in ("dataset", "state"):
            batch_op.create_index(batch_op.f(f"ix_rechecks_{column}"), [column], unique=False)


def downgrade() -> None:
    op.drop_table("rechecks")
    op.drop_table("releases")
