"""recognition can be silent: a switch of its own for mail about it; what is unread has an index of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Go to this revision."""
    # The default stays in the table: the columns of so many rows are not written anew, and the program before this one
    # can go on adding members until it is replaced.
    op.add_column("member", sa.Column("mail_recognition", sa.Boolean(), nullable=False, server_default=sa.true()))
    unread = sa.text("read_at IS NULL")
    op.create_index(
        "ix_notification_unread", "notification", ["member_id"], sqlite_where=unread, postgresql_where=unread
    )


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_index("ix_notification_unread", "notification")
    op.drop_column("member", "mail_recognition")
