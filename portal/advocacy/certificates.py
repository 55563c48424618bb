"""What an advocate can show elsewhere: the certificate's words, and the badge, both true when they are asked for.

Neither can be faked by copying: a badge is a picture that this site draws anew, and it leads to the certificate here.
"""

from typing import Any

from flask import current_app, url_for
from markupsafe import Markup
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from portal import text as texts
from portal.advocacy.models import Recognition
from portal.advocacy.moves import OPEN
from portal.config import settings
from portal.db import db
from portal.feeds.describing import absolute, as_data
from portal.members.models import Member
from portal.members.names import clean_username, is_username
from portal.site import the_site

NAME_ROOM = 30
"""Letters of a name for which the badge has room."""
WIDTH, HEIGHT = 320, 84
"""Of the badge, in pixels."""


def in_force_of(username: str) -> Recognition | None:
    """The recognition of this member that is in force this instant, with the member; None for anything else."""
    name = clean_username(username)
    if not is_username(name):
        return None
    found = db.session.scalar(
        select(Recognition)
        .join(Recognition.member)
        .where(
            Member.username == name,
            or_(Member.email_confirmed_at.is_not(None), Member.imported_from.is_not(None)),
            Recognition.state.in_(OPEN),
        )
        .options(joinedload(Recognition.member))
    )
    return found if found is not None and found.in_force else None


def was_ended(member: Member) -> bool:
    """Whether the member had one that is over, and has none that is open."""
    states = db.session.scalars(
        select(Recognition.state).where(Recognition.member_id == member.id, Recognition.answered_at.is_not(None))
    ).all()
    return "ended" in states and not set(states) & set(OPEN)


def address_of(recognition: Recognition) -> str:
    """The public address of the certificate, as it stands on paper and on other sites."""
    return absolute(url_for("advocacy.show_certificate", username=recognition.member.username))


def claim(recognition: Recognition) -> str:
    """What the badge says: "Advocate since 2026, helped 37 people", as far as the member wants it told."""
    words, helped = f"{recognition.level.capitalize()} since {recognition.since.year}", recognition.member.helped_count
    if recognition.shows_numbers and helped:
        words += f", helped {helped:,} {'person' if helped == 1 else 'people'}"
    return words


def badge(recognition: Recognition | None) -> str:
    """The badge as SVG; without a recognition in force a neutral one, which says so and is the same for everybody."""
    # Without what pages are told of their reader: nothing of a reader is asked, and no cookie is touched.
    return current_app.jinja_env.get_template("advocacy/badge.svg").render(
        width=WIDTH, height=HEIGHT, site_name=_cut(the_site().name),
        name=_cut(recognition.member.display_name) if recognition else "Not in force",
        words=claim(recognition) if recognition else "There is no recognition here now.",
        good=recognition is not None,
    )  # fmt: skip


def snippet(recognition: Recognition) -> str:
    """The lines of HTML that show the badge on another site and lead from there to the certificate."""
    username = recognition.member.username
    return str(
        Markup('<a href="{}"><img src="{}" width="{}" height="{}" alt="{}"></a>').format(
            address_of(recognition),
            absolute(url_for("advocacy.show_badge", username=username)),
            WIDTH,
            HEIGHT,
            f"{recognition.member.display_name} at {the_site().name}: look whether the recognition is in force",
        )
    )


def described(recognition: Recognition) -> Markup:
    """The certificate for programs, as schema.org calls these things; only what its page says too."""
    m, site = recognition.member, the_site()
    credential: dict[str, Any] = {
        "@type": "EducationalOccupationalCredential",
        "name": recognition.level.capitalize(),
        "credentialCategory": "recognition",
        "url": address_of(recognition),
        "dateCreated": recognition.since.date().isoformat(),
        "expires": recognition.ends_at.date().isoformat() if recognition.ends_at else None,
        "recognizedBy": {"@type": "Organization", "name": site.company or site.name, "url": settings().base_url},
    }
    person: dict[str, Any] = {
        "@type": "Person",
        "name": m.display_name,
        "url": absolute(url_for("members.show_member", username=m.username)),
        "description": claim(recognition),
        "hasCredential": {name: value for name, value in credential.items() if value},
    }
    if recognition.shows_about:
        person |= {"jobTitle": m.trade, "homeLocation": {"@type": "Place", "name": m.place} if m.place else None}
    return as_data(person)


def _cut(name: str) -> str:
    """A name as the badge has room for it, without signs that no XML may hold or that turn writing around."""
    line = texts.clean_line(name)
    return line if len(line) <= NAME_ROOM else line[: NAME_ROOM - 1].rstrip() + "…"
