"""Lists that several kept pieces are made of: one object each, and gone with the pieces."""

import gc

import pytest
from markupsafe import Markup

from portal import fragments as house
from portal.fragments import KEPT_CHARACTERS, fragments, same


def test_a_list_goes_with_the_pieces_that_are_found_by_it(app):
    with app.test_request_context():
        before = len(house._same)
        for n in range(60):
            fragments().of(_told, same((("x" * 100_000, n),)))
        kept = fragments()._kept
        assert len(house._same) - before == len([key for key in kept if key[0] is _told])
        assert sum(one.size for one in kept.values()) <= KEPT_CHARACTERS
        del kept
        fragments().forget()
        gc.collect()
        assert len(house._same) == before


def test_equal_lists_are_one_as_long_as_one_is_used():
    one = same((("a", 1), ("b", 2)))
    assert same((("a", 1), ("b", 2))) is one
    assert same((("a", 1), ("b", 3))) is not one


def test_a_list_holds_values_alone():
    with pytest.raises(TypeError):
        same((Markup("<b>"),))


def _told(these):
    return f"{len(these.values)} of them"
