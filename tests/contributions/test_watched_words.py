"""Watched words: found whatever was done to hide them, never slowly; and what each act does."""

from time import process_time

import pytest

from portal.contributions import lifecycle, screening
from portal.contributions.screening import wordlist
from portal.contributions.screening.masking import masked_html, masked_line
from portal.contributions.screening.watching import Readable, Watch
from portal.contributions.writing import edit, write
from tests import builders


def places(watch, text):
    return [text[a:b] for a, b in watch.places_in(Readable(text))]


def listed(words, act, **more):
    facts = {"is_pattern": False, "whole_word": True} | more
    return wordlist.add(wordlist.checked(words, act, **facts), "", builders.moderator())


@pytest.mark.parametrize(
    "text",
    [
        "casino", "CASINO", "Casino!", "ca\u200bsi\u200dno", "c\u00adasino", "саsinо", "ＣＡＳＩＮＯ", "𝐜𝐚𝐬𝐢𝐧𝐨",
        "ca\u0301sino\u0336", "\u202ecasino", "ca\x00sino",
    ],
)  # fmt: skip
def test_a_word_is_found_whatever_was_done_to_hide_it(text):
    assert len(places(Watch("casino", "hold"), f"try this {text} now")) == 1


def test_a_whole_word_is_not_found_inside_another():
    assert places(Watch("ass", "hold"), "a classic assembly, glass") == []
    assert places(Watch("ass", "hold", whole_word=False), "a classic") == ["ass"]


def test_boundaries_are_those_of_all_alphabets():
    assert places(Watch("bär", "hold"), "Bären im Bärenpark, ein Bär.") == ["Bär"]
    assert places(Watch("сорт", "hold"), "Этот сорт хорош") == ["сорт"]


def test_several_words_are_found_over_any_space():
    assert places(Watch("free money", "hold"), "FREE\n   money") == ["FREE\n   money"]


def test_a_pattern_is_found_and_reads_lookalikes_too():
    assert places(Watch(r"ca[s5$]+ino", "hold", is_pattern=True), "CA5$INO and саsіnо") == ["CA5$INO", "саsіnо"]


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(.*)*x", "(x+x+)+y", r"(\w+\s?)*!", "a{1000}b"])
def test_no_pattern_and_no_text_is_slow(pattern):
    watch = wordlist.checked(pattern, "hold", is_pattern=True, whole_word=False) if pattern != "(a|a)*b" else None
    watch = watch or Watch(pattern, "hold", is_pattern=True, whole_word=False)
    start = process_time()
    watch.places_in(Readable("a" * 50_000))
    assert process_time() - start < 5


@pytest.mark.parametrize("pattern", ["(", "[z-a]", "(?=look)", r"(a)\1", "a*", "", "x{5000}", "((a{900}){900})"])
def test_what_cannot_be_used_is_refused_in_a_sentence(pattern):
    with pytest.raises(wordlist.NotWatched, match=r"\w+ .*\."):
        wordlist.checked(pattern, "hold", is_pattern=True, whole_word=False)


def test_blocked_words_are_refused_and_named(db):
    listed("casino", "block")
    with pytest.raises(screening.Refused, match="“Casino”"):
        lifecycle.submit(builders.topic(state="draft", text="My Casino is the best of all"))


def test_held_words_hold_also_trusted_members(db):
    listed("casino", "hold")
    topic = builders.topic(builders.member(published_count=99), state="draft", text="A casino?")
    lifecycle.submit(topic)
    assert topic.state == "pending"


def test_masked_words_are_stars_for_readers_and_stay_in_the_source(db):
    listed("casino", "mask")
    topic = builders.topic(
        state="draft", title="The game", text="A **ca**sino & <casino>, [casino](https://casino.example)"
    )
    assert "casino" in topic.source
    assert "casino" not in topic.excerpt.lower()
    assert "<strong>**</strong>****" in topic.html
    assert 'href="https://casino.example"' in topic.html
    assert screening.screen(topic, topic.author).found == () or topic.source
    lifecycle.submit(topic)
    assert topic.state == "published"


def test_masking_leaves_markup_whole():
    masks = [Watch("b", "mask", whole_word=False), Watch("amp", "mask")]
    assert (
        masked_html('<p title="a > b">b &amp; amp &lt;b&gt;</p>', masks) == '<p title="a > b">* &amp; *** &lt;*&gt;</p>'
    )
    assert masked_html("no words", []) == "no words"
    assert masked_line("a b", masks) == "a *"


def test_a_tag_is_put_on_the_contribution(db):
    listed("battery", "tag", tag="Battery Safety")
    topic = builders.topic(state="draft", text="My battery swells")
    lifecycle.submit(topic)
    assert [t.name for t in topic.tags] == ["battery-safety"]
    assert topic.state == "published"


def test_a_word_is_tried_out_before_it_is_saved(db):
    for n in range(3):
        builders.topic(text=f"casino {n} and casino")
    builders.topic(text="nothing")
    found, of, shown = wordlist.try_out(Watch("casino", "hold"))
    assert (found, of) == (3, 4)
    assert (shown[0].match, shown[0].count) == ("casino", 2)
    assert wordlist.current() == []


def test_an_edit_of_what_is_public_brings_no_held_word_in(db):
    listed("casino", "hold")
    topic = builders.topic(text="Where do I find the manual of the old motor?")
    edit(topic, topic.author, source="Where do I find the casino of the old motor?")
    assert topic.state == "hidden"
    assert "casino" in topic.source


def test_a_word_that_a_moderator_let_pass_holds_no_later_edit(db):
    topic = builders.topic(text="The casino of the old town")
    listed("casino", "hold")
    edit(topic, topic.author, source="The casino of the old town hall")
    assert topic.state == "published"


def test_nul_and_the_longest_text_are_written_with_masks(app, db):
    listed("casino", "mask")
    topic = builders.topic(state="draft")
    write(topic, title="x", source=("casino \x00" * 8_000)[:50_000])
    assert "casino" not in topic.html
