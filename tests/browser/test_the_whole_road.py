"""The one road through the house, walked by four people: sign up, post, approve, find, answer, thank, be recognised."""

import io
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import expect

from portal import clock
from tests import builders
from tests.browser.people import PASSWORD, Person, comes_true, settle
from tests.media import samples

TITLE, QUESTION = "Over the pass at minus two", "Which tyre for ice?"
WORDS = {"upright.jpg": "A snowy pass with a loaded bicycle", "place.jpg": "The lake below, half frozen"}


class Road:
    """The people and the steps; those that differ without scripts say so."""

    def __init__(self, site: Any, new_page: Any, scripts: bool) -> None:
        self.site, self.scripts = site, scripts
        self.paths: dict[str, str] = {}
        self.token = ""

        def person(username: str = "", name: str = "") -> Person:
            return Person(site, new_page(javascript=scripts), username, name)

        self.carla, self.ben = person("carla", "Carla Rossi"), person("ben", "Ben Okoye")
        self.mo, self.ada, self.prospect = person("mo"), person("ada"), person()

    def is_furnished(self) -> None:
        """The owner puts up a board and a product and says who the customers are."""
        for username, role in (("ada", "admin"), ("mo", "moderator")):
            self.site.command(
                "member", "create", username, f"{username}@example.org", "--password", PASSWORD, "--role", role
            )
        ada, page = self.ada, self.ada.page
        ada.signs_in()
        for path, name in (("/admin/boards", "Winter"), ("/admin/products", "Tern")):
            ada.goes_to(path)
            page.get_by_label("Name").fill(name)
            page.locator("main form").filter(has=page.get_by_label("Name")).get_by_role("button").click()
            expect(page.locator("main").get_by_role("link", name=name)).to_be_visible()
        ada.goes_to("/admin/customers")
        page.get_by_role("textbox").last.fill("ben@example.org, Okoye Bakery\ncarla@example.org, Rossi Vets\nnonsense")
        ada.presses("Import")
        expect(page.locator("main").get_by_text("2 new,")).to_be_visible()
        expect(page.get_by_role("cell", name="nonsense")).to_be_visible()

    def customer_posts(self) -> None:
        """Carla joins, shows two photos and asks a question; both wait."""
        self.carla.joins()
        self._photos()
        self._question()
        for path in self.paths.values():
            self.carla.goes_to(path)
            expect(self.carla.page.get_by_text("Waiting for a moderator.")).to_be_visible()

    def _photos(self) -> None:
        carla, page = self.carla, self.carla.page
        carla.goes_to("/photos/new")
        files = [
            {"name": "upright.jpg", "mimeType": "image/jpeg", "buffer": samples.oriented("Landscape", 6)},
            {"name": "place.jpg", "mimeType": "image/jpeg", "buffer": samples.with_place()},
        ]
        page.get_by_label("Add pictures").set_input_files(files)
        page.get_by_label("Title").fill(TITLE)
        page.get_by_label("Caption").fill("Seven in the morning. **Nobody else.**")
        page.get_by_label("Product").select_option("Tern")
        page.get_by_label("This may be shown on this site").check()
        page.get_by_label("Everybody who can be recognised").check()
        described = page.get_by_label("What does this picture show?")
        if not self.scripts:  # the files come along, and are described in a second step with all that was typed
            carla.presses("Send your photos")
            expect(page.get_by_role("alert")).to_contain_text("what each picture shows")
            expect(page.get_by_label("Title")).to_have_value(TITLE)
            expect(page.get_by_label("This may be shown on this site")).to_be_checked()
        expect(described).to_have_count(2)
        for field, words in zip(described.all(), WORDS.values(), strict=True):
            field.fill(words)
        carla.presses("Send your photos")
        expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
        shown = page.get_by_alt_text(WORDS["upright.jpg"])
        expect(shown).to_be_visible()
        self.token = (shown.get_attribute("src") or "").split("/pictures/")[1].split("/")[0]
        self.paths["photo"] = urlsplit(page.url).path

    def _question(self) -> None:
        carla, page = self.carla, self.carla.page
        carla.goes_to("/forum/new")
        page.get_by_label("Board").select_option("Winter")
        page.get_by_label("A question").check()
        page.get_by_label("Title").fill(QUESTION)
        page.get_by_label("Text").fill("We have **glazed frost** on the way to the surgery.")
        page.get_by_role("button", name="Preview").click()
        expect(page.get_by_role("region", name="Preview").locator("strong")).to_have_text("glazed frost")
        expect(page.get_by_label("Title")).to_have_value(QUESTION)
        carla.presses("Post your topic")
        expect(page.get_by_role("heading", level=1)).to_have_text(QUESTION)
        self.paths["question"] = urlsplit(page.url).path

    def nobody_sees_them(self) -> None:
        """Before approval there is nothing for a prospect: no page, no picture, no hit, no feed."""
        settle(self.site)
        prospect = self.prospect
        for path in (*self.paths.values(), f"/pictures/{self.token}/640", f"/pictures/{self.token}/preview"):
            assert prospect.goes_to(path).status == 404, path
        prospect.goes_to("/search?q=glazed")
        expect(prospect.page.get_by_text("Nothing found")).to_be_visible()
        for path in ("/", "/photos/", "/forum/", "/feeds/all.atom", "/sitemap.xml"):
            assert TITLE not in prospect.page.request.get(self.site.url + path).text()

    def moderator_approves(self, how_many: int) -> None:
        """Mo sees what waits, pictures and all, and approves it; by keyboard where there are scripts."""
        mo, page = self.mo, self.mo.page
        if "/moderation" not in page.url:
            mo.signs_in()
        mo.goes_to("/moderation/")
        items = page.get_by_role("article")
        expect(items).to_have_count(how_many)
        for left in range(how_many, 0, -1):
            for picture in items.first.get_by_role("img").all():
                picture.scroll_into_view_if_needed()
            if self.scripts:
                shown = "[...document.querySelectorAll('.queue img')].every(i => i.complete && i.naturalWidth)"
                comes_true(page, shown)
                page.keyboard.press("k")  # to the first, wherever the scrolling led to
                page.keyboard.press("k")
                expect(items.first.get_by_role("heading", level=2).get_by_role("link")).to_be_focused()
                page.keyboard.press("a")
            else:
                items.first.get_by_role("button", name="Approve").click()
            expect(items).to_have_count(left - 1)
        expect(page.get_by_text("Nothing waits.")).to_be_visible()
        settle(self.site)

    def prospect_finds_them(self) -> None:
        """Somebody without an account: the question by searching, the photo on the wall, upright and bare."""
        prospect, page = self.prospect, self.prospect.page
        prospect.goes_to("/")
        page.get_by_label("Search everything here").fill("glazed frost")
        page.get_by_label("Search everything here").press("Enter")
        page.locator("main").get_by_role("link", name=QUESTION).click()
        expect(page.get_by_text("on the way to the surgery")).to_be_visible()
        prospect.goes_to("/photos/")
        page.locator("main").get_by_role("link").filter(has=page.get_by_alt_text(WORDS["upright.jpg"])).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
        for words, original in (
            (WORDS["upright.jpg"], samples.oriented("Landscape", 6)),
            (WORDS["place.jpg"], samples.with_place()),
        ):
            self._is_upright_and_bare(page.get_by_alt_text(words).first, original)

    def _is_upright_and_bare(self, shown: Any, original: bytes) -> None:
        address = (
            shown.evaluate("image => new URL(image.getAttribute('src'), location).href")
            if self.scripts
            else self.site.url + shown.get_attribute("src")
        )
        assert "/media/" in address
        public = self.prospect.page.request.get(address).body()
        assert samples.holds_only_pixels(public)
        image, reference = Image.open(io.BytesIO(public)), samples.upright(original)
        assert not image.getexif()
        assert samples.likeness(image, reference) > 0.8
        if self.scripts:
            shown.scroll_into_view_if_needed()
            box = shown.bounding_box()
            assert abs(box["width"] / box["height"] - reference.width / reference.height) < 0.05

    def peer_answers(self) -> None:
        """Ben joins, is known as a customer, and answers, quoting the question."""
        ben, page = self.ben, self.ben.page
        ben.joins()
        ben.finds("/members/ben", "Verified")
        ben.goes_to(self.paths["question"])
        answer = page.get_by_label("Your reply")
        if self.scripts:  # select some words, and they can be quoted
            page.get_by_text("on the way to the surgery").click(click_count=3)
            page.get_by_role("button", name="Quote this").click()
            expect(answer).to_have_value("@carla wrote:\n\n> We have glazed frost on the way to the surgery.\n\n")
        answer.fill(answer.input_value() + "Spikes, at 2.5 bar.")
        ben.presses("Post your answer")
        expect(page.get_by_text("Spikes, at 2.5 bar.")).to_be_visible()

    def asker_accepts_and_thanks(self) -> None:
        """Carla hears of it, says that it solved it, and thanks."""
        carla, page = self.carla, self.carla.page
        told = f"Ben Okoye {'mentioned you in' if self.scripts else 'replied to'} “{QUESTION}”"
        carla.finds("/notifications/", told)
        page.get_by_role("link", name=told).click()
        reply = page.get_by_role("article").filter(has_text="Spikes, at 2.5 bar.").last
        reply.get_by_role("button", name="This solved it").click()
        expect(page.get_by_text("Solved it for Carla Rossi")).to_be_visible()
        reply.get_by_role("button", name="This helped me").click()
        expect(reply.get_by_role("button", name="Thanked")).to_be_visible()
        reply.get_by_role("link", name="Quote").click()
        answer = page.get_by_label("Your reply")
        expect(answer).to_have_value(re.compile(r"^@ben wrote:\n\n(.*\n)*> Spikes, at 2\.5 bar\.\n\n$"))
        answer.fill(answer.input_value() + "That did it.")
        carla.presses("Post your reply")
        expect(page.get_by_text("That did it.")).to_be_visible()
        settle(self.site)

    def peer_sees_the_ledger(self) -> None:
        """Ben's own account: who was helped, by what, and what it adds."""
        ben, page = self.ben, self.ben.page
        ben.finds("/account/help", "Carla Rossi")
        line = page.get_by_role("region", name="Carla Rossi").or_(page.locator("section", has_text="Carla Rossi")).last
        expect(line).to_contain_text("your answer solved it")
        expect(line).to_contain_text("thanks, as the one who asked")
        expect(line).to_contain_text("a verified customer: × 1")

    def more_is_helped(self) -> None:
        """In the weeks before, verified customers of eight companies were helped; the day's work then proposes Ben."""
        from portal.advocacy.chores import nightly
        from portal.contributions.thanks import give_thanks
        from portal.db import db, writing
        from portal.forum.commands import accept_reply
        from portal.members.models import Member

        now = clock.now()
        with self.site.house(), writing():
            ben = db.session.query(Member).filter_by(username="ben").one()
            for n in range(8):
                with clock.at(now - timedelta(days=7 * (n % 5) + 1)):
                    asker = builders.member(f"customer{n}", verified=True, organisation=f"Company {n}")
                    answer = builders.reply(builders.topic(asker, board=builders.board("Winter")), ben)
                    accept_reply(answer, asker)
                    give_thanks(answer, asker)
        settle(self.site)
        with self.site.house():
            nightly(always=True)
        settle(self.site)

    def is_recognised(self) -> None:
        """Proposed by the numbers, confirmed by Mo, accepted by Ben, seen by everybody."""
        mo, ben, prospect = self.mo, self.ben, self.prospect
        prospect.goes_to("/advocates/")
        expect(prospect.page.get_by_text("Nobody is an advocate yet.")).to_be_visible()
        mo.goes_to("/advocates/proposals")
        expect(mo.page.get_by_role("article")).to_contain_text("Ben Okoye")
        mo.presses("Confirm and invite")
        ben.finds("/notifications/", "You are invited to be recognised as an advocate")
        ben.goes_to("/account/recognition")
        ben.presses("Yes, I would like that")
        expect(ben.page.get_by_text("You are an advocate since")).to_be_visible()
        for path in ("/advocates/", "/", "/members/"):
            prospect.goes_to(path)
            expect(prospect.page.locator("main").get_by_role("link", name="Ben Okoye").first).to_be_visible()
        prospect.goes_to("/advocates/")
        why = "9 people said that Ben Okoye helped them, all of them verified customers."
        expect(prospect.page.locator("main")).to_contain_text(why)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_four_people_walk_the_whole_road(start_site, new_page, watch, scripts):
    road = Road(start_site(new_topic_pause=0), new_page, scripts)
    road.is_furnished()
    road.customer_posts()
    road.nobody_sees_them()
    road.moderator_approves(2)
    road.prospect_finds_them()
    road.peer_answers()
    road.moderator_approves(1)
    road.asker_accepts_and_thanks()
    road.peer_sees_the_ledger()
    road.more_is_helped()
    road.is_recognised()
