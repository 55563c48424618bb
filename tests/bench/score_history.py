"""A real site's history as events, read from a Stack Exchange dump folder (`Users.xml`, `Posts.xml`, …) in a stream.

What becomes what, and what is assumed, is in `ASSUMED`; the command prints it with the tables.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from portal.importing.dump import ACCEPTED_BY_ASKER, ANSWER, QUESTION, Dump, Progress

UP, DOWN = 2, 3
"""Types of votes in `Votes.xml`."""

ASSUMED = """\
- An accepted answer is one act of help by its author for the asker, on the day of the acceptance (`Votes.xml`,
  type 1; the answer's own day where that is missing). Accepting one's own answer is none. Comments of thanks are none.
- Votes have no voter in a dump: they count for the rivals that use points, and make no line of ours.
- Members who are gone from the dump are left out, with what they wrote, accepted and were voted for."""


class Event(NamedTuple):
    """Something that happened: `by` did it, `to` was credited; 0 where that is nobody, or not known."""

    sort: str
    """`topic`, `reply`; `accepted`, `asker_thanks`, `thanks` by a known member; `vote`, `downvote` by nobody known."""
    by: int
    to: int
    at: datetime


CREDITS = frozenset(("accepted", "asker_thanks", "thanks"))
"""The sorts of events in which a known member says who helped."""


@dataclass(frozen=True)
class History:
    """All that a dump tells of a site."""

    name: str
    joined: dict[int, datetime]
    events: Sequence[Event]
    """In the order of time."""
    likes_given: dict[int, int]
    """Votes up that each member cast in all, as `Users.xml` counts them (not when, nor for whom)."""

    @property
    def last(self) -> datetime:
        """When the last thing happened."""
        return self.events[-1].at

    def until(self, cut: datetime) -> Sequence[Event]:
        """What happened before `cut`."""
        return [event for event in self.events if event.at < cut]


def quiet(step: str, done: int, total: int) -> None:
    """Progress that nobody wants to see."""


def read(folder: Path, progress: Progress = quiet) -> History:
    """The history in this dump folder. Raises portal.importing.rows.DumpRefused if a file is broken or hostile."""
    dump = Dump(folder, folder.name, progress)
    joined, likes = {}, {}
    for row in dump.rows("Users.xml", "members"):
        number = row.number("Id")
        if number > 0:  # -1 is the site's own robot
            joined[number] = row.when("CreationDate")
            likes[number] = row.number("UpVotes", 0)
    votes = list(_votes(dump))
    accepted_at = {post: at for sort, post, at in votes if sort == ACCEPTED_BY_ASKER}
    events, authors, answers, accepted_by_question = [], {}, {}, {}
    askers: dict[int, int] = {}
    for row in dump.rows("Posts.xml", "posts"):
        kind, number, author = row.number("PostTypeId"), row.number("Id"), row.number("OwnerUserId", 0)
        at = row.when("CreationDate")
        if author not in joined or kind not in (QUESTION, ANSWER):
            continue
        authors[number] = author
        events.append(Event("topic" if kind == QUESTION else "reply", author, 0, at))
        if kind == QUESTION:
            askers[number] = author
            if chosen := row.number("AcceptedAnswerId", 0):
                accepted_by_question[chosen] = number
        else:
            answers[number] = (row.number("ParentId"), at)
    for number, (question, at) in answers.items():
        asker, helper = askers.get(question, 0), authors[number]
        said = number in accepted_at or accepted_by_question.get(number) == question
        if said and asker and asker != helper:
            events.append(Event("accepted", asker, helper, max(at, accepted_at.get(number, at))))
    for row in dump.rows("Comments.xml", "comments"):
        if (author := row.number("UserId", 0)) in joined:
            events.append(Event("reply", author, 0, row.when("CreationDate")))
    for sort, post, at in votes:
        if sort in (UP, DOWN) and post in authors:
            events.append(Event("vote" if sort == UP else "downvote", 0, authors[post], at))
    events.sort(key=lambda event: event.at)
    return History(folder.name, joined, events, likes)


def _votes(dump: Dump) -> Iterator[tuple[int, int, datetime]]:
    for row in dump.rows("Votes.xml", "votes"):
        sort = row.number("VoteTypeId")
        if sort in (ACCEPTED_BY_ASKER, UP, DOWN):
            yield sort, row.number("PostId"), row.when("CreationDate")
