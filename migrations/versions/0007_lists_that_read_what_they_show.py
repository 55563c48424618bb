"""lists that read what they show: indices of the members' list, the public log, the newest of all kinds."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

LISTED = "erased_at IS NULL AND (email_confirmed_at IS NOT NULL OR imported_from IS NOT NULL)"
MODERATION = (
    "(as_moderator IS true OR actor_id IS NULL OR rule <> ''"
    " OR to_state = 'removed' AND from_state IN ('published', 'hidden'))"
)


def _create(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def upgrade() -> None:
    """Go to this revision."""
    _create("ix_member_list", "member", ["helped_count", "published_count", "username"], LISTED)
    _create("ix_member_advocates", "member", ["helped_count"], "advocate_since IS NOT NULL")
    _create("ix_decision_log", "decision", ["id"], MODERATION)
    op.drop_index("ix_contribution_roots", table_name="contribution")
    _create("ix_contribution_roots", "contribution", ["state", "published_at"], "kind <> 'reply'")


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_index("ix_contribution_roots", table_name="contribution")
    _create("ix_contribution_roots", "contribution", ["state", "published_at"], "parent_id IS NULL")
    op.drop_index("ix_decision_log", table_name="decision")
    op.drop_index("ix_member_advocates", table_name="member")
    op.drop_index("ix_member_list", table_name="member")
