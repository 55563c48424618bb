"""Whatever is done in a conversation, its readers, authors and moderators get what would be made anew, at once."""

import re

import pytest

from portal.contributions import incentives, lifecycle
from portal.contributions.models import Contribution, Decision
from portal.contributions.thanks import give_thanks, withdraw_thanks
from portal.contributions.thanks_words import say_why
from portal.contributions.writing import edit
from portal.db import db, writing
from portal.forum import commands as forum
from portal.fragments import fragments
from portal.members import measures, standing
from portal.members.models import Member
from portal.moderation import commands as moderation
from portal.moderation import undo
from portal.pages import remembering
from portal.profile.commands import erase_member, save_profile
from tests import builders
from tests.finding import at
from tests.pages.test_kept import site  # noqa: F401 (fixture)

LOOKS = {"User-Agent": "curl/8", "Sec-Purpose": "prefetch"}
"""Headers of who is no reader, so that a look changes nothing by being counted."""
TOKENS = re.compile(r'(name="csrf_token" value="|name="csrf-token" content="|name="submission_key" value=")[^"]*')


class House:
    """A question with replies, its people, and what they do: each by its name, in a transaction of its own."""

    def __init__(self):
        people = {name: builders.member(name) for name in ("asker", "helper", "other", "reader")}
        people |= {"mod": builders.moderator("mod"), "boss": builders.admin("boss")}
        self.question = builders.topic(people["asker"], title="How do I true a wheel?", format="question")
        replies = {
            "answer": builders.reply(self.question, people["helper"], text="Turn the nipple."),
            "second": builders.reply(self.question, people["other"], text="Or the spoke."),
            "waiting": builders.reply(self.question, people["helper"], text="It waits.", state="pending"),
        }
        db.session.commit()
        self._people = {name: one.id for name, one in people.items()}
        self._texts = {name: one.id for name, one in replies.items()} | {"question": self.question.id}

    def __getattr__(self, name):
        if name in self._people:
            return db.session.get_one(Member, self._people[name])
        found = db.session.get_one(Contribution, self._texts[name])
        found.author = db.session.get_one(Member, found.author_id)
        if found.is_reply:
            found.parent = db.session.get_one(Contribution, found.parent_id)
        return found

    def last_of(self, name):
        """The decision that was taken last about this text."""
        decided = db.session.query(Decision).filter_by(contribution_id=self._texts[name])
        return decided.order_by(Decision.id.desc()).first().id


ROADS = {
    "of a text": (
        lambda h: edit(h.answer, h.helper, source="Turn it *twice*."),
        lambda h: moderation.hide(h.answer, h.mod, "It is wrong."),
        lambda h: moderation.restore(h.answer, h.mod),
        lambda h: moderation.remove(h.answer, h.mod, "It is wrong."),
        lambda h: undo.undo(h.last_of("answer"), h.mod),
        lambda h: moderation.remove_as_spam(h.second, h.mod, "It is spam."),
        lambda h: undo.undo(h.last_of("second"), h.mod),
        lambda h: lifecycle.remove(h.second, h.other),
    ),
    "of one that waits": (
        lambda h: moderation.approve(h.waiting, h.mod),
        lambda h: undo.undo(h.last_of("waiting"), h.mod),
        lambda h: moderation.return_to_author(h.waiting, h.mod, "Please say more."),
        lambda h: edit(h.waiting, h.helper, source="It waits, and says more."),
        lambda h: lifecycle.submit(h.waiting),
    ),
    "of help": (
        lambda h: give_thanks(h.answer, h.reader),
        lambda h: say_why(h.answer, h.reader, "it worked at once"),
        lambda h: withdraw_thanks(h.answer, h.reader),
        lambda h: forum.accept_reply(h.answer, h.asker),
        lambda h: forum.withdraw_acceptance(h.answer, h.asker),
        lambda h: incentives.promise(h.answer, "A bell", h.boss),
    ),
    "of people": (
        lambda h: save_profile(h.helper, display_name="Harriet", owns="A Tern"),
        lambda h: standing.verify(h.helper, h.boss, "seen"),
        lambda h: standing.grant_role(h.helper, "employee", h.boss),
        lambda h: standing.revoke_role(h.helper, "employee", h.boss),
        lambda h: measures.suspend(h.reader, h.mod, "Too loud, and again.", 3),
        lambda h: measures.reinstate(h.reader, h.mod),
        lambda h: forum.lock(h.question, h.mod),
        lambda h: erase_member(h.other, keep_contributions=True),
        lambda h: erase_member(h.helper, keep_contributions=False),
    ),
}


@pytest.mark.parametrize("road", ROADS)
def test_after_each_step_a_page_is_what_would_be_made_anew(site, road):  # noqa: F811
    house, memory = House(), site.extensions[remembering.EXTENSION]
    address = at(house.question)
    readers = [site.test_client().sign_in(getattr(house, name)) for name in ("reader", "helper", "mod")]

    def pages():
        return [TOKENS.sub(r"\1", reader.get(address, headers=LOOKS).text) for reader in readers]

    pages()
    for number, step in enumerate(ROADS[road], 1):
        with writing():
            assert step(house) is not False
        found = pages()
        fragments().forget()
        memory.lists.clear()
        assert pages() == found, f"step {number}"
