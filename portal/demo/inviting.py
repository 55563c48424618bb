"""One member of the demo is asked to tell the story of a question that was solved, and has not answered yet."""

from datetime import timedelta

from sqlalchemy import select

from portal.contributions.models import Contribution
from portal.db import db
from portal.demo.agenda import Agenda
from portal.demo.posting import Posting
from portal.stories import invitations

WHO, BY, HOURS_AGO = "sanne", "tove", 30
WORDS = (
    "The guinea pig in your belt has made the rounds of our workshop; we have laughed, and then we have changed the "
    "manual. Would you tell in your own words how two winters with the twins and the belt went, what went wrong "
    "included? Ten lines are plenty, and nobody here will write a word of it for you."
)


def plan(agenda: Agenda, posting: Posting) -> None:
    """Let an employee ask, about the member's latest question that was solved."""

    def invite() -> None:
        member = posting.member(WHO)
        if invitations.open_for(member):
            return
        solved = select(Contribution).where(
            Contribution.author_id == member.id, Contribution.kind == "topic", Contribution.accepted_count > 0
        )
        question = db.session.scalar(solved.order_by(Contribution.id.desc()).limit(1))
        invitations.invite(posting.member(BY), member, WORDS, question)

    agenda.add(agenda.now - timedelta(hours=HOURS_AGO), invite)
