"""Recipes: how the files of a resource are read and repaired."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recipes",
        sa.Column("dataset", sa.String(length=36), nullable=False),
        sa.Column("resource", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["dataset"], ["datasets.id"], name=op.f("fk_recipes_dataset"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("dataset", "resource", name=op.f("pk_recipes")),
    )


def downgrade() -> None:
    op.drop_table("recipes")
