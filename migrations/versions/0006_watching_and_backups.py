"""watching and backups: what was counted in each minute, each backup, the request behind an activity."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "backup_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ok", sa.Boolean(), nullable=True),
        sa.Column("file", sa.String(length=300), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.Column("pictures", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup_run")),
    )
    with op.batch_alter_table("backup_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_backup_run_started_at"), ["started_at"], unique=False)

    op.create_table(
        "measured",
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.Double(), nullable=False),
        sa.Column("highest", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("minute", "name", name=op.f("pk_measured")),
    )
    op.add_column("activity", sa.Column("request_id", sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Go back to the revision before."""
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.drop_column("request_id")
    op.drop_table("measured")
    op.drop_table("backup_run")
