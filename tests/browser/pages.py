"""Each kind of page there is: who opens it, where it is, what it answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, url_for
from sqlalchemy import select

from portal.contributions.addresses import edit_url_of, url_of
from portal.contributions.models import Contribution, Revision
from portal.db import db
from portal.forum.models import Board, Topic
from portal.members.models import Member
from tests.live import Site

READERS = {
    "visitor": "", "member": "sanne", "advocate": "hanneke", "invited": "emil", "moderator": "selma", "admin": "ingrid",
}  # fmt: skip
"""Who reads, and their username in the demo."""


@dataclass(frozen=True)
class Kind:
    """A kind of page: its path, or how to find one in the demo."""

    name: str
    reader: str
    where: str | Callable[[], str]
    status: int = 200

    def path(self) -> str:
        """The path; needs the application's context and one of a request."""
        return self.where if isinstance(self.where, str) else self.where()


def _first(kind: str, *conditions: Any, state: str = "published") -> Any:
    """The one with most replies, since there is most to see."""
    found = db.session.scalars(
        select(Contribution)
        .where(Contribution.kind == kind, Contribution.state == state, *conditions)
        .order_by(Contribution.reply_count.desc(), Contribution.id)
    ).first()
    assert found is not None, f"the demo has no {state} {kind}"
    return found


def _of(username: str) -> Any:
    return Contribution.author_id == select(Member.id).where(Member.username == username).scalar_subquery()


def _board() -> Board:
    return db.session.scalars(select(Board).order_by(Board.topic_count.desc())).first()  # type: ignore[return-value]


def _changed() -> int:
    return db.session.scalars(select(Revision.contribution_id).order_by(Revision.id)).first() or 0


def _open_question() -> Any:
    return _first("topic", Contribution.id.in_(select(Topic.id).where(Topic.format == "question")), ~_of("sanne"))


KINDS = (
    Kind("front", "visitor", "/"),
    Kind("forum", "visitor", "/forum/"),
    Kind("board", "visitor", lambda: url_for("forum.show_board", slug=_board().slug)),
    Kind("topic", "visitor", lambda: url_of(_open_question())),
    Kind("solved topic", "visitor", lambda: url_of(_first("topic", Contribution.accepted_count > 0))),
    Kind("most helpful first", "visitor", lambda: url_of(_first("topic"), order="helpful")),
    Kind("blog", "visitor", "/blog/"),
    Kind("article", "visitor", lambda: url_of(_first("article"))),
    Kind("stories", "visitor", "/stories/"),
    Kind("no such stories", "visitor", "/stories/?trade=Astronaut"),
    Kind("story", "visitor", lambda: url_of(_first("story"))),
    Kind("wall", "visitor", "/photos/"),
    Kind("photo", "visitor", lambda: url_of(_first("photo"))),
    Kind("search", "visitor", "/search"),
    Kind("found", "visitor", "/search?q=brake"),
    Kind("nothing found", "visitor", "/search?q=zyzzyva"),
    Kind("members", "visitor", "/members/"),
    Kind("member", "visitor", "/members/hanneke"),
    Kind("sign in", "visitor", "/account/sign-in"),
    Kind("sign up", "visitor", "/account/sign-up"),
    Kind("forgotten password", "visitor", "/account/forgotten"),
    Kind("look into mail", "visitor", "/account/look-into-mail"),
    Kind("dead link", "visitor", "/account/confirm?token=x", 410),
    Kind("advocates", "visitor", "/advocates/"),
    Kind("what the marks mean", "visitor", "/advocates/marks?of=hanneke"),
    Kind("certificate", "visitor", "/advocates/hanneke/certificate"),
    Kind("certificate of nobody", "visitor", "/advocates/sanne/certificate", 404),
    Kind("how this works", "visitor", "/about/how-this-works"),
    Kind("moderation log", "visitor", "/moderation/log"),
    Kind("mail of development", "visitor", "/dev/mail/"),
    Kind("not found", "visitor", "/no-such-page", 404),
    Kind("gone", "visitor", lambda: url_of(_gone()), 410),
    Kind("front, signed in", "member", "/"),
    Kind("topic to answer", "member", lambda: url_of(_open_question())),
    Kind("photo to answer", "member", lambda: url_of(_first("photo"))),
    Kind("new topic", "member", "/forum/new"),
    Kind("article form", "member", "/blog/new"),
    Kind("story form", "member", "/stories/new"),
    Kind("photo form", "member", "/photos/new"),
    Kind("reply form", "member", lambda: url_for("contributions.reply", contribution_id=_open_question().id)),
    Kind("own text to change", "member", lambda: edit_url_of(_own())),
    Kind("own text to remove", "member", lambda: url_for("contributions.remove", contribution_id=_own().id)),
    Kind("report", "member", lambda: url_for("contributions.report", contribution_id=_open_question().id)),
    Kind("account", "member", "/account/"),
    Kind("profile form", "member", "/account/profile"),
    Kind("own contributions", "member", "/account/contributions"),
    Kind("change password", "member", "/account/password"),
    Kind("change address", "member", "/account/e-mail"),
    Kind("export", "member", "/account/export"),
    Kind("leaving", "member", "/account/erase"),
    Kind("notifications", "member", "/notifications/"),
    Kind("forbidden", "member", "/admin/", 403),
    Kind("help ledger", "advocate", "/account/help"),
    Kind("recognition", "advocate", "/account/recognition"),
    Kind("invitation", "invited", "/account/recognition"),
    Kind("queue", "moderator", "/moderation/"),
    Kind("what waits", "moderator", lambda: url_for("moderation.show_item", contribution_id=_waiting().id)),
    Kind("story to approve", "moderator", lambda: url_for("moderation.change_story", contribution_id=_waiting_story())),
    Kind("what waits, on its page", "moderator", lambda: url_of(_waiting())),
    Kind("what was changed", "moderator", lambda: url_for("contributions.show_history", contribution_id=_changed())),
    Kind("topic to arrange", "moderator", lambda: url_of(_open_question())),
    Kind("topic to move", "moderator", lambda: url_for("forum.move_topic", topic_id=_open_question().id)),
    Kind("proposals", "moderator", "/advocates/proposals"),
    Kind("admin", "admin", "/admin/"),
    Kind("site form", "admin", "/admin/site"),
    Kind("boards to arrange", "admin", "/admin/boards"),
    Kind("board form", "admin", lambda: url_for("admin.edit_board", board_id=_board().id)),
    Kind("products to arrange", "admin", "/admin/products"),
    Kind("members to look after", "admin", "/admin/members"),
    Kind("member to look after", "admin", lambda: url_for("admin.show_member", member_id=_own().author_id)),
    Kind("customer list", "admin", "/admin/customers"),
    Kind("words of search", "admin", "/admin/words"),
    Kind("backups", "admin", "/admin/backups/"),
    # what customers show, and what they agreed to
    Kind("challenges", "visitor", "/photos/challenges/"),
    Kind("what one agreed to", "member", "/account/rights"),
    Kind("who may use what", "admin", "/rights/"),
    Kind("what may not be used much longer", "admin", "/rights/?ends=soon"),
    Kind("challenge form", "moderator", "/photos/challenges/new"),
    Kind("story asked for", "moderator", "/stories/invite/hanneke"),
    Kind("story to change", "moderator", lambda: edit_url_of(_first("story"))),
    # moderation
    Kind("what trust is", "visitor", "/about/trust"),
    Kind("where it stands", "member", lambda: url_for("moderation.show_receipt", contribution_id=_own().id)),
    Kind("member reported", "member", "/members/hanneke/report"),
    Kind("conduct", "moderator", lambda: url_for("moderation.show_conduct", member_id=_own().author_id)),
    Kind("quality", "moderator", "/moderation/quality"),
    Kind("second looks", "moderator", "/moderation/second-looks"),
    Kind("appeals", "moderator", "/moderation/appeals"),
    Kind("rules", "moderator", "/moderation/words"),
    Kind("learned of spam", "moderator", "/moderation/spam"),
    Kind("dry run", "admin", "/moderation/dry-run"),
    Kind("blocked pictures", "moderator", "/moderation/blocked-pictures"),
    # who helps whom
    Kind("findings", "moderator", "/moderation/findings"),
    Kind("appeals of findings", "moderator", "/moderation/findings/appeals"),
    Kind("log of findings", "visitor", "/moderation/log/findings"),
    Kind("what concerns me", "member", "/account/findings"),
    Kind("how I like to help", "member", "/account/helping"),
    Kind("somebody to invite", "member", "/account/invite"),
    Kind("insights", "admin", "/insights/"),
    Kind("help in numbers", "admin", "/insights/help"),
    Kind("searches", "admin", "/insights/search"),
    Kind("thank-yous", "admin", "/insights/thank-yous"),
    Kind("promise", "admin", lambda: url_for("helping.promise", contribution_id=_first("story").id)),
)
EMPTY = (
    Kind("empty front", "visitor", "/"),
    Kind("empty forum", "visitor", "/forum/"),
    Kind("empty stories", "visitor", "/stories/"),
    Kind("empty wall", "visitor", "/photos/"),
    Kind("empty blog", "visitor", "/blog/"),
    Kind("no advocates", "visitor", "/advocates/"),
    Kind("how this works, from the start", "visitor", "/about/how-this-works"),
    Kind("empty log", "visitor", "/moderation/log"),
    Kind("empty search", "visitor", "/search?q=brake"),
    Kind("empty queue", "admin", "/moderation/"),
    Kind("no proposals", "admin", "/advocates/proposals"),
    Kind("no notifications", "admin", "/notifications/"),
    Kind("no contributions", "admin", "/account/contributions"),
    Kind("no help yet", "admin", "/account/help"),
    Kind("no boards yet", "admin", "/admin/boards"),
    Kind("a topic without a board", "admin", "/forum/new"),
)


def _own() -> Any:
    return _first("topic", _of("sanne"))


def _waiting() -> Any:
    return _first("photo", state="pending")


def _waiting_story() -> int:
    return int(_first("story", state="pending").id)


def _gone() -> Any:
    was_public = Contribution.published_at.is_not(None)
    return _first("topic", was_public, state="removed")


def paths(site: Site, kinds: tuple[Kind, ...]) -> dict[str, str]:
    """Where each of these kinds is on this site, by name."""
    with site.house() as app:
        return _paths(app, kinds)


def _paths(app: Flask, kinds: tuple[Kind, ...]) -> dict[str, str]:
    with app.test_request_context():
        return {kind.name: kind.path() for kind in kinds}
