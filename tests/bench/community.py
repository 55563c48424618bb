"""A community by the dice, the same each time: rows for every table, with nothing written yet."""

from bisect import bisect
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any

from portal.contributions.helpfulness import helpfulness
from portal.text import slugify
from tests.bench import words

Rows = list[dict[str, Any]]
YEARS = timedelta(days=730)
"""Published times are spread over so long."""
SHAPE = 0.8
"""The exponent of Zipf's law for replies over topics: 100,000 over 10,000 give the largest topic some 3,500."""
PLACEHOLDER = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


@dataclass(frozen=True)
class Size:
    """How large it shall be."""

    members: int = 5000
    boards: int = 20
    topics: int = 10_000
    replies: int = 100_000
    photos: int = 5000


@dataclass
class Community:
    """Rows by table, each a list of what its columns hold."""

    rows: dict[str, Rows] = field(default_factory=dict)

    def add(self, table: str, **values: Any) -> dict[str, Any]:
        """One more row; tables with an id number theirs from 1."""
        rows = self.rows.setdefault(table, [])
        rows.append(values)
        return values


class Zipf:
    """Picks among `n` things so that the k-th is picked in proportion to 1/k^SHAPE."""

    def __init__(self, dice: Random, n: int) -> None:
        self.dice, self.sums = dice, list(accumulate(k**-SHAPE for k in range(1, n + 1)))

    def pick(self) -> int:
        """A number from 0 to n - 1."""
        return min(bisect(self.sums, self.dice.random() * self.sums[-1]), len(self.sums) - 1)


def invent(size: Size, now: datetime, seed: int = 7) -> Community:
    """All rows but those that the portal's own rebuilding makes (counters, ledger, scores)."""
    return _Inventor(size, now, Random(seed)).everything()


class _Inventor:
    def __init__(self, size: Size, now: datetime, dice: Random) -> None:
        self.size, self.now, self.dice, self.made = size, now, dice, Community()
        self.pool = words.Pool(dice, max(20, min(800, size.replies // 20)))
        self.authors = Zipf(dice, size.members)
        self.tags = [f"{thing}-{n}" if n else thing for n in range(2) for thing in words.THINGS[:30]]
        self.contributions: Rows = []
        self.replies_of: dict[int, Rows] = {}

    def everything(self) -> Community:
        self._members()
        self._places()
        roots = self._roots()
        self._replies(roots)
        self._number()
        self._acknowledge()
        self._waiting()
        self._finish()
        return self.made

    def _members(self) -> None:
        dice = self.dice
        for n in range(1, self.size.members + 1):
            # The first ones, who write most, were there before anything was written.
            early = n <= max(3, self.size.members * 7 // 10)
            joined = self.now - YEARS * (1 + dice.random() / 2) if early else self.now - YEARS * dice.random()
            name = f"{dice.choice(words.NAMES)} {dice.choice(words.FAMILIES)}"
            verified = dice.random() < 0.4
            self.made.add(
                "member", id=n, username=f"{slugify(name)}-{n}", display_name=name, email=f"invented{n}@example.org",
                email_confirmed_at=joined, joined_at=joined, seen_at=self.now - timedelta(days=dice.random() * 60),
                is_admin=n == 1, is_moderator=n in (2, 3), is_employee=n in (4, 5),
                verified_at=joined if verified else None,
                verified_how="on the company's customer list" if verified else None,
                organisation=f"Company {n % 40}" if n % 5 == 0 else None,
                about=self.pool.sentence()[:200], place=dice.choice(words.PLACES), trade=dice.choice(words.TRADES),
                owns=f"rides a {dice.choice(words.QUALITIES)} bike since {2015 + n % 10}", goals="", session_epoch=0,
                published_count=0, helped_count=0, help_score=0.0, mail_replies=False, mail_thanks=False,
                mail_digest=False,
            )  # fmt: skip

    def _places(self) -> None:
        for n in range(1, self.size.boards + 1):
            name = f"{words.THINGS[n % 40].title()}s and {words.THINGS[(n * 7 + 1) % 40]}s {n}"
            about = self.pool.sentence()
            row = {"id": n, "name": name, "slug": slugify(name), "place_in_list": n, "topic_count": 0}
            self.made.add("board", description=about, **row)
        for n in range(1, 7):
            self.made.add("product", id=n, name=f"Model {n}", slug=f"model-{n}", description="", place_in_list=n)
        for n, name in enumerate(self.tags, 1):
            self.made.add("tag", id=n, name=name)

    def _roots(self) -> Rows:
        counts = {
            "topic": self.size.topics,
            "photo": self.size.photos,
            "story": max(1, self.size.photos // 10),
            "article": max(1, self.size.photos // 50),
        }
        boards = Zipf(self.dice, self.size.boards)
        roots = [self._one(kind, self._moment(), boards) for kind, n in counts.items() for _ in range(n)]
        self.contributions += roots
        return roots

    def _moment(self) -> datetime:
        return self.now - YEARS * self.dice.random()

    def _one(self, kind: str, at: datetime, boards: Zipf | None = None, parent: Any = None) -> dict[str, Any]:
        written, title = self.pool.text(), "" if kind == "reply" else self.pool.title()
        return {
            "kind": kind, "state": "published", "author_id": self.authors.pick() + 1, "parent_id": None,
            "position": None, "last_position": 0, "board_id": boards.pick() + 1 if boards and kind == "topic" else None,
            "product_id": self.dice.randint(1, 6) if kind in ("photo", "story") and self.dice.random() < 0.7 else None,
            "title": title, "slug": slugify(title), "source": written.source, "html": written.html,
            "excerpt": written.excerpt, "created_at": at, "submitted_at": at, "published_at": at,
            "last_activity_at": at, "reply_count": 0, "thanks_count": 0, "anonymous_thanks": 0, "accepted_count": 0,
            "view_count": 0, "views_before": 0, "helpfulness": 0.0, "_parent": parent,
        }  # fmt: skip

    def _replies(self, roots: Rows) -> None:
        topics = [root for root in roots if root["kind"] == "topic"]
        others = [root for root in roots if root["kind"] != "topic"]
        self.dice.shuffle(topics)
        popular = Zipf(self.dice, len(topics))
        small = self.size.replies // 20
        for n in range(self.size.replies):
            parent = self.dice.choice(others) if n < small else topics[popular.pick()]
            at = parent["published_at"] + (self.now - parent["published_at"]) * self.dice.random() ** 3
            self.contributions.append(self._one("reply", at, parent=parent))

    def _number(self) -> None:
        """Ids rise with time, as they would have; so do the numbers of replies below what they reply to."""
        self.contributions.sort(key=lambda c: c["published_at"])
        for n, c in enumerate(self.contributions, 1):
            c["id"] = n
            parent = c["_parent"]
            if parent is not None:
                siblings = self.replies_of.setdefault(parent["id"], [])
                siblings.append(c)
                c["parent_id"], c["position"] = parent["id"], len(siblings)
        for c in self.contributions:
            below = len(self.replies_of.get(c["id"], ()))
            if c["parent_id"] is None:
                c["view_count"] = below * 8 + self.dice.randint(1, 60)

    def _acknowledge(self) -> None:
        dice, members = self.dice, self.size.members
        for c in self.contributions:
            parent = c["_parent"]
            if parent is None:
                if dice.random() < 0.1:
                    self._thank(c, {dice.randint(1, members) for _ in range(3)})
                continue
            c["views_before"] = parent["view_count"] * (c["position"] - 1) // len(self.replies_of[parent["id"]])
            of_topic = parent["kind"] == "topic"
            several = dice.choice((1, 1, 2, 3)) if dice.random() < 0.2 else 0
            givers = {dice.randint(1, members) for _ in range(several)}
            if of_topic and dice.random() < 0.1:
                givers.add(parent["author_id"])
            self._thank(c, givers)
            question = of_topic and parent["id"] % 5 != 0
            if question and c["author_id"] != parent["author_id"] and c["position"] < 8 and dice.random() < 0.13:
                self.made.add("acceptance", reply_id=c["id"], by_id=parent["author_id"], at=self._after(c))
                c["accepted_count"] = 1
            views = parent["view_count"] - c["views_before"]
            c["helpfulness"] = helpfulness(c["accepted_count"] > 0, c["thanks_count"], views)

    def _thank(self, c: dict[str, Any], givers: set[int]) -> None:
        for giver in sorted(givers - {c["author_id"]}):
            self.made.add("thanks", contribution_id=c["id"], giver_id=giver, at=self._after(c))
            c["thanks_count"] += 1

    def _after(self, c: dict[str, Any]) -> datetime:
        at: datetime = c["published_at"]
        return at + (self.now - at) * self.dice.random() ** 4

    def _waiting(self) -> None:
        """The queue: what waits, what was reported; and the few replies that were taken from view."""
        newest = len(self.contributions)
        for n in range(1, min(60, self.size.topics // 4 + 1) + 1):
            waiting = self._one("topic" if n % 3 else "photo", self.now - timedelta(hours=n), Zipf(self.dice, 1))
            self.contributions.append(waiting | {"id": newest + n, "state": "pending", "published_at": None})
        for c in self.contributions[:newest]:
            if c["kind"] == "reply" and not c["accepted_count"] and self.dice.random() < 0.005:
                c["state"] = self.dice.choice(("hidden", "removed"))
        shown = [c for c in self.contributions[-2000:] if c["state"] == "published" and c["kind"] == "reply"]
        for c in shown[:20]:
            reporter = c["author_id"] % self.size.members + 1
            self.made.add("report", contribution_id=c["id"], reporter_id=reporter, reason="spam", note="", at=self.now)

    def _finish(self) -> None:
        dice, add = self.dice, self.made.add
        told = dict.fromkeys(range(self.size.members + 1), 0)
        for c in self.contributions:
            parent = c.pop("_parent")
            number, at, state = c["id"], c["submitted_at"], c["state"]
            add("contribution", **c)
            held = state == "pending" or dice.random() < 0.05
            first = "pending" if held else "published"
            rule = "first_contributions" if held else ""
            self._decided(c, "draft", first, at, rule)
            if held and state != "pending":
                self._decided(c, first, "published", at, rule, by=2)
            if state in ("hidden", "removed"):
                self._decided(c, "published", state, self.now, "spam", by=3)
            if state == "published":
                add("activity", verb="published", contribution_id=number, actor_id=c["author_id"], at=at, data={})
            self._own_table(c)
            if parent is None:
                add("follow", member_id=c["author_id"], contribution_id=number, at=at)
            elif parent["author_id"] != c["author_id"] and told[parent["author_id"]] < 80 and state == "published":
                told[parent["author_id"]] += 1
                add(
                    "notification", member_id=parent["author_id"], verb="replied", key=f"reply:{number}", note="",
                    contribution_id=number, actor_id=c["author_id"], at=at, mailed_at=at,
                    read_at=at if number % 3 else None,
                )  # fmt: skip

    def _decided(self, c: dict[str, Any], was: str, to: str, at: datetime, rule: str, by: int = 0) -> None:
        """`by` is the moderator; without one it was the author, or a rule."""
        self.made.add(
            "decision", contribution_id=c["id"], from_state=was, to_state=to, actor_id=by or c["author_id"],
            as_moderator=by > 0, rule=rule, reason="", at=at,
        )  # fmt: skip

    def _own_table(self, c: dict[str, Any]) -> None:
        dice, add, number = self.dice, self.made.add, c["id"]
        if c["kind"] == "topic":
            pinned = c["published_at"] if dice.random() < 0.0005 else None
            add("topic", id=number, format="discussion" if number % 5 == 0 else "question", pinned_at=pinned)
            for tag in {dice.randint(1, len(self.tags)) for _ in range(dice.randint(0, 3))}:
                add("contribution_tag", contribution_id=number, tag_id=tag)
        elif c["kind"] == "article":
            c["slug"] = self.made.rows["contribution"][-1]["slug"] = f"{c['slug'][:60]}-{number}"
            add("article", id=number, path=c["slug"], summary=c["excerpt"])
        elif c["kind"] == "story":
            add(
                "story", id=number, who="", hard=self.pool.sentence(), tried="", changed=self.pool.sentence(),
                advice=self.pool.sentence(), figure="", figure_says="", pull_quote="", company_size="",
                trade=dice.choice(words.TRADES), goal=dice.choice(words.GOALS),
            )  # fmt: skip
        elif c["kind"] == "photo":
            add("photo", id=number, taken_at_place=dice.choice(words.PLACES))
        if c["kind"] in ("photo", "story", "article"):
            for place in range(dice.randint(1, 3)):
                self._picture(c, place)

    def _picture(self, c: dict[str, Any], place: int) -> None:
        n = len(self.made.rows.get("picture", ())) + 1
        width, height = self.dice.choice(((1280, 960), (960, 1280), (1600, 900), (800, 800)))
        public = c["state"] == "published"
        self.made.add(
            "picture", token=f"invented{n:014d}", owner_id=c["author_id"], contribution_id=c["id"], place=place,
            in_text=False, alt=self.pool.sentence(), width=width, height=height, bytes=120_000, media_type="image/jpeg",
            sha256=f"{n:064x}", difference_hash=f"{n:016x}", placeholder=PLACEHOLDER,
            public_key=f"invented{n:014d}" if public else None, public_widths="320,640" if public else "",
            created_at=c["created_at"],
        )  # fmt: skip
