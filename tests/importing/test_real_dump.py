"""A whole real site is imported, browsable and searchable: the dump in ../shared/data, if it lies there."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.advocacy.models import LedgerEntry
from portal.contributions.models import Acceptance, Contribution
from portal.forum.models import Board
from portal.importing.stackexchange import import_dump
from portal.members.models import Member
from portal.search import followers as search
from tests.queries import heard

DUMP = Path(__file__).resolve().parents[3] / "shared" / "data" / "stackexchange" / "quantumcomputing"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not DUMP.is_dir(), reason="the real dump is not part of the project; it is looked for in ../shared"
    ),
]


def test_every_post_of_a_real_site_arrives_and_can_be_read_and_found(app, db, client, settled):
    with app.test_request_context():
        counts = import_dump(DUMP)
    assert (counts.imported["questions"], counts.imported["answers"]) == (612, 1060)
    assert counts.imported["comments"] == counts.read["comments"]
    assert counts.imported["users"] == counts.read["users"]
    settled()
    search.tend_index()
    assert search.compare().equal
    accepted = db.session.scalar(select(func.count()).select_from(Acceptance))
    assert accepted == 389
    own = db.session.scalar(  # an asker who accepted the own answer was helped by nobody
        select(func.count())
        .select_from(Acceptance)
        .join(Contribution, Contribution.id == Acceptance.reply_id)
        .where(Contribution.author_id == Acceptance.by_id)
    )
    former = select(Member.id).where(Member.erased_at.is_not(None))
    lost = db.session.scalar(
        select(func.count())
        .select_from(Acceptance)
        .join(Contribution, Contribution.id == Acceptance.reply_id)
        .where(
            Contribution.author_id != Acceptance.by_id,
            Contribution.author_id.in_(former) | Acceptance.by_id.in_(former),
        )
    )
    assert db.session.scalar(select(func.count()).select_from(LedgerEntry)) == accepted - own - lost
    _every_list_page_is_cheap(app, db, client)


def _every_list_page_is_cheap(app, db, client):
    board = db.session.scalar(select(Board))
    busiest = db.session.scalar(select(Contribution).order_by(Contribution.reply_count.desc()).limit(1))
    author = db.session.scalar(select(Member).order_by(Member.published_count.desc()).limit(1))
    addresses = [
        "/", "/forum/", f"/forum/{board.slug}/", f"/forum/{board.slug}/?page=20",
        f"/topics/{busiest.id}/{busiest.slug}", "/members/",
        f"/members/{author.username}", "/search?q=qubit", "/advocates/", "/feeds/all.atom", "/sitemap.xml",
    ]  # fmt: skip
    for address in addresses:
        client.get(address)  # what a process does once is not the page's
        with heard(db.engine) as statements:
            answer = client.get(address)
        assert answer.status_code == 200, address
        assert len(statements.reading) <= 12, f"{address}\n{statements}"
    assert b"<mark>" in client.get("/search?q=entanglement").data
