"""advocates that anyone can check."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sort", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.CheckConstraint(
            "sort IN ('circle', 'one_origin', 'reciprocal', 'storm', 'bought')", name=op.f("ck_finding_sort")
        ),
        sa.CheckConstraint("state IN ('open', 'cleared', 'set_aside')", name=op.f("ck_finding_state")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["member.id"], name=op.f("fk_finding_decided_by_id_member"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("key", name=op.f("uq_finding_key")),
    )
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_finding_decided_by_id"), ["decided_by_id"], unique=False)
        batch_op.create_index("ix_finding_state_weight", ["state", "weight"], unique=False)

    op.create_table(
        "invited",
        sa.Column("member_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_invited_by_id_member"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_invited_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_invited")),
    )
    with op.batch_alter_table("invited", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invited_by_id"), ["by_id"], unique=False)

    op.create_table(
        "sign_in_origin",
        sa.Column("member_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_sign_in_origin_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "digest", name=op.f("pk_sign_in_origin")),
    )
    with op.batch_alter_table("sign_in_origin", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_origin_digest"), ["digest"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_origin_last_at"), ["last_at"], unique=False)

    op.create_table(
        "willingness",
        sa.Column("member_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("questions_a_week", sa.Integer(), nullable=False),
        sa.Column("welcomes", sa.Boolean(), nullable=False),
        sa.Column("takes_requests", sa.Boolean(), nullable=False),
        sa.Column("weekly_note", sa.Boolean(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("questions_a_week BETWEEN 0 AND 20", name=op.f("ck_willingness_questions_a_week")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_willingness_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_willingness")),
    )
    op.create_table(
        "finding_appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["member.id"], name=op.f("fk_finding_appeal_decided_by_id_member"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_finding_appeal_finding_id_finding"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_finding_appeal_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_appeal")),
        sa.UniqueConstraint("finding_id", "member_id", name=op.f("uq_finding_appeal_finding_id_member_id")),
    )
    with op.batch_alter_table("finding_appeal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_finding_appeal_decided_by_id"), ["decided_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_finding_appeal_member_id"), ["member_id"], unique=False)
        batch_op.create_index("ix_finding_appeal_open", ["decided_at", "at"], unique=False)

    op.create_table(
        "finding_member",
        sa.Column("finding_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("member_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_finding_member_finding_id_finding"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_finding_member_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("finding_id", "member_id", name=op.f("pk_finding_member")),
    )
    with op.batch_alter_table("finding_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_finding_member_member_id"), ["member_id"], unique=False)

    op.create_table(
        "incentive",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("promised_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_incentive_contribution_id_contribution"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["promised_by_id"], ["member.id"], name=op.f("fk_incentive_promised_by_id_member"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incentive")),
    )
    with op.batch_alter_table("incentive", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incentive_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_incentive_promised_by_id"), ["promised_by_id"], unique=False)

    op.create_table(
        "routed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("sort", sa.String(length=10), nullable=False),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("sort IN ('question', 'newcomer', 'asked')", name=op.f("ck_routed_sort")),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_routed_contribution_id_contribution"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_routed_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routed")),
        sa.UniqueConstraint("contribution_id", "member_id", name=op.f("uq_routed_contribution_id_member_id")),
    )
    with op.batch_alter_table("routed", schema=None) as batch_op:
        batch_op.create_index("ix_routed_member_id_at", ["member_id", "at"], unique=False)

    op.create_table(
        "set_aside",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sort", sa.String(length=20), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_set_aside_contribution_id_contribution"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_set_aside_finding_id_finding"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_set_aside")),
    )
    with op.batch_alter_table("set_aside", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_set_aside_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_set_aside_finding_id"), ["finding_id"], unique=False)
        batch_op.create_index(
            "uq_set_aside_standing",
            ["sort", "source_id", "finding_id"],
            unique=True,
            sqlite_where=sa.text("lifted_at IS NULL"),
            postgresql_where=sa.text("lifted_at IS NULL"),
        )

    op.create_table(
        "thank_you",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=True),
        sa.Column("because", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("suggested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("suggested_by_id", sa.Integer(), nullable=True),
        sa.Column("how", sa.String(length=12), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("incentive_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'done', 'skipped')", name=op.f("ck_thank_you_state")),
        sa.ForeignKeyConstraint(
            ["done_by_id"], ["member.id"], name=op.f("fk_thank_you_done_by_id_member"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["incentive_id"], ["incentive.id"], name=op.f("fk_thank_you_incentive_id_incentive"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_thank_you_member_id_member"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["suggested_by_id"], ["member.id"], name=op.f("fk_thank_you_suggested_by_id_member"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thank_you")),
        sa.UniqueConstraint("key", name=op.f("uq_thank_you_key")),
    )
    with op.batch_alter_table("thank_you", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_thank_you_done_by_id"), ["done_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_thank_you_incentive_id"), ["incentive_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_thank_you_member_id"), ["member_id"], unique=False)
        batch_op.create_index("ix_thank_you_state_suggested_at", ["state", "suggested_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_thank_you_suggested_by_id"), ["suggested_by_id"], unique=False)

    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.add_column(sa.Column("incentive", sa.String(length=200), nullable=False, server_default=""))

    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.add_column(sa.Column("advocate_level", sa.String(length=12), nullable=False, server_default=""))

    with op.batch_alter_table("recognition", schema=None) as batch_op:
        batch_op.add_column(sa.Column("level", sa.String(length=12), nullable=False, server_default="advocate"))
        batch_op.add_column(sa.Column("level_proposed", sa.String(length=12), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("level_since", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("term_notice_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("renewal_proposed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("shows_numbers", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("shows_answers", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("shows_about", sa.Boolean(), nullable=False, server_default=sa.true()))

    with op.batch_alter_table("thanks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("word", sa.String(length=200), nullable=False, server_default=""))
    # What the new columns say of old rows stays as their default: dropping it would make SQLite write the largest
    # tables anew.
    op.execute("UPDATE member SET advocate_level = 'advocate' WHERE advocate_since IS NOT NULL")
    with op.batch_alter_table("ledger_entry") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_ledger_entry_sort"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_ledger_entry_sort"), "sort IN ('accepted', 'asker_thanks', 'thanks', 'decided')"
        )


def downgrade() -> None:
    """Findings and levels have no place in the state before."""
    raise RuntimeError("going back means restoring the backup made before the upgrade")
