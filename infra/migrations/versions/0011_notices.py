"""What people are told, on their desks and by e-mail; and the keys of letters that let them choose a password."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("unread", sa.Boolean(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("key", name=op.f("uq_notices_key")),
    )
    for name in ("person", "created", "due"):
        op.create_index(op.f(f"ix_notices_{name}"), "notices", [name])
    op.create_table(
        "letter_keys",
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("pk_letter_keys")),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_letter_keys_person"), ondelete="CASCADE"),
    )
    op.create_index(op.f("ix_letter_keys_person"), "letter_keys", ["person"])


def downgrade() -> None:
    op.drop_table("letter_keys")
    op.drop_table("notices")
