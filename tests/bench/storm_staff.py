"""Those who look after the site in a storm: moderators who decide, an admin who renames; each decision is looked at
at once through the eyes of a reader without an account."""

import re
import time
from html import unescape

from tests.bench import words
from tests.bench.data import PASSWORD
from tests.bench.storm_client import Answer, StormOver, Unavailable
from tests.bench.storm_journal import Item
from tests.bench.storm_people import Person, Storm

QUEUE = "/moderation/"
WAITING = re.compile(r'id="item-(\d+)"')
UNDO = re.compile(r'action="(/moderation/decisions/\d+/undo)"')
MEDIA = re.compile(r"/media/[\w-]+\.(?:jpg|webp)")
DONE = {
    "approve": ("published", "Approved: it is public now."),
    "return": ("returned", "Sent back; its author reads your reason."),
    "remove": ("removed", "Removed; its author reads your reason."),
    "hide": ("hidden", "Hidden until it is decided."),
    "restore": ("published", "It is public again."),
    "keep": ("published", "Kept as it is; its reports are settled."),
}
REASON = {
    "return": {"reason": "more_detail", "words": "Which one is it?"},
    "remove": {"reason": "off_topic", "words": ""},
    "hide": {"reason": "off_topic", "words": ""},
}
SOME_STATE = frozenset({"pending", "published", "hidden", "removed", "returned"})
TAKEN_BACK = "Taken back: everything is as it was."


class Moderator(Person):
    """Somebody who decides; two of them never have the same thing in hand, so that it is known who decided last."""

    hourly = {"decide_what_waits": 260, "hide": 110, "restore": 90, "remove": 12, "look_around": 120}

    def __init__(self, storm: Storm, number: int, of: int, name: str) -> None:
        super().__init__(storm, number, of)
        self.me = name
        self.reader = storm.client()

    def come(self) -> None:
        self.client.sign_in(self.me, PASSWORD)

    def look_around(self) -> None:
        """What waits for somebody's eye."""
        pages = ("/moderation/", "/moderation/quality", "/moderation/findings", "/insights/", "/advocates/proposals")
        self.client.get(self.dice.choice(pages), "page, staff")

    def decide_what_waits(self) -> None:
        """Something on the first page of the queue."""
        path = QUEUE if self.dice.random() < 0.7 else f"{QUEUE}?page={self.dice.randint(1, 3)}"
        found = [int(number) for number in WAITING.findall(self.client.get(path, "queue").text)]
        if not found:
            return
        item = self.journal.found(self.dice.choice(found), "pending", "published", "hidden")
        page = self.client.get(f"/moderation/{item.number}", "queue item", due=(200, 404))
        offered = [act for act in DONE if f"/moderation/{item.number}/{act}" in page.text]
        likely = {"approve": 8, "return": 2, "remove": 1, "restore": 5, "keep": 4, "hide": 1}
        if offered:
            self._decide(item, self.dice.choices(offered, [likely[act] for act in offered])[0])

    def hide(self) -> None:
        """Take something from view that readers see, and look whether they still do."""
        self._decide(self.journal.choose(self.journal.matching("reply", "photo", "topic")[-60:]), "hide")

    def restore(self) -> None:
        """Show again what was hidden."""
        self._decide(self.journal.choose(self.journal.matching("reply", "photo", "topic", state="hidden")), "restore")

    def remove(self) -> None:
        """Take something away for good."""
        self._decide(self.journal.choose(self.journal.matching("reply", "photo")), "remove")

    def _decide(self, item: Item | None, act: str) -> None:
        if item is None or not self._take(item):
            return
        try:
            media = self._seen_before(item)
            before, asked = item.possible, time.monotonic()
            self.journal.deciding(item)
            fields = {"next": QUEUE, **REASON.get(act, {})}
            answer = self.client.post(f"/moderation/{item.number}/{act}", fields, "decided", due=(303, 403, 404))
            state, words_of_it = DONE[act]
            at_once = self._glance(item, media) if answer.status == 303 else []
            said = self._said() if answer.status == 303 else None
            # What was decided a moment ago may still stand there: a warning says that nothing was done.
            if said is not None and words_of_it in unescape(said.text) and "flash-warning" not in said.text:
                self.journal.decided(item, state, asked, answer.ended)
                for page in at_once:
                    self.journal.look(page.text, page.began, page.path, page.request_id)
                self._look(item, state, at_once, answer)
                if self.dice.random() < 0.1:
                    self._undo(item, said, before)
            else:
                self.journal.undecided(item, before | SOME_STATE)
                self.record.did("decisions that came too late")
        finally:
            item.busy = False

    def _take(self, item: Item) -> bool:
        with self.journal.lock:
            if item.busy:
                return False
            item.busy = True
        return True

    def _said(self) -> Answer:
        """The page after the decision, with what came of it; a flash waits in the session until it was shown."""
        while True:
            try:
                return self.client.get(QUEUE, "queue")
            except Unavailable:
                if self.storm.over.is_set() and self.record.since_fault() > 5:
                    raise StormOver from None
                time.sleep(0.3)

    def _undo(self, item: Item, said: Answer, before: frozenset[str]) -> None:
        found = UNDO.search(said.text)
        if found is None:
            return
        self.journal.deciding(item)
        answer = self.client.post(found[1], {"next": QUEUE}, "taken back", due=(303, 403))
        page = self._said() if answer.status == 303 else None
        if page is not None and TAKEN_BACK in page.text:
            self.record.did("decisions taken back")
        self.journal.undecided(item, item.possible | before | SOME_STATE)
        self.journal.note("taken back", number=item.number)

    def _seen_before(self, item: Item) -> list[str]:
        """Look at it as readers do, so that what is kept for them is of now; where they load its pictures."""
        self.reader.cookies.clear()
        try:
            for path in ("/", f"/c/{item.number}"):
                page = self.reader.get(path, "page, anonymous", due=(200, 404, 410))
        except Unavailable:
            return []
        shown = page.text.partition("<main")[2].partition('class="thread')[0] if item.kind == "photo" else ""
        return sorted(set(MEDIA.findall(shown)))[:3]

    def _glance(self, item: Item, media: list[str]) -> list[Answer]:
        """The pages that show it, asked for the instant the decision was answered; judged when it is known."""
        try:
            due = (200, 404, 410)
            return [self.reader.get(path, "page, anonymous", due) for path in (*media, "/", f"/c/{item.number}")]
        except Unavailable:
            return []

    def _look(self, item: Item, state: str, at_once: list[Answer], decided: Answer) -> None:
        """What a reader without an account is shown right after the answer; the journal looks at the pages itself."""
        try:
            for path in ("/", f"/c/{item.number}"):
                page = self.reader.get(path, "page, anonymous", due=(200, 404, 410))
            shown = page.status == 200 and (not item.word or item.word in page.text)
            calm = item.possible == {state} and (item.parent is None or item.parent.possible == {"published"})
            if state == "published" and item.word and calm and not shown:
                self.record.fail(f"{item.kind} {item.number} was shown again, but no reader sees it", page.request_id)
            for answer in at_once:
                trouble = self.record.is_due(decided.began - 1, decided.ended)  # then the worker takes it away
                shown = answer.path.startswith("/media/") and answer.status == 200
                if shown and state != "published" and item.possible == {state} and not trouble:
                    self.record.fail(f"{answer.path} of {item.kind} {item.number} is still there", decided.request_id)
        except Unavailable:
            pass


class Admin(Person):
    """Whoever runs the site calls a board something else now and then; from the answer on everybody reads that."""

    hourly = {"rename_a_board": 18, "look_around": 60}

    def __init__(self, storm: Storm, number: int, of: int, name: str) -> None:
        super().__init__(storm, number, of)
        self.me, self.reader = name, storm.client()

    def come(self) -> None:
        self.client.sign_in(self.me, PASSWORD)

    def look_around(self) -> None:
        """Whether all is well."""
        self.client.get(self.dice.choice(("/admin/", "/admin/boards", "/admin/members")), "page, staff")

    def rename_a_board(self) -> None:
        """One of them, by another name each time."""
        listed = re.findall(r'href="/admin/boards/(\d+)"', self.client.get("/admin/boards", "page, staff").text)
        number = int(self.dice.choice(listed))
        name = f"{self.dice.choice(words.THINGS).title()}s and more {self.dice.randrange(10**6)}"
        before = self.journal.boards.get(number, "")
        self.journal.boards[number] = ""
        self.client.post(f"/admin/boards/{number}", {"name": name, "description": "What belongs here"}, "board renamed")
        self.journal.boards[number] = name
        self.journal.note("renamed", board=number, name=name)
        page = self.reader.get("/forum/", "page, anonymous")
        if name not in page.text or (before and before in page.text):
            self.record.fail(f"a board was renamed to {name}, and the forum does not say so", page.request_id)
