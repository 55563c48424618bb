"""Mail that is sent at once: the links and notices by which members keep their accounts."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import current_app, render_template, url_for
from sqlalchemy import select, update

from portal.activity import Activity
from portal.config import settings
from portal.db import db
from portal.helping import noting
from portal.members import commands, links
from portal.members.addresses import masked
from portal.members.models import Member, SignUp
from portal.notifications import mail, unsubscribing
from portal.site import the_site

_LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Letter:
    """One mail, written out."""

    to: str
    subject: str
    text: str
    html: str | None
    key: str
    off: str | None = None
    """The link that stops this sort of mail with one click; None where it always comes."""


def send_at_once(lines: Sequence[Activity]) -> None:
    """Write and send what these activities ask for; afterwards nothing of what was mailed stays in the record."""
    with current_app.test_request_context(base_url=settings().base_url):
        letters = [letter for line in lines if (letter := _letter_of(line)) is not None]
    ids = [line.id for line in lines]
    # All is read: a mail server that takes its time must not keep others from the database.
    db.session.rollback()
    for letter in letters:
        mail.send(
            letter.to, letter.subject, letter.text, letter.html, unsubscribe_url=letter.off, key=letter.key
        )
    db.session.execute(update(Activity).where(Activity.id.in_(ids)).values(data={}))


def _letter_of(line: Activity) -> Letter | None:
    write = _WRITERS.get(line.verb)
    found = write(line) if write is not None else None
    if found is None:
        return None
    to, name, words = found
    letter = compose(name, to, key=f"{line.verb.replace('_', '-')}-{line.id}-{int(line.at.timestamp())}", **words)
    return replace(letter, off=words.get("off"))


def compose(name: str, to: str, *, key: str, **words: Any) -> Letter:
    """A letter from `mail/<name>.txt`: its first line is the subject, a link on a line of its own becomes a button."""
    source = render_template(f"mail/{name}.txt", site=the_site(), hours=settings().link_hours, **words)
    subject, _, body = source.strip().partition("\n")
    text = re.sub(r"\n{3,}", "\n\n", body.strip()) + "\n"
    blocks = [(bool(_LINK.fullmatch(block)), block) for block in text.strip().split("\n\n")]
    html = render_template("mail/letter.html", subject=subject, blocks=blocks, site=the_site())
    return Letter(to, subject, text, html, key)


def _confirmation(line: Activity) -> Any:
    asked = db.session.get(SignUp, line.data.get("sign_up", 0))
    if asked is None:
        return None
    if _owner(asked.email) is not None:
        return asked.email, "already_member", _ways_in()
    by = line.data.get("invited_by")
    token = links.make_token(commands.CONFIRM, asked.id, commands.mark_of(asked), *([by] if by else []))
    return asked.email, "confirm", {"asked": asked, "link": url_for("account.confirm", token=token, _external=True)}


def _reset(line: Activity) -> Any:
    member = _owner(line.data.get("email", ""))
    if member is None:
        return None
    token = links.make_token(commands.RESET, member.id, links.fingerprint(member))
    link = url_for("account.reset_password", token=token, _external=True)
    return member.email, "reset", {"member": member, "link": link}


def _new_address(line: Activity) -> Any:
    member, email = _member(line), line.data.get("email")
    if member is None or not email:
        return None
    owner = _owner(email)
    if owner is not None and owner.id != member.id:
        return email, "already_member", _ways_in()
    token = links.make_token(commands.CHANGE, member.id, links.fingerprint(member), email)
    link = url_for("account.confirm_email", token=token, _external=True)
    return email, "change_address", {"member": member, "link": link}


def _address_changed(line: Activity) -> Any:
    member, before = _member(line), line.data.get("before")
    if member is None or not before or not member.email:
        return None
    return before, "address_changed", {"member": member, "now": masked(member.email), "contact": the_site().contact}


def _password_changed(line: Activity) -> Any:
    member = _member(line)
    if member is None or not member.email:
        return None
    return member.email, "password_changed", {"member": member} | _ways_in()


def _queue_warning(line: Activity) -> Any:
    member = _member(line)
    if member is None or not member.email or not member.moderates:
        return None
    s = settings()
    words = {
        "member": member, "late": line.data.get("late", 0), "overdue": line.data.get("overdue", 0),
        "warn_hours": s.queue_warn_hours, "alarm_hours": s.queue_alarm_hours,
        "link": url_for("moderation.show_queue", age="late", _external=True),
    }  # fmt: skip
    return member.email, "queue_warning", words


def _weekly_note(line: Activity) -> Any:
    """As things stand when it is written, not when it was owed: what was hidden since is not named."""
    member = _member(line)
    if member is None or not member.email or member.suspended or "week" not in line.data:
        return None
    note = noting.note_of(member, datetime.fromisoformat(line.data["week"]))
    if note is None:
        return None
    token = unsubscribing.token_for(member, "note")
    return member.email, "weekly_note", {
        "member": member, "note": note, "ledger": url_for("advocacy.show_own_help", _external=True),
        "choose": url_for("helping.show_helping", _external=True),
        "off": url_for("notifications.stop_mail", token=token, _external=True),
    }  # fmt: skip


_WRITERS: dict[str, Callable[[Activity], Any]] = {
    "confirmation_requested": _confirmation,
    "reset_requested": _reset,
    "email_change_requested": _new_address,
    "email_changed": _address_changed,
    "password_changed": _password_changed,
    "queue_warning": _queue_warning,
    "weekly_note": _weekly_note,
}
"""For each verb, who is written to, with which letter and what it says; None when there is nobody to write to."""


def _member(line: Activity) -> Member | None:
    member = db.session.get(Member, line.member_id) if line.member_id else None
    return member if member is not None and member.erased_at is None else None


def _owner(email: str) -> Member | None:
    return db.session.scalar(select(Member).where(Member.email == email)) if email else None


def _ways_in() -> dict[str, str]:
    return {
        "sign_in": url_for("account.sign_in", _external=True),
        "forgotten": url_for("account.ask_for_reset", _external=True),
    }
