"""Lists that several kept pieces are made of: one object each, and gone with the pieces."""

import gc
import weakref

import pytest
from markupsafe import Markup

from portal.fragments import KEPT_CHARACTERS, fragments, same


def test_a_list_goes_with_the_pieces_that_are_found_by_it(app):
    made = []
    with app.test_request_context():
        for n in range(60):
            one = same((("x" * 100_000, n),))
            fragments().of(_told, one)
            made.append(weakref.ref(one))
        del one
        gc.collect()
        kept = {key[1][0].values for key in fragments()._kept if key[0] is _told}
        assert {one.values for one in (ref() for ref in made) if one is not None} == kept
        assert 0 < len(kept) <= KEPT_CHARACTERS // 100_000
        fragments().forget()
        gc.collect()
        assert not [ref for ref in made if ref() is not None]


def test_equal_lists_are_one_as_long_as_one_is_used():
    one = same((("a", 1), ("b", 2)))
    assert same((("a", 1), ("b", 2))) is one
    assert same((("a", 1), ("b", 3))) is not one


def test_a_list_holds_values_alone():
    with pytest.raises(TypeError):
        same((Markup("<b>"),))


def _told(these):
    return f"{len(these.values)} of them"
