"""Mail on its way out: to a folder, to a server; what it may not carry; what happens when a server says no."""

import smtplib
import socket
import ssl
import subprocess
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from portal.admin.commands import save_site
from portal.notifications import mail
from tests import builders


class Box:
    """What a mail server got; `answers` maps a recipient to what is said of it."""

    def __init__(self, answers=None):
        self.got, self.answers = [], answers or {}

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 (its name for it)
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.got.append((envelope, message_from_bytes(envelope.content, policy=policy.default), session))
        return "250 OK"


@pytest.fixture
def serve():
    """`serve(box, **options)`: a mail server of this test's own; returns its port."""
    running = []

    def start(box, **options):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        controller = Controller(box, hostname="127.0.0.1", port=port, **options)
        controller.start()
        running.append(controller)
        return port

    yield start
    for controller in running:
        controller.stop()


def test_a_mail_in_the_folder(app, outbox):
    assert mail.send("mara@example.org", "Grüße 🚲", "Hello\nworld\n", "<p>Hello</p>")
    message = outbox()[0]
    assert message["To"] == "mara@example.org"
    assert message["Subject"] == "Grüße 🚲"
    assert message["From"] == "Portal <no-reply@127.0.0.1>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"]
    assert message["Message-ID"]
    assert message.get_body(("plain",)).get_content().split() == ["Hello", "world"]
    assert "<p>Hello</p>" in message.get_body(("html",)).get_content()


def test_mails_lie_in_the_order_they_were_sent_in_even_when_time_stands_still(app, outbox, clock):
    clock.freeze()
    for n in range(5):
        mail.send("mara@example.org", f"Number {n}", "x")
    assert [m["Subject"] for m in outbox()] == [f"Number {n}" for n in range(5)]


def test_no_half_written_mail_is_ever_seen(app):
    mail.send("mara@example.org", "Whole", "x")
    folder = app.extensions["portal.settings"].mail_folder
    assert [path.suffix for path in folder.iterdir()] == [".eml"]


def test_a_subject_cannot_bring_headers_along(subtests, app, outbox):
    for subject in [
        "Hello\r\nBcc: all@example.org",
        "Hello\nX-Evil: 1\n\nbody",
        "Hello\0",
        "Hello\u2028Bcc: x@y",
        "Hello\x85Bcc: x",
        "a" * 5000,
        "\ud800",
        "=?utf-8?q?=0D=0ABcc:_x@example.org?=",
    ]:
        with subtests.test(repr(subject)[:60]):
            mail.send("mara@example.org", subject, "x")
            message = outbox()[-1]
            assert message["Bcc"] is None
            assert message["X-Evil"] is None
            assert set(message.keys()) == set(mail.compose("mara@example.org", "x", "x").keys())


def test_one_address_is_one_address(subtests, app, outbox):
    for to in [
        "",
        "mara",
        "a@example.org\r\nBcc: b@example.org",
        "a@example.org, b@example.org",
        "Mara <a@example.org>",
        "a@example.org>\n",
        "a@exämple.org",
        "a b@example.org",
        "a@example.org\0",
        "x" * 250 + "@example.org",
    ]:
        with subtests.test(repr(to)[:60]):
            with pytest.raises((ValueError, mail.MailError)):
                mail.send(to, "x", "x")
            assert outbox() == []


def test_a_site_of_a_strange_name_sends_mail_too(subtests, app, db, outbox):
    for name in ['Tern "Riders", <evil@example.org>\r\nBcc: x@y', "=?utf-8?q?=0D=0ABcc:_x@y?=", "Räder 🚲", "\\", '"']:
        with subtests.test(repr(name)[:60]):
            save_site(name=name, tagline="x")
            mail.send("mara@example.org", "x", "x")
            message = outbox()[-1]
            assert message["Bcc"] is None
            assert [str(a.addr_spec) for a in message["From"].addresses] == ["no-reply@127.0.0.1"]


def test_one_click_off(app, outbox):
    mail.send("mara@example.org", "x", "x", unsubscribe_url="https://community.example.com/mail/off/abc")
    message = outbox()[0]
    assert message["List-Unsubscribe"] == "<https://community.example.com/mail/off/abc>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for url in ("https://a/>\r\nBcc: x", "javascript:alert(1)", "https://a/ b"):
        with pytest.raises(ValueError, match="web"):
            mail.send("mara@example.org", "x", "x", unsubscribe_url=url)


def test_the_same_occasion_is_mailed_once(app, outbox):
    assert mail.send("mara@example.org", "x", "x", key="reset-7")
    assert not mail.send("mara@example.org", "x", "x", key="reset-7")
    assert mail.send("mara@example.org", "x", "x", key="reset-77")
    assert len(outbox()) == 2


def test_a_mail_through_a_server(make_app, serve):
    box = Box()
    app = make_app(mail_url=f"smtp://127.0.0.1:{serve(box)}", base_url="https://community.example.com")
    with app.app_context():
        assert mail.send("mara@example.org", "Grüße", "Hello", key="once")
        assert not mail.send("mara@example.org", "Grüße", "Hello", key="once")
        assert mail.check() == ""
    ((envelope, message, _),) = box.got
    assert envelope.mail_from == "no-reply@community.example.com"
    assert envelope.rcpt_tos == ["mara@example.org"]
    assert message["Message-ID"].endswith("@community.example.com>")


def test_an_address_refused_for_good_is_let_go_and_one_refused_for_now_is_not(make_app, serve):
    box = Box({"gone@example.org": "550 no such user", "later@example.org": "451 try later"})
    app = make_app(mail_url=f"smtp://127.0.0.1:{serve(box)}")
    with app.app_context():
        assert mail.send("gone@example.org", "x", "x") is False
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            mail.send("later@example.org", "x", "x")


def test_no_server_is_worth_another_try(make_app):
    app = make_app(mail_url="smtp://127.0.0.1:1")
    with app.app_context():
        with pytest.raises(OSError, match=r"."):
            mail.send("mara@example.org", "x", "x")
        assert "does not take us" in mail.check()


def test_production_without_a_mail_setting_says_what_to_set(make_app):
    app = make_app(env="production", base_url="https://community.example.com")
    with app.app_context(), pytest.raises(mail.MailError, match="PORTAL_MAIL_URL"):
        mail.send("mara@example.org", "x", "x")


def test_nothing_goes_out_in_the_clear(make_app, serve, monkeypatch):
    monkeypatch.setattr(mail, "LOCAL", ())
    box = Box()
    port = serve(box)
    with make_app(mail_url=f"smtp://127.0.0.1:{port}").app_context(), pytest.raises(mail.MailError, match="TLS"):
        mail.send("mara@example.org", "x", "x")
    assert box.got == []
    with make_app(mail_url=f"smtp://127.0.0.1:{port}?tls=off").app_context():
        assert mail.send("mara@example.org", "x", "x")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that only its own file vouches for."""
    folder = tmp_path_factory.mktemp("certificate")
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 "
        "-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    )
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_over_tls_with_a_name_and_a_password(make_app, serve, certificate, monkeypatch, scheme):
    monkeypatch.setattr(mail, "LOCAL", ())
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    seen = []

    def authenticate(server, session, envelope, mechanism, data):
        seen.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=True)

    box = Box()
    options = {"ssl_context": context} if scheme == "smtps" else {"tls_context": context, "require_starttls": True}
    port = serve(box, authenticator=authenticate, auth_require_tls=scheme == "smtp", **options)
    app = make_app(mail_url=f"{scheme}://us%40er:p%3Ass@127.0.0.1:{port}")
    with app.app_context():
        with pytest.raises(ssl.SSLCertVerificationError):  # nobody vouches for it yet
            mail.send("mara@example.org", "x", "x")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
        assert mail.send("mara@example.org", "x", "x")
    assert seen == [("us@er", "p:ss")]
    assert len(box.got) == 1


def test_a_slow_server_does_not_keep_others_from_the_database(make_app, serve):
    """While mail is on its way, somebody else can write."""
    import sqlite3

    app = make_app()
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    if not url.startswith("sqlite"):
        pytest.skip("only SQLite has one lock for all")
    wrote = []

    class Watching(Box):
        async def handle_DATA(self, server, session, envelope):  # noqa: N802
            with sqlite3.connect(url.removeprefix("sqlite:///"), timeout=1) as other:
                other.execute("UPDATE member SET place = 'written meanwhile'")
            other.close()
            wrote.append(True)
            return "250 OK"

    app = make_app(mail_url=f"smtp://127.0.0.1:{serve(Watching())}")
    with app.app_context():
        from portal import activity
        from portal.db import db

        builders.member("mara", email="mara@example.org")
        activity.record("reset_requested", email="mara@example.org")
        db.session.commit()
        activity.follow_up()
        assert db.session.query(activity.Errand).count() == 0
    assert wrote == [True]
