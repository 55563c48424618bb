"""People who solved questions before, and questions that nobody answered, in a line."""

from typing import Any

from portal import clock
from portal.advocacy import ledger
from portal.contributions.thanks import give_thanks
from portal.db import db
from portal.forum.commands import accept_reply
from portal.forum.models import Board, Topic
from portal.helping import routing, willing
from portal.helping.models import Routed
from portal.members.models import Member
from tests import builders as make
from tests.finding import author_of

NOTHING: dict[str, Any] = {"questions_a_week": 0, "welcomes": False, "takes_requests": False, "weekly_note": False}


def solver(username: str = "", board: Board | None = None, times: int = 1, **about: Any) -> Member:
    """A member who solved so many questions of this board, product or tags."""
    helper = make.member(username)
    for _ in range(times):
        solve(helper, make.topic(board=board or make.board(), **about))
    return helper


def solve(helper: Member, question: Topic, *, accepted: bool = True) -> int:
    """An answer that its asker accepted, or only thanked for; its number."""
    reply, asker = make.reply(question, helper), author_of(question)
    if accepted:
        accept_reply(reply, asker)
    else:
        give_thanks(reply, asker)
    ledger.bring_in_line([reply.id])
    db.session.flush()
    return reply.id


def lonely(title: str = "", hours: float = 5, **facts: Any) -> Topic:
    """A question that was published so many hours ago, and that nobody answered."""
    with clock.at(clock.ago(hours=hours)):
        return make.topic(title=title, **facts)


def turn() -> int:
    """One turn of the clock's chore, on what is committed."""
    db.session.commit()
    return routing.route()


def brought(member: Member | None = None, sort: str = "question") -> list[Any]:
    """(question, member) of what was brought; with a member, their questions alone."""
    rows = db.session.scalars(db.select(Routed).where(Routed.sort == sort).order_by(Routed.id)).all()
    if member is None:
        return [(row.contribution_id, row.member_id) for row in rows]
    return [row.contribution_id for row in rows if row.member_id == member.id]


def wants(member: Member, **said: Any) -> Member:
    """What a member chose."""
    willing.choose(member, **(NOTHING | said))
    return member
