"""Previews: each is a whole rendering, so nobody has them by the hundred."""

from portal.members.throttle import PREVIEWS_A_MINUTE
from tests import builders


def test_one_member_has_so_many_previews_a_minute_and_others_theirs(app, as_member):
    visitor, other = as_member(builders.member()), as_member(builders.member())
    for _ in range(PREVIEWS_A_MINUTE):
        assert visitor.submit("/preview", {"source": "*x*"}).status_code == 200
    refused = visitor.submit("/preview", {"source": "*x*"})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) >= 1
    assert other.submit("/preview", {"source": "*x*"}).status_code == 200
