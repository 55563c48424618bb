"""What follows when a contribution or a member changes: public copies of pictures appear and disappear."""

from collections.abc import Callable, Sequence

from sqlalchemy import select

from portal.activity import Activity
from portal.contributions import turns
from portal.contributions.models import Contribution
from portal.db import db, writing
from portal.media import commands, making, publishing, queries
from portal.media.models import Picture
from portal.members.models import Member


def settle_pictures(lines: Sequence[Activity]) -> None:
    """Public copies for what readers can see, none for anything else.

    It goes by the state of now, not by the verb, so that any order of activities ends the same. A
    reply's pictures follow its parent too.
    """
    ids = {line.contribution_id for line in lines if line.contribution_id}
    for contribution in queries.affected_by(ids):
        if publishing.is_open(contribution):
            publishing.publish_pictures(contribution)
        else:
            publishing.unpublish_pictures(contribution)
    publishing.release_unattached()


def finish_pictures(lines: Sequence[Activity]) -> None:
    """The sizes of received pictures that no page had to wait for; commits picture by picture."""
    ids = [int(line.data["picture"]) for line in lines if "picture" in line.data]
    db.session.rollback()  # nobody waits for the database while pictures are decoded
    making.make_rest(ids)


def settle_faces(lines: Sequence[Activity]) -> None:
    """The public profile picture of the members concerned: whose profile it is, or whose text was published."""
    members = {line.member_id for line in lines if line.member_id}
    texts = [line.contribution_id for line in lines if line.contribution_id]
    if texts:
        members.update(db.session.scalars(select(Contribution.author_id).where(Contribution.id.in_(texts))))
    turns.take_people(members)
    for member_id in members:
        member = db.session.get(Member, member_id)
        if member is not None:
            publishing.settle_face(member)


def sweep() -> None:
    """The chore: pictures nobody used, and files nothing names, go."""
    with writing():
        commands.sweep_orphans()
    commands.sweep_stray_files()


def rebuild(progress: Callable[[int, int], None] | None = None) -> int:
    """Every derivative again from the masters, and the public copies from those; returns how many pictures.

    The database is held for writing only while one picture's public copies are made.
    """
    ids = db.session.scalars(select(Picture.id).order_by(Picture.id)).all()
    done = 0
    for number, picture_id in enumerate(ids, 1):
        db.session.rollback()
        picture = db.session.get(Picture, picture_id)
        if picture is not None:
            done += making.remake(picture)
        if progress:
            progress(number, len(ids))
    return done
