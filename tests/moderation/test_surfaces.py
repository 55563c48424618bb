"""Nothing leaks before approval: every surface there is, in silence; and a new one that is not in the list fails."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from portal.activity import Activity
from portal.blog.models import Article
from portal.contributions.following import follow
from portal.contributions.models import Contribution
from portal.contributions.writing import set_tags, write
from portal.db import db
from portal.feeds.queries import PART
from portal.media import commands as media
from portal.media.models import Picture
from portal.members.models import Member
from portal.moderation import commands
from portal.notifications import letters
from portal.notifications.models import Notification
from portal.search import followers as search
from tests import builders as make
from tests.media import samples
from tests.moderation.surfaces import MUST_SHOW, NEVER, SHOWS, STAFF, SURFACES
from tests.things import Things

WORD, SECRET = "Xyloquarz", "Quillimbo"
"""What is asked for, and what stands beside it: a page may repeat the question, but not know the answer."""
READER = {"User-Agent": "Mozilla/5.0 (a person)", "X-Forwarded-For": ""}


class Hidden:
    """One contribution of every kind that waits, each with the word in its title, text, tag and picture."""

    def __init__(self, author: Member, reader: Member) -> None:
        self.author = author
        self.board = make.board("Quiet corner")
        self.shown = make.topic(make.member(), title="Known to all", board=self.board)
        follow(self.shown, reader)
        follow(self.shown, self.shown.author)
        text = f"{WORD} {SECRET} is what I say to @{reader.username}."
        self.picture = media.receive_picture(author, samples.saved(samples.drawing((700, 500))))
        topic = make.topic(author, title=f"{WORD} topic {SECRET}", text=text, state="draft", board=self.board)
        set_tags(topic, [WORD, SECRET])
        photo = make.photo(author, title=f"{WORD} photo {SECRET}", state="draft")
        media.attach(photo, [self.picture.token], {self.picture.token: f"{WORD} and {SECRET}"})
        story = make.story(author, title=f"{WORD} story {SECRET}", state="draft")
        article = make.article(author, title=f"{WORD} article {SECRET}", state="draft")
        write(article, source=text, title=f"{WORD} article {SECRET}")
        reply = make.reply(self.shown, author, text=text, state="draft")
        self.all: dict[str, Any] = {
            "topic": topic, "photo": photo, "story": story, "article": article, "reply": reply
        }  # fmt: skip
        for one in self.all.values():
            make.bring(one, "pending")
        db.session.commit()

    def arguments(self, rule: Rule) -> Iterator[dict[str, Any]]:
        """What to call a route with, so that it would show one of these if it could."""
        number = {
            "topic_id": "topic", "photo_id": "photo", "story_id": "story", "article_id": "article", "reply_id": "reply",
        }  # fmt: skip
        known: dict[str, Any] = {
            "username": self.author.username, "name": "all", "part": self.all["topic"].id // PART,
            "token": self.picture.token, "size": "640.webp", "member_id": self.author.id, "board_id": self.board.id,
        }  # fmt: skip
        for one in self.all.values():
            made = {name: self.all[kind].id for name, kind in number.items()} | known
            made |= {"contribution_id": one.id}
            if rule.endpoint == "blog.show_article":
                made["slug"] = db.session.scalars(select(Article.path)).first()
            elif rule.endpoint.startswith("forum.") and rule.rule.startswith("/forum/"):
                made["slug"] = self.board.slug
            else:
                made["slug"] = self.all["story" if "story" in rule.endpoint else "topic"].slug
            yield made
            if "contribution_id" not in rule.arguments:
                return


def answers(app: Flask, visitor: Any, hidden: Hidden, things: Things) -> Iterator[tuple[str, Any]]:
    """(endpoint, answer) of every GET route that is not staff's, asked for what waits in every way there is."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda r: (r.endpoint, r.rule)):
        if "GET" not in (rule.methods or ()) or SURFACES[rule.endpoint] in (STAFF, NEVER):
            continue
        for made in hidden.arguments(rule):
            wanted = {name: made[name] for name in rule.arguments if name in made}
            if set(rule.arguments) - set(wanted):
                wanted = {**things.arguments(rule), **wanted}
            with app.test_request_context():
                path = app.url_map.bind("localhost").build(rule.endpoint, wanted)
            for extra in ("", f"?q={WORD}", f"?q={WORD[:4]}&title={WORD}+topic", f"?tag={WORD.lower()}"):
                response = visitor.get(path + extra, headers=READER)
                yield rule.endpoint, response
                if response.status_code >= 400:
                    break


def says(response: Any) -> bool:
    """Whether the secret is in the answer, other than in the address that was asked for."""
    said = response.get_data() + str(response.headers.get("Location", "")).encode()
    return SECRET.lower().encode() in said.replace(response.request.path.encode(), b"").lower()


def test_every_surface_is_in_the_list(app: Flask) -> None:
    routes = {r.endpoint for r in app.url_map.iter_rules() if "GET" in (r.methods or ())}
    assert routes - set(SURFACES) == set(), "is anything shown there before a moderator has approved it? Say so"
    assert set(SURFACES) - routes == set(), "these are gone"


@pytest.mark.slow
def test_not_a_word_before_approval_and_every_word_after(app: Flask, settled: Any, outbox: Any) -> None:
    author, reader, moderator = make.member("zyx", published_count=0), make.member("rita"), make.moderator()
    hidden, things = Hidden(author, reader), Things(app, reader)
    settled()
    search.rebuild()
    visitors = {"prospect": app.test_client(), "member": app.test_client().sign_in(reader)}
    found = {}
    for who, visitor in visitors.items():
        heard = {(who, e, r.request.path) for e, r in answers(app, visitor, hidden, things) if says(r)}
        assert heard == set()
    # beyond pages: mail, notifications, counts, index, files, the record of what happened, others' exports
    letters.send_gathered()
    letters.send_digests()
    assert not [m for m in outbox() if SECRET in m.as_string()]
    about = Notification.contribution_id.in_([hidden.shown.id, *(one.id for one in hidden.all.values())])
    assert list(db.session.scalars(select(Notification.verb).where(about))) == []
    db.session.refresh(hidden.board)
    db.session.refresh(hidden.shown)
    db.session.refresh(author)
    assert (hidden.board.topic_count, hidden.shown.reply_count, author.published_count) == (1, 0, 0)
    assert db.session.scalars(select(Picture.public_key)).all() == [None]
    assert author.face_key is None
    assert not [line for line in db.session.scalars(select(Activity)) if SECRET in json.dumps(line.data)]
    # and now everywhere: else this would have looked where nothing ever is
    for one in hidden.all.values():
        assert commands.approve(db.session.get_one(Contribution, one.id), moderator)
    settled()
    for endpoint, response in answers(app, visitors["prospect"], hidden, things):
        if says(response):
            found[endpoint] = True
    assert set(MUST_SHOW) - set(found) == set()
    assert {e for e in found if SURFACES[e] != SHOWS} == set()
    told = set(db.session.scalars(select(Notification.verb).where(about)))
    assert told >= {"approved", "mentioned", "replied"}
    db.session.refresh(hidden.shown)
    assert hidden.shown.reply_count == 1


@pytest.mark.slow
def test_not_a_word_once_it_is_hidden_returned_or_removed(app: Flask, settled: Any) -> None:
    author, reader, moderator = make.member("zyx"), make.member("rita"), make.moderator()
    hidden, things = Hidden(author, reader), Things(app, reader)
    for one in hidden.all.values():
        commands.approve(db.session.get_one(Contribution, one.id), moderator)
    settled()
    acts = (commands.hide, commands.remove, commands.hide, commands.remove, commands.hide)
    for act, one in zip(acts, hidden.all.values(), strict=True):
        act(db.session.get_one(Contribution, one.id), moderator, "No.", "off_topic")
    settled()
    visitor = app.test_client().sign_in(reader)
    assert {(e, r.request.path) for e, r in answers(app, visitor, hidden, things) if says(r)} == set()
