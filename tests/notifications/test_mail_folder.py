"""Reading mail at /dev/mail: in development, and nowhere else; and what the letters say."""

import pytest

from portal.members import commands
from portal.notifications import at_once, mail
from tests import builders


def sent(app):
    folder = app.extensions["portal.settings"].mail_folder
    return sorted(path.stem for path in folder.glob("*.eml"))


def test_mail_is_listed_and_shown_with_its_links(app, client):
    assert "No mail yet" in client.get("/dev/mail/").text
    mail.send(
        "mara@example.org",
        "Hello <b>there</b>",
        "Go here:\n\nhttps://a.example/x?y=1&z=2\n\n<script>x</script>",
        "<p>Hi</p>",
    )
    page = client.get("/dev/mail/").text
    assert "Hello &lt;b&gt;there" in page
    name = sent(app)[0]
    shown = client.get(f"/dev/mail/{name}").text
    assert '<a href="https://a.example/x?y=1&amp;z=2">' in shown
    assert "&lt;script&gt;" in shown
    html = client.get(f"/dev/mail/{name}/html")
    assert html.text.strip() == "<p>Hi</p>"
    assert "sandbox" in html.headers["Content-Security-Policy"]


def test_the_folder_is_reached_without_its_slash_too(client):
    assert client.get("/dev/mail").status_code == 308


def test_no_other_file_is_shown(subtests, client):
    for name in [
        "nothing",
        "..%2f..%2fsecret_key",
        "....",
        "1%00",
        "20260101/../../secret_key",
        ".20260101",
        "1" * 500,
    ]:
        with subtests.test(repr(name)[:60]):
            assert client.get(f"/dev/mail/{name}").status_code == 404
            assert client.get(f"/dev/mail/{name}/html").status_code == 404


@pytest.mark.parametrize("settings", [
    {"env": "production", "base_url": "https://community.example.com"},
    {"env": "production", "mail_url": "folder", "base_url": "https://community.example.com"},
    {"mail_url": "smtp://127.0.0.1:1"},
])  # fmt: skip
def test_it_exists_in_development_only(make_app, settings):
    app = make_app(**settings)
    with app.app_context():
        for path in ("/dev/mail/", "/dev/mail/x", "/dev/mail/x/html"):
            assert app.test_client().get(path, base_url="https://community.example.com").status_code == 404


def test_letters_carry_the_public_address(make_app, settled):
    from portal.activity import follow_up
    from portal.db import db
    from tests.conftest import read_mail

    app = make_app(base_url="https://community.example.com/portal")
    with app.app_context():
        builders.member("mara", email="mara@example.org")
        commands.request_reset("mara@example.org")
        db.session.commit()
        follow_up()
        message = read_mail(app.extensions["portal.settings"].mail_folder)[0]
    text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "https://community.example.com/portal/account/reset?token=" in text
    assert 'href="https://community.example.com/portal/account/reset?token=' in html
    assert "style" not in html


def test_a_letter_cannot_be_used_to_advertise(app, outbox, settled):
    """What a stranger types reaches somebody else's mailbox as little as possible."""
    commands.sign_up("victim@example.org", "buy-here", "Buy at evil.example now", "green bicycles", "x")
    settled()
    message = outbox()[0]
    for kind in ("plain", "html"):
        assert "evil.example" not in message.get_body((kind,)).get_content()


def test_followed_up_twice_is_mailed_once(app, outbox, db, settled):
    from sqlalchemy import select

    from portal.activity import Activity, Errand

    builders.member("mara", email="mara@example.org")
    commands.request_reset("mara@example.org")
    line = db.session.scalars(select(Activity)).one()
    data = dict(line.data)
    settled()
    line = db.session.scalars(select(Activity)).one()
    line.data = data  # as if the process had died after sending and before it was noted
    db.session.add(Errand(activity_id=line.id, reaction="send", subject="x"))
    settled()
    assert len(outbox()) == 1


def test_names_of_every_kind_stand_in_letters(app):
    member = builders.member("mara", display_name="Mara <i>& 🚲</i> كريم")
    letter = at_once.compose("reset", "mara@example.org", key="x", member=member, link="https://a.example/?t=1&u=2")
    assert "Mara <i>& 🚲</i> كريم" in letter.text
    assert "Mara &lt;i&gt;&amp; 🚲&lt;/i&gt; كريم" in letter.html
    assert "https://a.example/?t=1&u=2" in letter.text
