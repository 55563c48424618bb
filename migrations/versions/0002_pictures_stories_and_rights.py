"""pictures stories and rights."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "blocked_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("difference_hash", sa.String(length=16), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("blocked_by_id", sa.Integer(), nullable=True),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("purged", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["blocked_by_id"], ["member.id"], name=op.f("fk_blocked_picture_blocked_by_id_member"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocked_picture")),
        sa.UniqueConstraint("sha256", name=op.f("uq_blocked_picture_sha256")),
    )
    with op.batch_alter_table("blocked_picture", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_blocked_picture_blocked_by_id"), ["blocked_by_id"], unique=False)

    op.create_table(
        "challenge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=140), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_challenge_closes_after_it_opens")),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["member.id"], name=op.f("fk_challenge_opened_by_id_member"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_challenge_product_id_product"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge")),
        sa.UniqueConstraint("slug", name=op.f("uq_challenge_slug")),
    )
    with op.batch_alter_table("challenge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_challenge_closes_at"), ["closes_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_challenge_opened_by_id"), ["opened_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_challenge_product_id"), ["product_id"], unique=False)

    op.create_table(
        "prospect_thanks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("visitor", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_prospect_thanks_contribution_id_contribution"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prospect_thanks")),
        sa.UniqueConstraint("contribution_id", "visitor", name=op.f("uq_prospect_thanks_contribution_id_visitor")),
    )
    with op.batch_alter_table("prospect_thanks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_prospect_thanks_contribution_id"), ["contribution_id"], unique=False)

    op.create_table(
        "rights_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("wording", sa.String(length=500), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Boolean(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["member.id"], name=op.f("fk_rights_request_asked_by_id_member"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_rights_request_contribution_id_contribution"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_rights_request_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_request")),
    )
    with op.batch_alter_table("rights_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rights_request_asked_by_id"), ["asked_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rights_request_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rights_request_member_id"), ["member_id"], unique=False)
        batch_op.create_index(
            "uq_rights_request_open",
            ["contribution_id", "purpose"],
            unique=True,
            sqlite_where=sa.text("answered_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL AND withdrawn_at IS NULL"),
        )

    op.create_table(
        "story_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        sa.Column("contribution_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("story_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_story_invitation_contribution_id_contribution"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["member.id"], name=op.f("fk_story_invitation_invited_by_id_member"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_story_invitation_member_id_member"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["story_id"],
            ["contribution.id"],
            name=op.f("fk_story_invitation_story_id_contribution"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_invitation")),
    )
    with op.batch_alter_table("story_invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_story_invitation_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_story_invitation_invited_by_id"), ["invited_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_story_invitation_member_id"), ["member_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_story_invitation_story_id"), ["story_id"], unique=False)

    op.create_table(
        "picture_band",
        sa.Column("band", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("picture_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["picture.id"], name=op.f("fk_picture_band_picture_id_picture"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("band", "value", "picture_id", name=op.f("pk_picture_band")),
    )
    with op.batch_alter_table("picture_band", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_picture_band_picture_id"), ["picture_id"], unique=False)

    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("wording_version", sa.String(length=20), nullable=False, server_default="2026-11")
        )
        batch_op.add_column(sa.Column("until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("request_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_consent_request_id"), ["request_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_consent_request_id_rights_request"),
            "rights_request",
            ["request_id"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.add_column(sa.Column("challenge_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_photo_challenge_id"), ["challenge_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_photo_taken_at_place"), ["taken_at_place"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_photo_challenge_id_challenge"), "challenge", ["challenge_id"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("picture", schema=None) as batch_op:
        batch_op.add_column(sa.Column("part", sa.String(length=20), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("made_sizes", sa.String(length=60), nullable=False, server_default=""))

    _take_off_defaults("consent", "wording_version")
    _take_off_defaults("picture", "part", "made_sizes")
    _describe_pictures()
    _stories_in_five_parts()


def _take_off_defaults(table: str, *columns: str) -> None:
    """A default was there for the rows that are there already; new rows say what they mean."""
    with op.batch_alter_table(table) as batch_op:
        for column in columns:
            batch_op.alter_column(column, server_default=None)


def _describe_pictures() -> None:
    """What lies in storage of each picture so far: every size. And its hash in bytes, to find near copies by."""
    connection = op.get_bind()
    table = sa.table(
        "picture",
        *(sa.column(name) for name in ("id", "width", "difference_hash", "public_widths", "made_sizes")),
    )
    bands = sa.table("picture_band", sa.column("band"), sa.column("value"), sa.column("picture_id"))
    rows = connection.execute(
        sa.select(table.c.id, table.c.width, table.c.difference_hash, table.c.public_widths)
    ).all()
    for start in range(0, len(rows), 1000):
        some = rows[start : start + 1000]
        connection.execute(
            table.update().where(table.c.id == sa.bindparam("picture")).values(made_sizes=sa.bindparam("sizes")),
            [{"picture": row.id, "sizes": _sizes(row.width, row.public_widths)} for row in some],
        )
        connection.execute(
            bands.insert(),
            [
                {"band": band, "value": value, "picture_id": row.id}
                for row in some
                for band, value in enumerate(bytes.fromhex(row.difference_hash))
            ],
        )


def _sizes(width: int, public_widths: str) -> str:
    """As `media.derivatives.widths_for` had them at this revision."""
    own = min(width, 2560)
    sizes = [str(step) for step in (320, 640, 1280, 2560) if step < own * 0.9] + [str(own)]
    return ",".join([*sizes, "animation"] if public_widths.endswith("animation") else sizes)


def _stories_in_five_parts() -> None:
    """Three parts become five: who and what was hard stay together, what changed and what came of it join."""
    with op.batch_alter_table("story") as batch_op:
        for name in ("who", "tried", "advice"):
            batch_op.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
        for name, length in (("figure", 20), ("figure_says", 120), ("pull_quote", 300), ("company_size", 20)):
            batch_op.add_column(sa.Column(name, sa.String(length=length), nullable=False, server_default=""))
        batch_op.alter_column("before", new_column_name="hard", existing_type=sa.Text(), existing_nullable=False)
        batch_op.alter_column("change", new_column_name="changed", existing_type=sa.Text(), existing_nullable=False)
    story = sa.table("story", sa.column("changed"), sa.column("result"))
    joined = sa.case((story.c.changed == "", story.c.result), else_=story.c.changed + "\n\n" + story.c.result)
    op.get_bind().execute(story.update().where(story.c.result != "").values(changed=joined))
    with op.batch_alter_table("story") as batch_op:
        batch_op.drop_column("result")
    _take_off_defaults("story", "who", "tried", "advice", "figure", "figure_says", "pull_quote", "company_size")


def downgrade() -> None:
    """Not without loss: five parts do not become three again."""
    raise RuntimeError("going back means restoring the backup made before the upgrade")
