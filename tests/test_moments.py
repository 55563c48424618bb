"""How long ago something was, in words, and until when the words are true."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import moments

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
FROM, TO = datetime(2020, 1, 1), datetime(2027, 1, 1)  # noqa: DTZ001 - Hypothesis adds the zone itself
MOMENTS = st.datetimes(FROM, TO, timezones=st.just(UTC))
AWAY = st.one_of(
    st.timedeltas(timedelta(days=-400), timedelta(days=400)),
    st.timedeltas(timedelta(), timedelta(days=2)),
    st.timedeltas(timedelta(), timedelta(hours=2)),
)


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=59), "just now"), (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"), (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"), (timedelta(days=1), "yesterday"),
        (timedelta(days=2), "2 days ago"), (timedelta(days=30, hours=23), "30 days ago"),
        (timedelta(days=31), "15 May"), (timedelta(days=365), "15 June 2025"), (timedelta(days=-1), "16 June 2026"),
    ],
)  # fmt: skip
def test_an_instant_is_said_as_people_say_it(before, words):
    assert moments.ago(NOON - before, NOON) == words


def test_nothing_is_said_of_no_instant():
    assert moments.ago(None) == ""


@given(MOMENTS, AWAY, st.floats(0, 1, exclude_max=True))
def test_words_are_true_until_the_instant_they_name_and_not_longer(now, away, part):
    at = now - away
    words, until = moments.said(at, now)
    assert until > now
    within = now + min(until - now, timedelta(days=4000)) * part
    assert moments.ago(at, min(within, until - timedelta(microseconds=1))) == words
    if until < moments.ALWAYS:
        assert moments.ago(at, until) != words
