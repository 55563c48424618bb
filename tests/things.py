"""A real thing for every address: what a route is called with, made when it is asked for."""

from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from portal import clock
from portal.advocacy.models import Recognition
from portal.contributions import consents, incentives, lifecycle
from portal.contributions.models import Contribution, Decision, Product
from portal.contributions.screened import WatchedWord
from portal.db import db
from portal.feeds.queries import PART
from portal.forum.models import Board
from portal.helping.models import Routed, ThankYou
from portal.media.models import BlockedPicture, Picture
from portal.members.models import Member, Suspension
from portal.moderation import appeals
from portal.moderation.models import Appeal, SavedView, SecondLook
from portal.notifications.models import Notification
from portal.rights.models import RightsRequest
from portal.stories.models import StoryInvitation
from tests import builders
from tests.guard.finding import appealed_by, set_aside_from
from tests.roles import WHO
from tests.visitors import Visitor

ROLES = ("prospect", "newcomer", "customer", "employee", "moderator", "admin", "suspended")
"""Who comes along; all things are the customer's."""
MAIL = b"From: a@example.org\nTo: b@example.org\nSubject: x\nDate: Sun, 22 Nov 2026 07:00:00 +0000\n\nHello.\n"


def people() -> dict[str, Member | None]:
    """One of each role."""
    return {
        "prospect": None,
        "newcomer": builders.member("newcomer", new=True),
        "customer": builders.member("customer", verified=True),
        "employee": builders.member("employee", is_employee=True),
        "moderator": builders.moderator("moderator"),
        "admin": builders.admin("admin"),
        "suspended": builders.member("suspended", suspended_at=clock.now(), suspended_why="for the test"),
    }


def visit(app: Flask, member: Member | None = None) -> Visitor:
    """A browser in which this member is signed in."""
    return Visitor(app, app.response_class).sign_in(member)


def whom(route: str) -> str:
    """The first role that the table lets into a route, customers before staff."""
    order = ("customer", "moderator", "admin", "newcomer")
    return next((role for role in order if WHO[route][ROLES.index(role)] == "o"), "customer")


class Things:
    """Makes what addresses name; everything belongs to `owner`."""

    def __init__(self, app: Flask, owner: Member) -> None:
        self.app, self.owner = app, owner

    def address(self, endpoint: str, method: str = "GET") -> str:
        """The address of an endpoint, with things of its own made for it."""
        with self.app.test_request_context(base_url="http://localhost"):
            return self.app.url_map.bind("localhost").build(endpoint, self.arguments(self.rule(endpoint, method)))

    def rule(self, endpoint: str, method: str) -> Rule:
        """The rule of an endpoint that names most, such as the one with a slug."""
        rules = [r for r in self.app.url_map.iter_rules(endpoint) if method in (r.methods or ())]
        return max(rules, key=lambda r: len(r.arguments))

    def arguments(self, rule: Rule) -> dict[str, Any]:
        """What the rule is called with."""
        special = getattr(self, rule.endpoint.replace(".", "_"), None)
        if special is not None:
            made: dict[str, Any] = special()
        else:
            made = {}
            for name in rule.arguments:
                made |= getattr(self, f"_{name}")()
        db.session.commit()
        return {name: value for name, value in made.items() if name in rule.arguments}

    # what most addresses mean by a name

    def _contribution_id(self) -> dict[str, Any]:
        return {"contribution_id": builders.topic(self.owner).id}

    def _topic_id(self) -> dict[str, Any]:
        topic = builders.topic(self.owner)
        return {"topic_id": topic.id, "slug": topic.slug}

    def _reply_id(self) -> dict[str, Any]:
        return {"reply_id": builders.reply(builders.topic(self.owner)).id}

    def _story_id(self) -> dict[str, Any]:
        story = builders.story(self.owner)
        return {"story_id": story.id, "slug": story.slug}

    def _invitation_id(self) -> dict[str, Any]:
        invitation = StoryInvitation(member_id=self.owner.id, words="Do tell.")
        db.session.add(invitation)
        db.session.flush()
        return {"invitation_id": invitation.id}

    def stories_say_decided(self) -> dict[str, Any]:
        """Stories and photos alone can help somebody decide."""
        return {"contribution_id": builders.story(self.owner).id}

    def _photo_id(self) -> dict[str, Any]:
        return {"photo_id": builders.photo(self.owner).id}

    def _article_id(self) -> dict[str, Any]:
        return {"article_id": builders.article(self.owner).id}

    def _slug(self) -> dict[str, Any]:
        return {}  # made along with the number beside it, or by the endpoint's own method

    def _period(self) -> dict[str, Any]:
        return {"period": "month"}

    def _verb(self) -> dict[str, Any]:
        return {"verb": "pin"}

    def _table(self) -> dict[str, Any]:
        return {"table": "weeks"}

    def _username(self) -> dict[str, Any]:
        return {"username": self.owner.username}

    def _member_id(self) -> dict[str, Any]:
        return {"member_id": builders.member().id}

    def _board_id(self) -> dict[str, Any]:
        return {"board_id": self._new_board().id}

    def _product_id(self) -> dict[str, Any]:
        n = db.session.query(Product).count()
        product = Product(name=f"Model {n}", slug=f"model-{n}")
        db.session.add(product)
        db.session.flush()
        return {"product_id": product.id}

    def _notification_id(self) -> dict[str, Any]:
        topic = builders.topic(self.owner)
        told = Notification(member_id=self.owner.id, verb="replied", key=f"x{topic.id}", contribution_id=topic.id)
        db.session.add(told)
        db.session.flush()
        return {"notification_id": told.id}

    def _recognition_id(self) -> dict[str, Any]:
        recognition = Recognition(member_id=builders.member().id, score_then=6.0)
        db.session.add(recognition)
        db.session.flush()
        return {"recognition_id": recognition.id}

    def _about(self) -> dict[str, Any]:
        return {"about": "term"}

    def advocacy_show_certificate(self) -> dict[str, Any]:
        """Of somebody who has one in force, or there is none to show."""
        advocate = builders.member()
        db.session.add(
            Recognition(
                member_id=advocate.id, state="accepted", score_then=6.0, answered_at=clock.now(),
                ends_at=clock.ago(days=-365),
            )
        )  # fmt: skip
        return {"username": advocate.username}

    def _routed_id(self) -> dict[str, Any]:
        routed = Routed(contribution_id=builders.topic().id, member_id=self.owner.id, sort="question")
        db.session.add(routed)
        db.session.flush()
        return {"routed_id": routed.id}

    def _thank_you_id(self) -> dict[str, Any]:
        suggested = ThankYou(member_id=self.owner.id, because="Helped 10 different people.")
        db.session.add(suggested)
        db.session.flush()
        return {"thank_you_id": suggested.id}

    def helping_correct_promise(self) -> dict[str, Any]:
        story = builders.story(self.owner)
        promised = incentives.note_promise(story, "a gift card", None)
        return {"contribution_id": story.id, "incentive_id": promised.id}

    # what some addresses mean in particular

    def forum_show_board(self) -> dict[str, Any]:
        return {"slug": builders.board().slug}

    forum_start_topic = forum_show_board

    def blog_show_article(self) -> dict[str, Any]:
        return {"slug": builders.article(self.owner).slug}

    def contributions_edit(self) -> dict[str, Any]:
        return {"contribution_id": builders.reply(builders.topic(), self.owner).id}

    def contributions_submit_again(self) -> dict[str, Any]:
        return self._in("returned")

    def contributions_withdraw(self) -> dict[str, Any]:
        return self._in("pending")

    def stories_edit_photo(self) -> dict[str, Any]:
        return {"contribution_id": builders.photo(self.owner).id}

    def stories_edit_story(self) -> dict[str, Any]:
        return {"contribution_id": builders.story(self.owner).id}

    def stories_show_challenge(self) -> dict[str, Any]:
        return {"slug": builders.challenge().slug}

    stories_edit_challenge = stories_close_challenge = stories_delete_challenge = stories_show_challenge

    def moderation_approve(self) -> dict[str, Any]:
        return self._in("pending")

    moderation_return_to_author = moderation_show_item = moderation_approve
    moderation_approve_with_changes = moderation_remove_as_spam = moderation_approve

    def moderation_change_story(self) -> dict[str, Any]:
        return {"contribution_id": builders.story(self.owner, state="pending").id}

    def moderation_show_receipt(self) -> dict[str, Any]:
        return self._in("hidden")

    moderation_appeal = moderation_show_receipt

    def moderation_undo(self) -> dict[str, Any]:
        from portal.moderation import commands

        moderator = db.session.scalars(db.select(Member).where(Member.username == "moderator")).one()
        topic = self.topic_in("pending")
        commands.approve(topic, moderator)
        return {"decision_id": db.session.scalar(db.select(db.func.max(Decision.id)))}

    def _appeal_id(self) -> dict[str, Any]:
        topic = self.topic_in("pending")
        lifecycle.remove(topic, builders.moderator(), "Spam.", "spam")
        appeals.appeal_decision(topic, self.owner, "It is none.")
        return {"appeal_id": db.session.scalar(db.select(db.func.max(Appeal.id)))}

    def _measure_id(self) -> dict[str, Any]:
        measure = Suspension(member_id=self.owner.id, kind="silenced", why="Too loud.", until=clock.ago(days=-3))
        db.session.add(measure)
        db.session.flush()
        return {"measure_id": measure.id}

    def _finding_id(self) -> dict[str, Any]:
        return {"finding_id": set_aside_from(self.owner).id}

    def _finding_appeal_id(self) -> dict[str, Any]:
        return {"finding_appeal_id": appealed_by(self.owner).id}

    def _second_look_id(self) -> dict[str, Any]:
        topic = self.topic_in("pending")
        lifecycle.approve(topic, builders.moderator())
        drawn = SecondLook(decision_id=db.session.scalar(db.select(db.func.max(Decision.id))))
        db.session.add(drawn)
        db.session.flush()
        return {"second_look_id": drawn.id}

    def _view_id(self) -> dict[str, Any]:
        number = db.session.query(SavedView).count()
        view = SavedView(member_id=self.owner.id, name=f"View {number}", chosen="kind=topic")
        db.session.add(view)
        db.session.flush()
        return {"view_id": view.id}

    def moderation_restore(self) -> dict[str, Any]:
        return self._in("hidden")

    def media_show_picture(self) -> dict[str, Any]:
        return {"token": self._picture().token, "size": "320.webp"}

    def media_show_public(self) -> dict[str, Any]:
        name = "0123456789abcdefghijkl-320.webp"
        self._store(f"public/01/{name}")
        return {"name": name}

    def moderation_purge_picture(self) -> dict[str, Any]:
        return {"token": self._picture().token}

    def _blocked_id(self) -> dict[str, Any]:
        number = db.session.query(BlockedPicture).count()
        blocked = BlockedPicture(sha256=f"{number:064x}", difference_hash="0" * 16)
        db.session.add(blocked)
        db.session.flush()
        return {"blocked_id": blocked.id}

    def _word_id(self) -> dict[str, Any]:
        word = WatchedWord(words=f"word {db.session.query(WatchedWord).count()}", act="hold")
        db.session.add(word)
        db.session.flush()
        return {"word_id": word.id}

    def _consent_id(self) -> dict[str, Any]:
        return {"consent_id": consents.give(builders.photo(self.owner), "email").id}

    def _request_id(self) -> dict[str, Any]:
        photo = builders.photo(self.owner)
        asked = RightsRequest(contribution_id=photo.id, member_id=self.owner.id, purpose="email", wording="You may.")
        db.session.add(asked)
        db.session.flush()
        return {"request_id": asked.id}

    def rights_show_proof(self) -> dict[str, Any]:
        return {"contribution_id": builders.photo(self.owner).id}

    rights_take_proof = rights_take_proof_as_table = rights_ask = rights_show_proof

    def notifications_stop_mail(self) -> dict[str, Any]:
        from portal.notifications.unsubscribing import token_for

        return {"token": token_for(self.owner, "digest")}

    def dev_mail_show_mail(self) -> dict[str, Any]:
        folder = self.app.extensions["portal.settings"].mail_folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "20261122-1.eml").write_bytes(MAIL)
        return {"name": "20261122-1"}

    dev_mail_show_html = dev_mail_show_mail

    def feeds_show_feed(self) -> dict[str, Any]:
        return {"name": "all"}

    def feeds_show_sitemap_part(self) -> dict[str, Any]:
        return {"part": builders.topic(self.owner).id // PART}

    def static(self) -> dict[str, Any]:
        return {"rest": "img/of-a-version-long-gone.svg"}

    def _in(self, state: str) -> dict[str, Any]:
        return {"contribution_id": self.topic_in(state).id}

    def topic_in(self, state: str) -> Contribution:
        """A topic of the owner's in this state."""
        return builders.topic(self.owner, state=state)

    def _new_board(self) -> Board:
        return builders.board(f"Board {db.session.query(Board).count()}")

    def _picture(self) -> Picture:
        """A picture of the owner's that waits with its photo."""
        picture = Picture(
            owner_id=self.owner.id, contribution_id=builders.photo(self.owner, state="pending").id, alt="A bicycle",
            width=320, height=240, bytes=4, media_type="image/jpeg", sha256="0" * 64, difference_hash="0" * 16,
        )  # fmt: skip
        db.session.add(picture)
        db.session.flush()
        self._store(f"private/{picture.token[:2]}/{picture.token}/320.webp")
        return picture

    def _store(self, key: str) -> None:
        from portal.media.storage import storage

        storage().write(key, b"RIFF\x04\x00\x00\x00WEBP")  # as short as it can be, and whole
