"""Rules that look at a submission before anybody sees it: each allows, holds or refuses, with reason and evidence.

None of them may look at how positive a text is.
"""

from collections.abc import Callable, Iterable

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from portal.contributions.models import Contribution, Tag, contribution_tag
from portal.contributions.screened import Verdict as KeptVerdict
from portal.contributions.screening import contents, newcomers, pace
from portal.contributions.screening.linking import LINK, OUTSIDE_LINK, count_links
from portal.contributions.screening.names import lookalike_name
from portal.contributions.screening.submission import Submission
from portal.contributions.screening.verdicts import ALLOW, HOLD, REFUSE, Finding, Refused, Verdict, sternest
from portal.db import db, insert_new
from portal.members.models import Member

__all__ = [
    "ALLOW", "HOLD", "LINK", "OUTSIDE_LINK", "REFUSE", "RULES", "Finding", "Refused", "Submission", "Verdict",
    "count_links", "judge", "keep", "screen",
]  # fmt: skip

Rule = Callable[[Submission], "Finding | list[Finding] | None"]

RULES: tuple[Rule, ...] = (
    pace.pause,
    pace.daily_limit,
    contents.repeated,
    newcomers.silenced,
    contents.watched_words,
    contents.masked_in_the_open,
    contents.learned_spam,
    newcomers.first_contributions,
    newcomers.throwaway_mail,
    lookalike_name,
    contents.links,
    contents.same_host,
    newcomers.pictures,
)
"""In the order in which, among equally stern ones, the first decides."""


def screen(contribution: Contribution, author: Member, rules: Iterable[Rule] | None = None) -> Verdict:
    """The verdict of all rules on what is about to be submitted. Staff are not screened, unless they are silenced."""
    if author.is_staff:
        if not author.silenced:
            return Verdict()
        rules = (newcomers.silenced,)
    return judge(Submission(contribution, author), RULES if rules is None else rules)


def judge(submission: Submission, rules: Iterable[Rule] = RULES) -> Verdict:
    """What these rules come to."""
    found: list[Finding] = []
    for rule in rules:
        said = rule(submission)
        found += said if isinstance(said, list) else [said] if said else []
        if found and found[-1].outcome == REFUSE:
            break  # there is nothing sterner to find
    return sternest(found, submission.score, contents.tags_of(submission))


def keep(contribution: Contribution, verdict: Verdict) -> None:
    """Store what the rules said of a contribution that has its number; put on the tags that watched words ask for."""
    db.session.add(
        KeptVerdict(
            contribution_id=contribution.id, outcome=verdict.outcome, rule=verdict.rule,
            found=[finding.kept() for finding in verdict.found], spam_score=verdict.spam_score,
        )
    )  # fmt: skip
    names = list(dict.fromkeys(verdict.tags))
    if names:
        insert_new(Tag.__table__, [{"name": name} for name in names])
        tags = db.session.scalars(select(Tag.id).where(Tag.name.in_(names)))
        insert_new(contribution_tag, [{"contribution_id": contribution.id, "tag_id": n} for n in tags])
        on_it = select(Tag).join(contribution_tag).where(contribution_tag.c.contribution_id == contribution.id)
        set_committed_value(contribution, "tags", list(db.session.scalars(on_it.order_by(Tag.name))))
