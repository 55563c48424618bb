"""The index of a site: missing, rebuilt, compared, and always equal to the tables."""

from portal.contributions import lifecycle
from portal.search import followers, the_engine
from tests import builders as b
from tests.search.documents import document


def test_without_an_index_the_site_runs_and_the_worker_builds_it(client, app) -> None:
    b.topic(title="Found later")
    response = client.get("/search?q=later")
    assert response.status_code == 503
    assert "Try again in a minute" in response.text
    assert client.get("/search").status_code == 200
    followers.tend_index()
    assert "Found" in client.get("/search?q=later").text
    followers.tend_index()


def test_rebuilding_shows_progress_and_equals_what_was_followed_up(app, settled) -> None:
    topics = [b.topic() for _ in range(4)]
    b.reply(topics[0])
    lifecycle.hide(topics[1], b.moderator(), "why")
    settled()
    followed = dict(the_engine().contents())
    steps: list[tuple[int, int]] = []
    assert followers.rebuild(lambda done, total: steps.append((done, total))) == 4
    assert steps == [(4, 4)]
    assert dict(the_engine().contents()) == followed
    assert followers.compare().equal


def test_comparing_says_what_differs(app, db, settled) -> None:
    kept, edited, gone = b.topic(), b.topic(), b.topic()
    settled()
    with the_engine().writing() as change:
        change.remove([kept.id])
        change.put([document(999)])
    edited.title = "Another title"
    gone.state = "hidden"
    db.session.commit()
    difference = followers.compare()
    assert difference == followers.Comparison(missing=[kept.id], surplus=sorted([gone.id, 999]), stale=[edited.id])
    assert not difference.equal


def test_what_changes_while_an_index_is_built_is_in_it(app, db, settled) -> None:
    first, second = b.topic(title="The first"), b.topic(title="The second")
    settled()

    def meanwhile(done: int, total: int) -> None:
        if lifecycle.hide(first, b.moderator(), "why"):
            b.reply(second, text="meanwhile")
            db.session.commit()

    followers.rebuild(meanwhile)
    assert followers.compare().equal
