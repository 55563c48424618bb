"""Members in a storm: they ask, reply, show pictures, thank, accept, change, report, and some leave for good."""

import io
import re
import threading
from contextlib import suppress
from random import Random

from PIL import Image, ImageDraw

from tests.bench import words
from tests.bench.data import PASSWORD
from tests.bench.storm_client import Answer, Unavailable, as_json
from tests.bench.storm_journal import Item
from tests.bench.storm_people import BOARD, PHOTO, TOPIC, Person, Storm

PLACE = re.compile(r"#reply-(\d+)$")
REFUSED = (303, 422)
"""A rule may refuse what is sent: too fast, too much a day."""
GONE = (303, 403, 404, 410)
"""What is pressed on something may come too late: it was hidden or removed meanwhile."""
SIZES = ((640, 480), (1200, 900), (900, 1200), (1600, 1000))


class Member(Person):
    """Somebody who takes part."""

    hourly = {
        "read": 1500, "reply": 360, "reply_twice_at_once": 18, "ask": 72, "show_a_photo": 60, "thank": 300,
        "take_thanks_back": 30, "accept": 60, "edit": 72, "mend_what_was_returned": 48, "report": 36,
        "remove_own": 12, "look_at_notifications": 120, "follow": 60,
    }  # fmt: skip

    def __init__(self, storm: Storm, number: int, of: int, name: str) -> None:
        super().__init__(storm, number, of)
        self.me = name

    def come(self) -> None:
        self.client.sign_in(self.me, PASSWORD)

    def read(self) -> None:
        """A page or something on it."""
        path = self.dice.choice(("/", "/forum/", "/photos/", "/stories/", "/account/contributions", "/account/help"))
        answer = self.client.get(path, "page, member")
        links = [*TOPIC.findall(answer.text), *PHOTO.findall(answer.text)]
        if links:
            self.client.get(self.dice.choice(links), "page, member")

    def ask(self) -> None:
        """Start a topic in some board."""
        item = self.journal.new("topic", self.me)
        boards = [path for path in BOARD.findall(self.client.get("/forum/", "page, member").text) if "new" not in path]
        board = self.dice.choice(boards)
        item.title = f"{item.word}v0 {words.Pool(self.dice, 0).title()}"[:130]
        fields = {
            "board": board.split("/")[2], "format": "question", "title": item.title, "source": self.text(item),
            "tags": self.dice.choice(words.THINGS), "product": "0", "submission_key": item.key,
        }  # fmt: skip
        answer = self.client.post(f"{board}new", fields, "topic started", due=REFUSED)
        self._sent(item, answer, re.search(r"^/topics/(\d+)", answer.location))

    def reply(self) -> None:
        """To something that stands on a page, or that somebody in the storm asked."""
        parent = self._something_to_reply_to()
        if parent is not None:
            item = self.journal.new("reply", self.me, parent=parent)
            self._sent(item, *self._send_reply(item))

    def _send_reply(self, item: Item) -> tuple[Answer, "re.Match[str] | None"]:
        assert item.parent is not None
        self.text(item)
        if self.dice.random() < 0.1 and (whom := self.journal.choose(self.journal.matching("topic"))):
            item.texts[0] += f" What does @{whom.author} say?"
        fields = {"source": item.texts[0], "submission_key": item.key}
        due = (*REFUSED, 403, 404, 410)
        answer = self.client.post(f"/c/{item.parent.number}/reply", fields, "reply posted", due=due)
        return answer, PLACE.search(answer.location)

    def reply_twice_at_once(self) -> None:
        """Two clicks on one button: two requests with the same key, at the same instant, make one reply."""
        parent = self._something_to_reply_to()
        if parent is None:
            return
        item = self.journal.new("reply", self.me, parent=parent)
        other = self.storm.client(self.me)
        other.cookies, other.token = dict(self.client.cookies), self.client.token
        fields = {"source": self.text(item), "submission_key": item.key}
        second: list[Answer] = []

        def click() -> None:
            try:
                due = (*REFUSED, 403, 404, 410)
                second.append(other.post_once(f"/c/{parent.number}/reply", fields, "reply posted", due))
            except Unavailable:
                pass

        clicking = threading.Thread(target=click)
        clicking.start()
        try:
            answer = self.client.post(f"/c/{parent.number}/reply", fields, "reply posted", (*REFUSED, 403, 404, 410))
        finally:
            clicking.join()
            other.hang_up()
        for one in [*second, answer]:
            self._sent(item, one, PLACE.search(one.location))

    def _something_to_reply_to(self) -> Item | None:
        if self.dice.random() < 0.5 and (item := self.journal.choose(self.journal.matching("topic", "photo"))):
            return item
        found = re.findall(r"/topics/(\d+)/", self.client.get("/forum/", "page, member").text)
        return self.journal.found(int(self.dice.choice(found))) if found else None

    def _sent(self, item: Item, answer: Answer, found: "re.Match[str] | None") -> None:
        if answer.status != 303:
            self.record.did(f"refused with {answer.status}")
            return
        if found is None:
            self.record.fail(f"{answer.path} led to {answer.location}", answer.request_id)
            return
        self.journal.acknowledged(item, int(found[1]))
        if item.kind != "reply":  # a browser follows, and its author sees it whatever state it is in
            seen = self.client.get(answer.location, "page, member", due=(200, 404, 410))
            if seen.status == 200 and f"{item.word}v{item.sure}" not in seen.text and item.disturbed < answer.began:
                self.record.fail(f"{answer.location} does not show its author what was just sent", seen.request_id)

    def show_a_photo(self) -> None:
        """Send a picture as the page's script does, then the form."""
        item = self.journal.new("photo", self.me)
        file = {"file": ("photo.jpg", picture(self.dice))}
        self.client.get("/forum/", "page, member")  # for the token
        sent = self.client.post("/pictures/", {}, "picture sent", due=(201, 429, 503), files=file)
        if sent.status != 201:
            self.record.did(f"pictures that have to wait ({sent.status})")
            return
        token = str(as_json(sent)["token"])
        item.title = f"{item.word}v0 at the {self.dice.choice(words.THINGS)}"
        fields = {
            "title": item.title, "caption": self.text(item), "pictures": token, f"alt-{token}": "A bicycle at a lake",
            "agrees_site": "y", "agrees_people": "y", "product": "0", "tags": "", "submission_key": item.key,
        }  # fmt: skip
        item.pictures.append(token)
        answer = self.client.post("/photos/new", fields, "photo posted", due=(303, 200, 422))
        self._sent(item, answer, re.search(r"^/photos/(\d+)", answer.location))

    def thank(self) -> None:
        """For something by somebody else."""
        item = self.journal.choose(self.journal.matching("reply", "photo", "topic", not_by=self.me))
        if item is not None and self.me not in item.thanked:
            item.thanked[self.me] = None
            if self._press(f"/c/{item.number}/thanks"):
                item.thanked[self.me] = True
                self.journal.note("thanked", number=item.number, giver=self.me)

    def take_thanks_back(self) -> None:
        """Think again."""
        given = [item for item in self.journal.items[-300:] if item.thanked.get(self.me)]
        item = self.journal.choose(given)
        if item is not None:
            item.thanked[self.me] = None
            item.thanked[self.me] = not self._press(f"/c/{item.number}/thanks/withdraw")
            self.journal.note("thanks", number=item.number, giver=self.me, stand=item.thanked[self.me])

    def accept(self) -> None:
        """Say of a reply to a question of one's own that it solved it."""
        replies = self.journal.matching("reply", not_by=self.me)
        mine = [reply for reply in replies if reply.parent and reply.parent.author == self.me and not reply.accepted]
        item = self.journal.choose(mine)
        if item is not None:
            item.accepted = None
            item.accepted = self._press(f"/c/{item.number}/accept")
            self.journal.note("accepted", number=item.number, by=self.me, stands=item.accepted)

    def follow(self) -> None:
        """Hear of replies to something."""
        item = self.journal.choose(self.journal.matching("topic", "photo", not_by=self.me))
        if item is not None:
            self._press(f"/c/{item.number}/follow")

    def _press(self, path: str) -> bool:
        return self.client.post(path, {}, "button pressed", due=GONE).status == 303

    def edit(self) -> None:
        """Say it better. A rule may refuse it, or take it from view until a moderator read it."""
        self._edit(self.journal.choose(self.journal.matching("reply", "topic", by=self.me)))

    def mend_what_was_returned(self) -> None:
        """Change what a moderator sent back, and send it again."""
        mine = self.journal.matching("reply", "topic", state="returned", by=self.me)
        self._edit(self.journal.choose(mine), again=True)

    def _edit(self, item: Item | None, *, again: bool = False) -> None:
        if item is None:
            return
        version = max(item.texts) + 1
        fields = {"source": self.text(item, version), "why": "It is clearer like this"}
        if again:
            fields["submit_again"] = "1"
            self.journal.deciding(item)
        path = f"/c/{item.number}/edit"
        if item.kind == "topic":
            path = f"/forum/topics/{item.number}/edit"
            title = re.sub(r"v\d+ ", f"v{version} ", item.title, count=1)
            fields |= {"format": "question", "title": title, "tags": "", "product": "0"}
        self.journal.disturb(item)
        answer = self.client.post(path, fields, "edited", due=(*REFUSED, 403, 404, 410))
        if answer.status == 303:
            item.title = fields.get("title", item.title)
            if again:
                self.journal.disturb(item, "pending", "published", "hidden")
            self.journal.changed(item, version)

    def report(self) -> None:
        """Say what is wrong with something; three such reports take it from view."""
        item = self.journal.choose(self.journal.matching("reply", "photo", not_by=self.me)[-6:])
        if item is not None and self.me not in item.reported:
            item.reported.add(self.me)
            self.journal.disturb(item, *(("hidden",) if len(item.reported) > 1 else ()))
            said = {"reason": "off_topic", "note": "Not about bicycles"}
            self.client.post(f"/c/{item.number}/report", said, "reported", due=GONE)

    def remove_own(self) -> None:
        """Take something of one's own away for good."""
        item = self.journal.choose(self.journal.matching("reply", by=self.me))
        if item is not None:
            self.journal.disturb(item, "removed")
            answer = self.client.post(f"/c/{item.number}/remove", {"sure": "1"}, "removed", due=GONE)
            if answer.status == 303:
                self.journal.removed_by_author(item)

    def look_at_notifications(self) -> None:
        """What happened meanwhile."""
        self.client.get("/notifications/", "page, member")


class Leaver(Member):
    """Somebody who writes a little, and then erases the account."""

    hourly = {"reply": 120, "show_a_photo": 30, "leave": 60}

    def leave(self) -> None:
        """For good; from the answer on nobody is told who it was."""
        how = self.dice.choice(("keep", "remove"))
        form = {"contributions": how, "sure": "y", "current_password": PASSWORD}
        for item in self.journal.items:
            if item.author == self.me:
                self.journal.disturb(item, "removed")
        # An answer that was lost in a fault is followed by one that says: sign in first.
        answer = self.client.post("/account/erase", form, "left", due=(303, 400, 401, 429))
        if answer.status == 429:
            return
        self.journal.leave(self.me, how)
        self.client.forget()
        self.record.did("left for good")
        with suppress(Unavailable):
            self.client.get(f"/members/{self.me}", "page, anonymous", due=(404, 410))
        self.storm.over.wait()


def picture(dice: Random) -> bytes:
    """A photograph as good as invented: shapes in colours, another each time."""
    size = dice.choice(SIZES)
    image = Image.new("RGB", size, tuple(dice.randrange(256) for _ in range(3)))
    pen = ImageDraw.Draw(image)
    for _ in range(30):
        corner = dice.randrange(size[0]), dice.randrange(size[1])
        box = (*corner, corner[0] + dice.randrange(20, 400), corner[1] + dice.randrange(20, 300))
        pen.ellipse(box, fill=tuple(dice.randrange(256) for _ in range(3)))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()
