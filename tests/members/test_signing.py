"""Signatures with a time: known again without being reckoned again, and never longer than they are good for."""

import pytest
from itsdangerous import BadSignature, SignatureExpired

from portal.members.signing import Signer

DAY = 86400


class At(Signer):
    """Signs and looks at a time that a test sets."""

    now = 1_000_000_000

    def get_timestamp(self) -> int:
        return self.now


def test_a_signature_that_was_good_once_is_too_old_in_its_time():
    signer = At("a key", salt="a salt")
    said = signer.sign("word")
    assert signer.unsign(said, max_age=DAY) == b"word"
    signer.now += DAY
    assert signer.unsign(said, max_age=DAY) == b"word"
    signer.now += 1
    with pytest.raises(SignatureExpired) as why:
        signer.unsign(said, max_age=DAY)
    assert why.value.payload == b"word"
    assert signer.unsign(said) == b"word"  # to whom its age is all the same


def test_what_was_signed_before_the_clock_was_set_back_is_as_good_as_new():
    signer = At("a key", salt="a salt")
    said = signer.sign("word")
    signer.now -= 3 * DAY
    assert signer.unsign(said, max_age=DAY, return_timestamp=True)[1].timestamp() == At.now


@pytest.mark.parametrize("other", [At("another key", salt="a salt"), At("a key", salt="another salt")])
def test_a_signature_known_to_one_is_not_good_for_another(other):
    signer = At("a key", salt="a salt")
    said = signer.sign("word")
    assert signer.unsign(said) == b"word"
    with pytest.raises(BadSignature):
        other.unsign(said)


def test_what_was_changed_is_refused_each_time():
    signer = At("a key", salt="a salt")
    said = signer.sign("word")
    assert signer.unsign(said) == b"word"
    for _ in range(2):
        with pytest.raises(BadSignature):
            signer.unsign(b"wort" + said[4:])


def test_a_key_that_was_replaced_is_good_until_it_is_taken_away():
    said = At("an old key", salt="a salt").sign("word")
    assert At(["an old key", "a new key"], salt="a salt").unsign(said) == b"word"
    with pytest.raises(BadSignature):
        At(["a new key"], salt="a salt").unsign(said)
