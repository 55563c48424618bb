"""Sending mail: into a folder in development, by SMTP over TLS otherwise. Only this module knows how."""

import logging
import os
import re
import smtplib
import ssl
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from hashlib import sha256
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from portal import clock
from portal import text as texts
from portal.config import settings
from portal.site import the_site
from portal.watching.counting import count

log = logging.getLogger(__name__)

TIMEOUT = 20
"""Seconds a mail server may take for each step."""
NOT_THIS_ADDRESS = (smtplib.SMTPRecipientsRefused, ValueError)
"""What `send` raises when it is this one address that does not work now; anything else concerns all mail."""
LOCAL = ("localhost", "127.0.0.1", "::1")

_taken: OrderedDict[str, None] = OrderedDict()
"""Keys of what this process handed over lately: a batch that failed halfway is tried again, and tells nobody twice."""


class MailError(Exception):
    """Mail can't be sent as things are; the message says what to change."""


def send(
    to: str, subject: str, text: str, html: str | None = None, *, unsubscribe_url: str | None = None, key: str = ""
) -> bool:
    """Send one mail to one address; says whether it was handed over.

    `key` names the occasion: sent again with the same key, it is recognised and not sent twice.
    `unsubscribe_url` must stop this sort of mail by a POST (RFC 8058). False, and a line in the log,
    when the server refuses this address for good. Raises smtplib.SMTPException or OSError when it is
    worth trying again, MailError when settings must be changed first.
    """
    message = compose(to, subject, text, html, unsubscribe_url=unsubscribe_url, key=key)
    if settings().mail_url == "folder":
        written = _write(message, settings().mail_folder, key)
        count("mail_sent", int(written))
        return written
    mark = f"{key} {to}"
    if key and mark in _taken:
        return False
    try:
        handed = _hand_over(message, to)
    except Exception:
        count("mail_failed")
        raise
    count("mail_sent" if handed else "mail_failed")
    if key:
        _taken[mark] = None
        while len(_taken) > 2000:
            _taken.popitem(last=False)
    return handed


def compose(
    to: str, subject: str, text: str, html: str | None = None, *, unsubscribe_url: str | None = None, key: str = ""
) -> EmailMessage:
    """The message as it goes out. Raises ValueError when `to` is no address: it can't carry a second header."""
    host = urlsplit(settings().base_url).hostname or "localhost"
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(_line(the_site().name, 60), addr_spec=settings().mail_from)
    message["To"] = Address(addr_spec=_address(to))
    message["Subject"] = _line(subject, 200)
    message["Date"] = format_datetime(clock.now())
    occasion = sha256(f"{key} {to}".encode()).hexdigest()[:32]
    message["Message-ID"] = f"<{occasion}@{host}>" if key else make_msgid(domain=host)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: out-of-office programs keep quiet
    if unsubscribe_url:
        message["List-Unsubscribe"] = f"<{_url(unsubscribe_url)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(texts.clean_source(text))
    if html is not None:
        message.add_alternative(texts.clean_source(html), subtype="html")
    return message


def check() -> str:
    """Whether mail can be sent: empty, or a sentence that says what is wrong. Talks to the server, sends nothing."""
    s = settings()
    if s.mail_url == "folder":
        return ""
    try:
        with _connection():
            return ""
    except (MailError, smtplib.SMTPException, OSError) as error:
        return f"The mail server does not take us: {error}"


def _write(message: EmailMessage, folder: Path, key: str) -> bool:
    """A file a mail; names sort by time, and the same occasion has the same ending."""
    folder.mkdir(parents=True, exist_ok=True)
    ending = re.sub(r"[^A-Za-z0-9-]+", "-", key)[:80] if key else sha256(message.as_bytes()).hexdigest()[:12]
    if key and any(folder.glob(f"{'?' * 8}-{'?' * 6}-{'?' * 20}-{ending}.eml")):
        return False
    name = f"{clock.now():%Y%m%d-%H%M%S}-{time.time_ns():020d}-{ending}.eml"
    half = folder / f".{name}.{os.getpid()}"
    half.write_bytes(message.as_bytes())
    half.replace(folder / name)
    return True


def _hand_over(message: EmailMessage, to: str) -> bool:
    try:
        with _connection() as server:
            server.send_message(message, settings().mail_from, [to])
    except smtplib.SMTPRecipientsRefused as refused:
        code, words = refused.recipients[to]
        if code < 500:
            raise
        log.warning("mail to …@%s was refused for good: %s %r", to.rpartition("@")[2], code, words[:200])
        return False
    return True


@contextmanager
def _connection() -> Iterator[smtplib.SMTP]:
    """A connection over TLS, signed in if the setting has a name. Closed at the end."""
    url = urlsplit(settings().mail_url)
    if not url.hostname:
        raise MailError("PORTAL_MAIL_URL is not set, so no mail can be sent. Set it to smtp://user:password@host:port.")
    context = ssl.create_default_context()
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(url.hostname, url.port or 465, timeout=TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(url.hostname, url.port or 587, timeout=TIMEOUT)
    with server:
        server.ehlo()
        if url.scheme == "smtp" and not _in_the_clear(url):
            if not server.has_extn("starttls"):
                raise MailError(
                    f"{url.hostname} offers no TLS, so neither passwords nor links are sent to it. Use another port, "
                    "smtps://, or add ?tls=off to PORTAL_MAIL_URL if the way to it is safe."
                )
            server.starttls(context=context)
            server.ehlo()
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        yield server


def _in_the_clear(url: SplitResult) -> bool:
    return url.hostname in LOCAL or parse_qs(url.query).get("tls") == ["off"]


def _line(words: str, longest: int) -> str:
    """One line without anything that could begin another header.

    Python's `email` decodes what looks encoded (RFC 2047) when it is set, line ends and all: `=?` must not stay.
    """
    return texts.clean_line(words)[:longest].replace("=?", "= ?")


def _address(to: str) -> str:
    if not re.fullmatch(r"[\x21-\x7e]+@[\x21-\x7e]+", to) or len(to) > 254 or re.search(r"[<>,;\s]", to):
        raise ValueError("this is not one e-mail address")
    return to


def _url(address: str) -> str:
    if not re.fullmatch(r"https?://[\x21-\x3b\x3d\x3f-\x7e]+", address):
        raise ValueError("this is not an address of the web")
    return address
