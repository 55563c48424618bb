"""What the members of the demo publish: sent, approved where it waits, answered, thanked, accepted."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from portal import clock
from portal.blog.commands import write_article
from portal.contributions.models import Contribution, Product
from portal.contributions.replying import post_reply
from portal.contributions.thanks import give_thanks
from portal.contributions.thanks_words import say_why
from portal.db import db
from portal.demo.agenda import Agenda, mark, share
from portal.demo.challenges import entered_by
from portal.demo.painting import Motif
from portal.demo.people import PEOPLE
from portal.demo.shapes import Answer, Essay, LooseAnswer, Question, Shot, Submission, Tale, prose
from portal.forum.commands import accept_reply, lock, pin, start_topic
from portal.forum.models import Board, Topic
from portal.media.commands import Prepared, keep_picture
from portal.members.models import Member
from portal.moderation.commands import approve
from portal.stories.commands import tell_story
from portal.stories.parts import HEADINGS
from portal.stories.photo_commands import submit_photo

Thing = Question | Submission | Tale | Essay
MODERATORS = ("wout", "selma")
JOINED = {person.username: person.joined for person in PEOPLE}

WORDS_WITH_THANKS = (
    "I did it just as you said, and it has held ever since.",
    "You saved me a trip to the workshop, and the rest of my Saturday.",
    "I had read three manuals. Yours was the sentence I needed.",
)
"""What a few of them say to whoever helped, and to nobody else."""


class Posting:
    """Plans contributions and everything that happens to them; `members` maps usernames to numbers."""

    def __init__(self, agenda: Agenda, members: dict[str, int], prepared: Mapping[Motif, Prepared]) -> None:
        self.agenda, self.members, self.prepared = agenda, members, prepared
        self.made: dict[str, int] = {}
        """Contributions by their key."""

    def member(self, username: str) -> Member:
        return db.session.get_one(Member, self.members[username])

    def plan(self, things: Iterable[Thing]) -> None:
        """Let these be published, with their replies and thanks."""
        for thing in things:
            when, key = self.agenda.moment(thing.days, thing.title), key_of(thing)
            self.agenda.add(when, partial(self._publish, key, partial(self._send, thing, key)))
            self._thanks(key, thing.thanks, when)
            for number, answer in enumerate(thing.answers):
                self._answer(thing, answer, mark(key, str(number)), when + timedelta(hours=answer.hours))
            if isinstance(thing, Question):
                self._mark_topic(thing, key, when)

    def _answer(self, thing: Thing, answer: Answer, key: str, when: datetime) -> None:
        self.agenda.add(when, partial(self._publish, key, partial(self._reply, key_of(thing), answer.author, answer.text, key)))
        self._thanks(key, answer.thanks, when)
        if answer.accepted:
            later = when + timedelta(hours=1 + 6 * share("accepted" + key))
            self.agenda.add(later, partial(self._accept, key, thing.author))

    def _thanks(self, key: str, usernames: Sequence[str], when: datetime) -> None:
        for username in usernames:
            joined = self.agenda.moment(JOINED[username], username)
            later = max(when, joined) + timedelta(hours=0.9 + 30 * share(username + key))
            self.agenda.add(later, partial(self._thank, key, username))

    def _mark_topic(self, thing: Question, key: str, when: datetime) -> None:
        if thing.pinned:
            self.agenda.add(when + timedelta(hours=1), partial(self._on_topic, key, pin, "wout"))
        if thing.locked:
            hours = max((answer.hours for answer in thing.answers), default=0) + 2
            self.agenda.add(when + timedelta(hours=hours), partial(self._on_topic, key, lock, "selma"))

    def _publish(self, key: str, send: Callable[[], Contribution]) -> None:
        contribution = find(key) or send()
        self.made[key] = contribution.id
        if contribution.state == "pending":
            wait = timedelta(minutes=9 + 22 * share("wait" + key))
            self.agenda.add(clock.now() + wait, partial(self.approve, contribution.id))

    def approve(self, contribution_id: int) -> None:
        """One of the two moderators lets it through; not the author, if that is one of them."""
        contribution = db.session.get_one(Contribution, contribution_id)
        author = db.session.get_one(Member, contribution.author_id).username
        free = [name for name in MODERATORS if name != author]
        approve(contribution, self.member(free[contribution_id % len(free)]))

    def _send(self, thing: Thing, key: str) -> Contribution:
        contribution = self.send(thing, key)
        _look(contribution.id, round(8 + 50 * share("seen" + key) + 11 * len(thing.thanks) + min(thing.days, 200) / 3))
        return contribution

    def send(self, thing: Thing, key: str) -> Contribution:
        """Let its author send it in; what then happens is up to the house."""
        author = self.member(thing.author)
        if isinstance(thing, Question):
            board = db.session.scalars(select(Board).where(Board.name == thing.board)).one()
            source = prose(thing.text)
            if thing.drawing is not None:
                picture = keep_picture(author, self.prepared[thing.drawing])
                source += f"\n\n![{thing.alt}](picture:{picture.token})"
            return start_topic(
                author, board, title=thing.title, source=source, format=thing.format, tags=thing.tags.split(","),
                product_id=_product(thing.product), submission_key=key,
            )  # fmt: skip
        tokens, alts = self._pictures(author, thing.shots)
        if isinstance(thing, Submission):
            return submit_photo(
                author, title=thing.title, caption=prose(thing.caption), taken_at_place=thing.place,
                product_id=_product(thing.product), tags=thing.tags, tokens=tokens, alts=alts,
                challenge_id=entered_by(thing.title), submission_key=key,
            )  # fmt: skip
        if isinstance(thing, Tale):
            words = {name: prose(getattr(thing, name)) for name in HEADINGS}
            after = {token: shot.after for token, shot in zip(tokens, thing.shots, strict=True)}
            return tell_story(
                author, title=thing.title, **words, figure=thing.figure, figure_says=thing.figure_says,  # type: ignore[arg-type]
                pull_quote=thing.quote, trade=thing.trade, goal=thing.goal, company_size=thing.size,
                product_id=_product(thing.product), tags=thing.tags, tokens=tokens, alts=alts, parts=after,
                submission_key=key,
            )  # fmt: skip
        return write_article(
            author, title=thing.title, source=prose(thing.text), summary=thing.summary, tags=thing.tags,
            tokens=tokens, alts=alts, submission_key=key,
        )  # fmt: skip

    def _pictures(self, author: Member, shots: Sequence[Shot]) -> tuple[list[str], dict[str, str]]:
        alts = {keep_picture(author, self.prepared[shot.drawing]).token: shot.alt for shot in shots}
        return list(alts), alts

    def _reply(self, parent_key: str, author: str, text: str, key: str) -> Contribution:
        _look(self.made[parent_key], round(3 + 14 * share("read" + key)))
        return self.reply(self.made[parent_key], author, text, key)

    def reply(self, parent_id: int, author: str, text: str, key: str) -> Contribution:
        """Let somebody reply to a contribution."""
        parent = db.session.get_one(Contribution, parent_id)
        return post_reply(parent, self.member(author), source=prose(text), submission_key=key)

    def _accept(self, key: str, asker: str) -> None:
        query = select(Contribution).where(Contribution.id == self.made[key])
        reply = db.session.scalars(query.options(joinedload(Contribution.parent))).one()
        accept_reply(reply, self.member(asker))

    def _thank(self, key: str, username: str) -> None:
        thing, giver = db.session.get_one(Contribution, self.made[key]), self.member(username)
        if give_thanks(thing, giver) and giver.id % len(WORDS_WITH_THANKS) == thing.id % 7:
            say_why(thing, giver, WORDS_WITH_THANKS[giver.id % len(WORDS_WITH_THANKS)])

    def _on_topic(self, key: str, verb: Callable[[Topic, Member], bool], moderator: str) -> None:
        verb(db.session.get_one(Topic, self.made[key]), self.member(moderator))


def key_of(thing: Thing | LooseAnswer) -> str:
    """The key by which a contribution is found again."""
    if isinstance(thing, LooseAnswer):
        return mark(thing.author, thing.to, thing.text)
    return mark(thing.author, thing.title)


def find(key: str) -> Contribution | None:
    """What an earlier run made."""
    return db.session.scalar(select(Contribution).where(Contribution.submission_key == key))


def _product(name: str) -> int | None:
    return db.session.scalar(select(Product.id).where(Product.name == name)) if name else None


def _look(contribution_id: int, times: int) -> None:
    table = Contribution.__table__
    db.session.execute(
        update(table).where(table.c.id == contribution_id).values(view_count=table.c.view_count + times)
    )
