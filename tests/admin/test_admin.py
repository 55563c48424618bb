"""The owner's pages: identity, boards, products, members, customers; and who may open them."""

import io

import pytest
from sqlalchemy import select

from portal.activity import Activity
from portal.contributions.models import Product
from portal.forum.models import Board
from portal.members import measures, standing
from portal.members.customers import decoded, import_customers
from portal.members.models import ListedCustomer, Member, RoleGrant, Suspension
from portal.site import Site
from tests import builders


@pytest.fixture
def boss(app):
    """The admin."""
    return builders.admin("boss")


@pytest.fixture
def owner(app, boss):
    """The admin's browser."""
    return app.test_client().sign_in(boss)


PAGES = ("/admin/", "/admin/site", "/admin/boards", "/admin/products", "/admin/members", "/admin/customers")


def test_only_admins_open_them(subtests, app, client, owner):
    for path in PAGES:
        with subtests.test(repr(path)[:60]):
            assert owner.get(path).status_code == 200
            assert client.get(path).status_code == 303
            for who in (builders.member(), builders.moderator(), builders.member(is_employee=True)):
                assert app.test_client().sign_in(who).get(path).status_code == 403


def test_nobody_else_changes_anything_and_not_from_another_site(subtests, app, db, owner, boss):
    builders.board()
    db.session.add(Product(name="Tern", slug="tern"))
    others = [app.test_client().sign_in(who) for who in (builders.member(), builders.moderator())]
    fields = {
        "role": "admin",
        "granted": "1",
        "why": "x",
        "how": "x",
        "name": "Hacked",
        "lines": "a@example.org",
        "accent_hue": "1",
        "tagline": "x",
    }
    things = [f"{thing}s/1{what}" for thing in ("board", "product") for what in ("", "/move", "/delete")]
    deeds = [f"members/1/{deed}" for deed in ("role", "suspend", "reinstate", "verify", "unverify")]
    for path in ["site", "boards", "products", "customers", *things, *deeds]:
        with subtests.test(path):
            for visitor in others:
                assert visitor.submit(f"/admin/{path}", fields).status_code == 403
            assert owner.post(f"/admin/{path}", data=fields).status_code == 400
    assert not db.session.scalars(select(RoleGrant)).all()
    assert [b.name for b in db.session.scalars(select(Board))] == ["Repairs"]


def test_the_site_gets_its_name_and_colour(owner, client):
    said = {
        "name": "Tern Riders",
        "tagline": "By <b>riders</b>",
        "company": "Tern",
        "accent_hue": "30",
        "welcome": "Hello **you** <script>x</script>",
        "contact": "Help@Tern.example.com",
    }
    assert owner.submit("/admin/site", said).status_code == 303
    assert "--accent-hue:30" in client.get("/theme.css").text
    page = client.get("/members/").text
    assert "Tern Riders" in page
    assert "By &lt;b&gt;riders" in page
    again = owner.get("/admin/site").text
    assert 'value="help@tern.example.com"' in again
    assert 'value="30" checked' in again


def test_what_does_not_fit_is_said_and_kept(subtests, owner, db):
    for bad in [
        {"name": ""},
        {"name": "\u200b"},
        {"name": "x" * 61},
        {"tagline": ""},
        {"accent_hue": "360"},
        {"accent_hue": "-1"},
        {"accent_hue": "red;}*{display:none"},
        {"accent_hue": "²"},
        {"contact": "javascript:alert(1)"},
        {"contact": "not an address"},
    ]:
        with subtests.test(repr(bad)[:60]):
            answer = owner.submit("/admin/site", {"name": "Kept", "tagline": "Kept too", "accent_hue": "30"} | bad)
            assert answer.status_code == 422
            assert "Kept" in answer.text
            assert db.session.get(Site, 1) is None


def test_boards_are_made_named_ordered_and_deleted_when_empty(owner, db):
    for name in ("Questions", "Ideas", "New"):
        assert owner.submit("/admin/boards", {"name": name, "description": "What belongs here"}).status_code == 303
    assert owner.submit("/admin/boards", {"name": "Ideas"}).status_code == 422
    boards = {b.name: b for b in db.session.scalars(select(Board))}
    assert boards["New"].slug == "new-2"  # /forum/new is where a topic is started
    owner.submit(f"/admin/boards/{boards['Ideas'].id}/move", {"step": "up"})
    owner.submit(f"/admin/boards/{boards['Ideas'].id}/move", {"step": "up"})
    assert [b.name for b in db.session.scalars(select(Board).order_by(Board.place_in_list))] == [
        "Ideas",
        "Questions",
        "New",
    ]
    owner.submit(f"/admin/boards/{boards['Ideas'].id}", {"name": "Wishes"})
    db.session.expire_all()
    assert (boards["Ideas"].name, boards["Ideas"].slug) == ("Wishes", "ideas")
    assert owner.submit(f"/admin/boards/{boards['Ideas'].id}", {"name": "Questions"}).status_code == 422
    builders.topic(board=boards["Questions"])
    for board in boards.values():
        owner.submit(f"/admin/boards/{board.id}/delete")
    assert [b.name for b in db.session.scalars(select(Board))] == ["Questions"]


def test_a_board_with_only_removed_topics_is_empty(owner, db):
    board = builders.board()
    builders.topic(board=board, state="removed")
    owner.submit(f"/admin/boards/{board.id}/delete")
    assert db.session.scalars(select(Board)).all() == []


def test_products_too(owner, db):
    for name in ("GSD", "HSD"):
        owner.submit("/admin/products", {"name": name})
    first = db.session.scalars(select(Product)).first()
    assert owner.submit(f"/admin/products/{first.id}", {"name": "GSD S10"}).status_code == 303
    owner.submit(f"/admin/products/{first.id}/move", {"step": "down"})
    assert [p.name for p in db.session.scalars(select(Product).order_by(Product.place_in_list))] == ["HSD", "GSD S10"]
    owner.submit(f"/admin/products/{first.id}/delete")
    assert len(db.session.scalars(select(Product)).all()) == 1


def test_what_is_not_there(subtests, owner):
    for path in [
        "boards/999",
        "products/999",
        "members/999",
        "boards/99999999999999999999",
        "members/99999999999999999999",
    ]:
        with subtests.test(repr(path)[:60]):
            assert owner.get(f"/admin/{path}").status_code == 404


def test_roles_are_given_taken_and_written_down(owner, boss, db):
    member = builders.member("mara")
    here = f"/admin/members/{member.id}/role"
    owner.submit(here, {"role": "moderator", "granted": "1"})
    owner.submit(here, {"role": "moderator", "granted": "1"})
    owner.submit(here, {"role": "employee", "granted": "1"})
    owner.submit(here, {"role": "moderator", "granted": "0"})
    assert (member.is_moderator, member.is_employee) == (False, True)
    lines = [(g.role, g.granted, g.by_id) for g in db.session.scalars(select(RoleGrant).order_by(RoleGrant.id))]
    assert lines == [("moderator", True, boss.id), ("employee", True, boss.id), ("moderator", False, boss.id)]
    assert "moderator given by" in owner.get(f"/admin/members/{member.id}").text
    for wrong in ({"role": "erased_at", "granted": "1"}, {"role": "admin", "granted": "2"}, {}):
        assert owner.submit(here, wrong).status_code == 400


def test_the_last_admin_stays_one(owner, boss, db):
    owner.submit(f"/admin/members/{boss.id}/role", {"role": "admin", "granted": "0"})
    assert boss.is_admin
    other = builders.admin("other")
    owner.submit(f"/admin/members/{boss.id}/role", {"role": "admin", "granted": "0"})
    assert not boss.is_admin
    assert other.is_admin


def test_commands_check_for_themselves_who_asks(app):
    member, moderator, boss = builders.member(), builders.moderator(), builders.admin()
    for do in (
        lambda: standing.grant_role(member, "admin", moderator),
        lambda: standing.revoke_role(moderator, "moderator", member),
        lambda: measures.suspend(moderator, member, "x"),
        lambda: measures.suspend(boss, moderator, "x"),
        lambda: measures.suspend(moderator, moderator, "x"),
        lambda: measures.suspend(member, moderator, " \u200b "),
        lambda: standing.verify(member, moderator, "x"),
    ):
        with pytest.raises(standing.Refused):
            do()
    assert measures.suspend(member, moderator, "Spam")


def test_suspending_and_letting_write_again(owner, app, boss, db):
    member = builders.member("mara")
    here = f"/admin/members/{member.id}"
    assert owner.submit(f"{here}/suspend", {"why": ""}).status_code == 422
    assert owner.submit(f"{here}/suspend", {"why": "Spam"}).status_code == 303
    assert member.suspended
    assert not member.may_write
    assert "Spam" in app.test_client().sign_in(member).get("/account/").text
    owner.submit(f"{here}/reinstate")
    assert member.may_write
    row = db.session.scalars(select(Suspension)).one()
    assert (row.by_id, row.why, row.ended_by_id) == (boss.id, "Spam", boss.id)
    assert [a.verb for a in db.session.scalars(select(Activity).order_by(Activity.id))] == ["suspended", "reinstated"]


def test_verifying_says_how(owner, client, db):
    member = builders.member("mara")
    assert owner.submit(f"/admin/members/{member.id}/verify", {"how": ""}).status_code == 422
    owner.submit(f"/admin/members/{member.id}/verify", {"how": "by the invoice of March 2026"})
    assert "by the invoice of March 2026" in client.get("/members/mara").text
    owner.submit(f"/admin/members/{member.id}/unverify")
    assert not member.is_verified_customer


def test_members_are_found_by_address(owner):
    builders.member("mara", email="m.keller@example.org")
    builders.member("jonas")
    page = owner.get("/admin/members?q=m.keller").text
    assert "Mara" in page
    assert "Jonas" not in page
    for q in ("\0", "%", "x" * 5000):
        assert owner.get("/admin/members", query_string={"q": q, "show": q}).status_code == 200


def test_a_customer_list_is_counted_and_verifies(owner, db, settled):
    here = builders.member("mara", email="mara@example.org")
    unproven = builders.member("new", email="new@example.org", email_confirmed_at=None)
    lines = (
        "E-Mail;Organisation\nMara@Example.org; Example Ltd\nnew@example.org\nnot an address\nmara@example.org;\n\n"
        '<a>@b\nother@exämple.org;"Semi; colon"\n'
    )
    page = owner.submit("/admin/customers", {"lines": lines}).text
    assert "3 new," in page
    assert "1 known already" in page
    assert "1 members verified" in page
    assert "2 lines could not be used" in page
    assert "not an address" in page
    assert (here.is_verified_customer, here.organisation) == (True, "Example Ltd")
    assert not unproven.is_verified_customer
    listed = {c.email: c.organisation for c in db.session.scalars(select(ListedCustomer))}
    assert listed["other@xn--exmple-cua.org"] == "Semi; colon"
    again = owner.submit("/admin/customers", {"lines": lines}).text
    assert "0 new," in again


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_files_as_spreadsheets_write_them(owner, db, encoding):
    data = "email,organisation\r\nmara@example.org,Müller & Söhne\r\n".encode(encoding)
    owner.submit("/admin/customers", {"file": (io.BytesIO(data), "list.csv")}, content_type="multipart/form-data")
    assert db.session.scalars(select(ListedCustomer)).one().organisation == "Müller & Söhne"


def test_files_that_are_no_list(subtests, owner, db):
    for data in (
        b"",
        b"\0" * 1000,
        b"\xff\xfe",
        b"\xff\xfea",
        bytes(range(256)),
        b'"' * 999,
        b'"a@example.org',
        b"x" * 200_000,
        b"," * 5000,
    ):
        with subtests.test(repr(data)[:60]):
            sent = {"file": (io.BytesIO(data), "list.csv")}
            answer = owner.submit("/admin/customers", sent, content_type="multipart/form-data")
            assert answer.status_code in (200, 422)
            assert set(db.session.scalars(select(ListedCustomer.email))) <= {"a@example.org"}


def test_a_file_that_is_too_large_gets_a_sentence(owner, monkeypatch):
    monkeypatch.setattr("portal.admin.people.LARGEST_LIST", 1000)  # what a test sends is small, or leaves files open
    data = io.BytesIO(b"a@example.org\n" * 100)
    answer = owner.submit("/admin/customers", {"file": (data, "list.csv")}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "larger than 5 MB" in answer.text


def test_a_long_list_comes_in_whole(app, db):
    result = import_customers("\n".join(f"c{n}@example.org, Group {n % 7}" for n in range(2345)))
    assert (result.new, result.known, result.invalid) == (2345, 0, 0)
    assert decoded(b"\x81\x8d") == "\x81\x8d"
    assert db.session.query(Member).count() == 0
