"""Filling a site with the demo community: through the house's own commands, dated back from today, once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import func, select, update

from portal import activity, clock
from portal.activity import Activity
from portal.admin.commands import create_board, create_product, save_site
from portal.advocacy.chores import nightly
from portal.config import settings
from portal.contributions.models import Contribution, Product
from portal.db import db, writing
from portal.demo import (
    articles,
    articles_more,
    challenges,
    inviting,
    joining,
    judging,
    moderation,
    neighbours,
    painting,
    people,
    photos,
    photos_more,
    products,
    recognising,
    stories,
    topics_earlier,
    topics_first,
    topics_load,
    topics_motor,
    topics_wall,
    topics_work,
    topics_workshop,
    topics_workshop_more,
)
from portal.demo.agenda import Agenda
from portal.demo.boards import BOARDS
from portal.demo.posting import Posting, Thing
from portal.demo.shapes import Case, LooseAnswer, Question, prose
from portal.forum.models import Board
from portal.guard import chores as guard
from portal.helping.chores import bring_questions
from portal.members.models import Member
from portal.notifications.letters import NEVER
from portal.notifications.models import Notification

Progress = Callable[[str, int, int], None]

LOADED = "demo_loaded"
"""The verb that says that the demo is complete: a second run then changes nothing."""
NEWS_DAYS = 2
"""Older notifications count as read, as they would be by people who come by."""

THINGS: tuple[Thing, ...] = (
    *topics_first.TOPICS, *topics_workshop.TOPICS, *topics_workshop_more.TOPICS, *topics_motor.TOPICS,
    *topics_load.TOPICS, *topics_work.TOPICS, *topics_wall.TOPICS, *topics_earlier.TOPICS, *neighbours.TOPICS,
    *stories.STORIES, *articles.ARTICLES, *articles_more.ARTICLES, *photos.PHOTOS, *photos_more.PHOTOS,
)  # fmt: skip
CASES: tuple[Case, ...] = (*moderation.WAITING, *moderation.DECIDED, *moderation.REPORTED)


@dataclass(frozen=True)
class Summary:
    """What the site has now, and how to sign in."""

    added: bool
    members: int
    contributions: dict[str, int]
    sign_ins: Sequence[tuple[str, str]]
    address: str

    def __str__(self) -> str:
        kinds = ", ".join(f"{count} {_plural(kind)}" for kind, count in self.contributions.items())
        first = "The demo is here:" if self.added else "The demo was here already; nothing was added. There are"
        lines = [f"{first} {self.members} members, {kinds}.", f"Sign in at {self.address}/account/sign-in as"]
        lines += [f"  {username:<12} {people.PASSWORD:<18} {role}" for username, role in self.sign_ins]
        return "\n".join(lines)


def load(progress: Progress, paint: painting.Paint = painting.paint) -> Summary:
    """Fill the site; `progress(step, done, total)` is told how it goes. A second run adds nothing.

    Needs an application context. One that was cut short goes on where it stopped. `paint` makes the pictures.
    """
    with current_app.test_request_context(base_url=settings().base_url):
        if is_loaded():
            return _summary(added=False)
        prepared = paint(_motifs(), progress)
        agenda = Agenda(clock.now())
        members: dict[str, int] = {}
        with writing():
            _furnish()
        joining.plan(agenda, members, prepared)
        posting = Posting(agenda, members, prepared)
        challenges.plan(agenda, posting.member)
        posting.plan(THINGS)
        judging.plan(agenda, posting, CASES)
        inviting.plan(agenda, posting)
        recognising.plan(agenda, posting)
        agenda.carry_out(lambda done, total: progress("community", done, total))
        _follow_up(progress)
        nightly(always=True)
        guard.nightly(always=True)
        bring_questions()
        _follow_up(progress)
        with writing():
            joining.show_themselves(members)
            _settle_notifications()
            activity.record(LOADED)
        return _summary(added=True)


def is_loaded() -> bool:
    """Whether the demo is here, whole."""
    return db.session.scalar(select(Activity.id).where(Activity.verb == LOADED).limit(1)) is not None


def _motifs() -> list[painting.Motif]:
    """Everything that has to be drawn."""
    motifs: list[painting.Motif] = [person for person in people.PEOPLE if person.face]
    for thing in (*THINGS, *(case.thing for case in CASES)):
        if isinstance(thing, Question):
            motifs += [thing.drawing] if thing.drawing else []
        elif not isinstance(thing, LooseAnswer):
            motifs += [shot.drawing for shot in thing.shots]
    return motifs


def _furnish() -> None:
    """Name the site and put up its boards and products, unless they are there."""
    save_site(
        name=products.SITE_NAME, tagline=products.TAGLINE, welcome=prose(products.WELCOME), company=products.COMPANY,
        contact=products.CONTACT, accent_hue=products.ACCENT_HUE,
    )  # fmt: skip
    boards, known = set(db.session.scalars(select(Board.name))), set(db.session.scalars(select(Product.name)))
    for shelf in BOARDS:
        if shelf.name not in boards:
            create_board(shelf.name, shelf.description)
    for shelf in products.PRODUCTS:
        if shelf.name not in known:
            create_product(shelf.name, shelf.description)


def _follow_up(progress: Progress) -> None:
    """Let everything that follows happen now, so that the first visitor finds index, ledger and pictures in place."""
    done = 0
    waiting, _ = activity.owed()
    db.session.rollback()
    while more := activity.follow_up(limit=400):
        done += more
        progress("following up", done, max(waiting, done))


def _settle_notifications() -> None:
    """Nobody is mailed about the past, and only the news of the last days is unread."""
    old = clock.ago(days=NEWS_DAYS)
    db.session.execute(update(Notification).where(Notification.mailed_at.is_(None)).values(mailed_at=NEVER))
    db.session.execute(update(Notification).where(Notification.at < old).values(read_at=Notification.at))


def _summary(*, added: bool) -> Summary:
    number = func.count().label("number")
    rows = db.session.execute(select(Contribution.kind, number).group_by(Contribution.kind).order_by(number))
    counts = {row.kind: row.number for row in rows}
    members = db.session.scalar(select(func.count()).select_from(Member)) or 0
    return Summary(added, members, counts, _sign_ins(), settings().base_url)


def _sign_ins() -> Sequence[tuple[str, str]]:
    """The names to sign in with, as they are now, and what each can see."""
    roles = {joining.address_of(p): dict(people.SIGN_INS).get(p.username, "") for p in people.PEOPLE}
    query = select(Member.email, Member.username).where(Member.email.in_([a for a, role in roles.items() if role]))
    return [(row.username, roles[row.email]) for row in db.session.execute(query.order_by(Member.id))]


def _plural(kind: str) -> str:
    return {"story": "stories", "reply": "replies"}.get(kind, kind + "s")
