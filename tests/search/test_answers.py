"""What every engine finds, counts, completes and corrects."""

from datetime import UTC, datetime

import pytest

from portal.search.engine import EVERYTHING, Document, Engine, Filters
from portal.search.query_language import parse
from portal.search.ranking import Weights
from portal.search.site_words import read
from tests.search.documents import document, reply


def roots(engine: Engine, typed: str, filters: Filters = EVERYTHING, **more) -> list[int]:
    return [hit.root_id for hit in engine.search(parse(typed), filters=filters, **more).hits]


@pytest.fixture
def shop(built) -> Engine:
    """Six conversations about bicycles."""
    return built(
        document(1, title="Chain slips on hills", text="The derailleur FD7 shows E-1042.", board_id=1, product="fd7",
                 tags=("chain", "gears"), published_at=datetime(2024, 5, 1, tzinfo=UTC), solved=True, thanks=20),
        reply(2, 1, "Tighten the cable."), reply(3, 1, "The cable it was, thanks. The cable!"),
        document(4, title="Chain squeaks", text="Oil does not help.", board_id=1, tags=("chain",),
                 published_at=datetime(2025, 2, 1, tzinfo=UTC)),
        document(5, title="Lights for winter", text="Dark mornings on the chain path.", board_id=2,
                 published_at=datetime(2025, 11, 1, tzinfo=UTC)),
        document(6, kind="story", title="To school by bicycle", text="Ten months of it.", board_id=None,
                 product="fd7", published_at=datetime(2025, 6, 1, tzinfo=UTC)),
        document(7, title="Éclairage cassé", text="Die Bremse quietscht. 日本のかご", board_id=2),
    )  # fmt: skip


def test_words_of_a_conversation_may_stand_in_different_posts(shop) -> None:
    results = shop.search(parse("hills cable"))
    assert [hit.root_id for hit in results.hits] == [1]
    assert not results.relaxed


def test_accents_case_and_other_scripts_do_not_matter(shop) -> None:
    assert roots(shop, "ECLAIRAGE casse") == [7]
    assert roots(shop, "日本") == [7]


@pytest.mark.parametrize("typed", ["E-1042", "e-1042", "E-10", "FD7", "fd", "derail", "hil"])
def test_codes_and_words_are_found_as_typed_and_half_typed(shop, typed: str) -> None:
    assert roots(shop, typed)[:1] == [1]


def test_facets_count_as_if_their_own_filter_were_not_set(shop) -> None:
    everything = shop.search(parse("chain")).facets
    assert everything.kinds == {"topic": 3}
    assert everything.boards == {1: 2, 2: 1}
    assert everything.products == {"fd7": 1}
    assert everything.tags == {"chain": 2, "gears": 1}
    assert everything.years == {2024: 1, 2025: 2}
    assert everything.solved == {True: 1, False: 2}
    narrowed = shop.search(parse("chain"), filters=Filters(board_id=1, year=2025))
    assert [hit.root_id for hit in narrowed.hits] == [4]
    assert narrowed.facets.boards == {1: 1, 2: 1}, "of 2025"
    assert narrowed.facets.years == {2024: 1, 2025: 1}, "of board 1"
    assert narrowed.facets.tags == {"chain": 1}


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"kind": "story"}, {6}), ({"product": "fd7"}, {1, 6}), ({"tag": "gears"}, {1}), ({"year": 2024}, {1}),
        ({"solved": True}, {1}), ({"solved": False}, {4, 5, 7}), ({"author": "ben"}, {1}), ({"root_id": 5}, {5}),
        ({"kind": "reply"}, {1}), ({"board_id": 2, "year": 2025}, {5}), ({"tag": "none"}, set()),
    ],
)  # fmt: skip
def test_filters_alone_narrow_everything(shop, filters, found) -> None:
    assert set(roots(shop, "", Filters(**filters))) == found


def test_within_one_conversation_the_best_post_is_named(shop) -> None:
    assert [hit.id for hit in shop.search(parse("cable"), filters=Filters(root_id=1)).hits] == [3]
    assert roots(shop, "cable", Filters(root_id=4)) == []


def test_newest_first_and_pages(shop) -> None:
    assert roots(shop, "chain", sort="newest") == [5, 4, 1]
    assert roots(shop, "chain", sort="newest", offset=1, limit=1) == [4]
    assert shop.search(parse("chain"), offset=1, limit=1).total == 3


def test_similar_conversations(shop) -> None:
    assert [hit.root_id for hit in shop.similar("My chain slips when I ride up hills\nIt is the FD7.")][:1] == [1]
    assert 1 not in [hit.root_id for hit in shop.similar("chain slips", leave_out=1)]
    assert [hit.root_id for hit in shop.similar("school bicycle", kinds=("story",))] == [6]
    assert not shop.similar("the of and")
    assert not shop.similar("")


def test_words_go_on(shop) -> None:
    assert shop.complete("ch") == ["chain"]
    assert shop.complete("c")[:2] == ["cable", "chain"] or shop.complete("c")[:2] == ["chain", "cable"]
    assert shop.complete("xyz") == []
    assert shop.complete("") == []


def test_titles_are_completed(shop) -> None:
    assert [hit.root_id for hit in shop.titles(["chain"], "sl")] == [1]
    assert {hit.root_id for hit in shop.titles([], "ch")} == {1, 4}
    assert [hit.root_id for hit in shop.titles(["lights"], "")] == [5]
    assert shop.titles(["chain"], "zzz") == []
    assert shop.titles([], "") == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("chian", "chain"), ("chainn", "chain"), ("dereileur", "derailleur"), ("chain", ""), ("xqzzy", ""), ("e1", "")],
)
def test_a_misspelt_word_is_corrected(shop, typed: str, meant: str) -> None:
    assert shop.nearest(typed) == meant


def test_what_is_removed_is_gone_from_everything_at_once(shop) -> None:
    with shop.writing() as change:
        change.remove([1, 2, 3])
    assert roots(shop, "cable") == roots(shop, "hills") == []
    assert shop.search(parse("chain")).facets.tags == {"chain": 1}
    assert shop.complete("cab") == shop.titles(["chain"], "sl") == []
    assert shop.nearest("cabel") == ""
    assert 1 not in [hit.root_id for hit in shop.similar("chain slips on hills")]


def test_synonyms_find_each_other_and_are_marked(built) -> None:
    words = read("en", "bike, bicycle, velo\nmountain bike, mtb", "please")
    engine = built(
        document(1, title="My bicycles"), document(2, title="Velo"), document(3, title="A mountain bike here"),
        document(4, title="MTB"), given=(lambda: words,),
    )  # fmt: skip
    assert set(roots(engine, "bike")) == {1, 2, 3}
    assert set(roots(engine, '"mountain bike"')) == set(roots(engine, "mtb")) == {3, 4}
    assert set(roots(engine, "please bicycle")) == {1, 2, 3}
    assert engine.told(parse("velo")) == {"bike", "bicycle", "velo"}


def test_endings_are_cut_off_in_the_sites_language_and_another_one_wants_a_new_index(built, make_engine) -> None:
    german = read("de", "", "")
    built(document(1, title="Die Bremsen quietschen"), given=(lambda: german,))
    engine = make_engine(lambda: german)
    assert roots(engine, "bremse") == [1]
    assert not engine.outdated()
    assert make_engine().outdated()
    assert roots(make_engine(), "bremse") == [1], "the index speaks its own language until it is built anew"


def test_merit_decides_between_equals(built) -> None:
    same = {"title": "Chain", "text": "It slips."}
    docs = [document(1, **same, thanks=100), document(2, **same, solved=True), document(3, **same)]
    for weights, first in ((Weights(solved=0.5), 2), (Weights(solved=0, thanks=0.5), 1), (Weights(solved=0), 3)):
        engine = built(*docs, given=(read_english, lambda weights=weights: weights))
        assert roots(engine, "chain")[0] == first


def test_what_is_new_comes_first_where_that_counts_also_once_some_of_it_changed(built) -> None:
    same = {"title": "Chain", "text": "It slips."}
    docs = [document(n, **same, published_at=datetime(2026 - n, 5, 1, tzinfo=UTC)) for n in (1, 2, 3, 4)]
    engine = built(*docs, given=(read_english, lambda: Weights(fresh=0.5)))
    assert roots(engine, "chain") == [1, 2, 3, 4]
    with engine.writing() as change:
        change.remove([1])
        change.put([document(4, **same, published_at=datetime(2025, 6, 1, tzinfo=UTC)), reply(9, 3, "Thanks.")])
    assert roots(engine, "chain") == [4, 2, 3]


def read_english():
    return read("en", "", "")


def test_a_reply_in_a_long_conversation_is_one_document_more(built) -> None:
    posts = [document(1, title="Long"), *(reply(n, 1, f"common cable {n}") for n in range(2, 300))]
    engine = built(*posts)
    with engine.writing() as change:
        change.put([reply(1000, 1, "unmistakable")])
    assert [(hit.root_id, hit.id) for hit in engine.search(parse("unmistakable cable")).hits] == [(1, 1000)]


def many() -> list[Document]:
    """Texts by the dice, of some hundred words."""
    from random import Random

    dice = Random(3)
    ends = ("ke", "in", "dle", "al", "tor")
    words = [f"{start}{end}" for start in ("bra", "cha", "sad", "ped", "mo", "li", "tu") for end in ends]
    docs: list[Document] = []
    for root in range(1, 4000, 10):
        docs.append(document(root, title=" ".join(dice.choices(words, k=5)), text=" ".join(dice.choices(words, k=30))))
        for number in range(root + 1, root + dice.randint(1, 5)):
            docs.append(reply(number, root, " ".join(dice.choices(words, k=20))))
    return docs


def test_both_engines_find_nearly_the_same(app, built, engine_name, tmp_path) -> None:
    if engine_name == "whoosh":
        pytest.skip("it is compared with itself")
    from portal.search.whoosh_engine import WhooshEngine

    docs = many()
    other, one = WhooshEngine(tmp_path / "whoosh"), built(*docs)
    other.rebuild(lambda change: change.put(docs), lambda change: None)
    for typed in ("brake chain", "saddle motor", "pedal", "tutor limotor chain", "lidle brain tuke", '"brake chain"'):
        mine, others = roots(one, typed, limit=10), roots(other, typed, limit=10)
        assert len(set(mine) & set(others)) >= min(8, len(others)), typed
        assert one.search(parse(typed)).total == other.search(parse(typed)).total
        assert one.search(parse(typed)).facets == other.search(parse(typed)).facets
