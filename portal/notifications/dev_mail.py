"""Reading mail that was written to the folder: in development only, nowhere else does this exist."""

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from flask import Blueprint, Response, abort, render_template

from portal.access import public
from portal.config import settings

bp = Blueprint("dev_mail", __name__, url_prefix="/dev/mail")

SHOWN_AT_MOST = 200
SANDBOX = "default-src 'none'; sandbox allow-popups allow-top-navigation-by-user-activation"
_NAME = re.compile(r"[0-9][A-Za-z0-9-]{1,120}")
_LINK = re.compile(r"(https?://[^\s<>\"]+)")


@dataclass(frozen=True)
class Seen:
    """A mail in the folder, as the pages show it."""

    name: str
    to: str
    subject: str
    at: datetime
    text: str
    html: str
    headers: list[tuple[str, str]]

    @property
    def paragraphs(self) -> list[list[tuple[bool, str]]]:
        """The text, cut at empty lines and then at its links: (whether it is one, the piece)."""
        blocks = [block for block in re.split(r"\n\s*\n", self.text.strip()) if block]
        return [[(bool(i % 2), piece) for i, piece in enumerate(_LINK.split(block)) if piece] for block in blocks]


@bp.get("/")
@public
def list_mail() -> str:
    """All mail in the folder, the newest first."""
    files = sorted(_folder().glob("[0-9]*.eml"), key=lambda path: path.name, reverse=True)
    mails = [_read(path) for path in files[:SHOWN_AT_MOST]]
    return render_template("mail/dev_list.html", mails=mails, folder=_folder(), total=len(files))


@bp.get("/<name>")
@public
def show_mail(name: str) -> str:
    """One mail."""
    return render_template("mail/dev_show.html", mail=_find(name))


@bp.get("/<name>/html")
@public
def show_html(name: str) -> Response:
    """Its HTML, as a mail program would show it: it may do nothing."""
    answer = Response(_find(name).html, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer


def _folder() -> Path:
    s = settings()
    if s.production or not s.only_here or s.mail_url != "folder":
        abort(404)  # it shows links that reset passwords
    return s.mail_folder


def _find(name: str) -> Seen:
    folder = _folder()
    path = folder / f"{name}.eml"
    if not _NAME.fullmatch(name) or not path.is_file():
        abort(404)
    return _read(path)


def _read(path: Path) -> Seen:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    return Seen(
        name=path.stem,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        at=message["Date"].datetime,
        text=text.get_content() if text is not None else "",
        html=html.get_content() if html is not None else "",
        headers=[(name, str(value)) for name, value in message.items()],
    )
