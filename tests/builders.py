"""Members and contributions in a line, through the house's own commands."""

from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.blog.models import Article
from portal.contributions import lifecycle
from portal.contributions.models import Contribution, Reply
from portal.contributions.writing import set_tags, write
from portal.db import db
from portal.forum.models import Board, Topic
from portal.members.models import Member
from portal.stories.challenge_commands import open_challenge
from portal.stories.commands import WORDS, change_story
from portal.stories.models import Challenge, Photo, Story
from portal.text import slugify

_number = count(1)


def member(username: str = "", **facts: Any) -> Member:
    """A member: confirmed, joined 100 days ago and regular unless said otherwise; `new=True` for a newcomer."""
    n = next(_number)
    new = facts.pop("new", False)
    verified = facts.pop("verified", False)
    username = username or f"member{n}"
    defaults: dict[str, Any] = {
        "username": username,
        "display_name": username.title(),
        "email": f"{username}@example.org",
        "email_confirmed_at": clock.now(),
        "joined_at": clock.now() if new else clock.ago(days=100),
        "published_count": 0 if new else 10,
    }
    if verified:
        defaults |= {"verified_at": clock.now(), "verified_how": "on the company's customer list"}
    made = Member(**(defaults | facts))
    db.session.add(made)
    db.session.flush()
    return made


def moderator(username: str = "", **facts: Any) -> Member:
    """A member who moderates."""
    return member(username, is_moderator=True, **facts)


def admin(username: str = "", **facts: Any) -> Member:
    """A member who runs the site."""
    return member(username, is_admin=True, **facts)


def board(name: str = "", **facts: Any) -> Board:
    """A board; the one of this name if there is one."""
    name = name or "Repairs"
    found = db.session.scalar(select(Board).where(Board.name == name))
    if found:
        return found
    made = Board(name=name, slug=facts.pop("slug", name.lower().replace(" ", "-")), **facts)
    db.session.add(made)
    db.session.flush()
    return made


def topic(
    author: Member | None = None, title: str = "", text: str = "", state: str = "published", **facts: Any
) -> Topic:
    """A topic in the wished state, brought there by the lifecycle's own moves."""
    n = next(_number)
    tags = facts.pop("tags", ())
    author = author or member()
    made = Topic(author=author, board=facts.pop("board", None) or board(), **facts)
    write(made, source=text or f"How do I do thing number {n}, please?", title=title or f"Question number {n}")
    db.session.add(made)
    db.session.flush()
    if tags:
        set_tags(made, tags)
    return bring(made, state)


def reply(
    parent: Contribution, author: Member | None = None, text: str = "", state: str = "published", **facts: Any
) -> Reply:
    """A reply in the wished state."""
    made = Reply(author=author or member(), parent=parent, **facts)
    write(made, source=text or f"Like this: turn screw number {next(_number)}.")
    db.session.add(made)
    db.session.flush()
    return bring(made, state)


def bring(contribution: Any, state: str) -> Any:
    """Bring a draft to a state without screening it: the move a trusted author or a moderator makes."""
    move = lifecycle._move
    who = contribution.author
    contribution.submitted_at = clock.now() if state != "draft" else None
    db.session.flush()
    roads = {
        "draft": (),
        "pending": ("pending",),
        "returned": ("pending", "returned"),
        "published": ("published",),
        "hidden": ("published", "hidden"),
        "removed": ("published", "removed"),
    }
    for to in roads[state]:
        move(contribution, to, who, reason="for the test", moderating=to in ("returned", "hidden"))
    return contribution


def photo(author: Member | None = None, title: str = "", state: str = "published", **facts: Any) -> Photo:
    """A photo submission, without pictures unless a test attaches some."""
    made = Photo(author=author or member(), **facts)
    write(made, source="At the lake, before breakfast.", title=title or f"Photo number {next(_number)}")
    db.session.add(made)
    db.session.flush()
    return bring(made, state)


def challenge(title: str = "", opens: int = -1, closes: int = 20, **facts: Any) -> Challenge:
    """A challenge that a moderator opened; `opens` and `closes` in days from today."""
    today = clock.now().date()
    return open_challenge(
        moderator(), title=title or f"Challenge number {next(_number)}", source=facts.pop("source", "Show it."),
        opens=today + timedelta(days=opens), closes=today + timedelta(days=closes), **facts,
    )  # fmt: skip


def story(author: Member | None = None, title: str = "", state: str = "published", **facts: Any) -> Story:
    """A story in the wished state."""
    n = next(_number)
    told = {"title": title or f"Story number {n}", "hard": "Two cars.", "changed": f"One bicycle, {n} litres saved."}
    tags = ",".join(facts.pop("tags", ()))
    own = {name: facts.pop(name) for name in list(facts) if name in WORDS or name == "product_id"}
    made = Story(author=author or member(), **facts)
    db.session.add(made)
    change_story(made, **(told | own), tags=tags)  # type: ignore[typeddict-item]
    return bring(made, state)


def article(author: Member | None = None, title: str = "", state: str = "published", **facts: Any) -> Article:
    """An article in the wished state."""
    n = next(_number)
    title = title or f"Article number {n}"
    made = Article(author=author or member(), path=slugify(title), **facts)
    write(made, source=f"Some thoughts, number {n}.", title=title)
    db.session.add(made)
    db.session.flush()
    return bring(made, state)
