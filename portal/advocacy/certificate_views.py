"""What stands beside a name and what it means: the marks, an advocate's certificate, the badge for other sites."""

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.access import public
from portal.advocacy import certificates, levels
from portal.advocacy.gate import evidence_of
from portal.advocacy.subjects import best_answers
from portal.advocacy.views import bp
from portal.config import settings
from portal.contributions.queries import Gone
from portal.feeds.describing import absolute
from portal.members import queries as members
from portal.members.models import Member
from portal.members.names import clean_username, is_username
from portal.pages.judging import kept

ANSWERS = 3
"""How many of the answers that did most a certificate names."""
BADGE_SECONDS = 300
"""For how long others may keep a badge: as long as one that is not in force any more may still be seen."""


@bp.get("/advocates/marks")
@public
@kept
def show_marks() -> str:
    """What each mark beside a name means; with `?of=` what stands beside this member's."""
    member = _shown(request.args.get("of", ""))
    certificate = certificates.in_force_of(member.username) if member is not None and member.is_advocate else None
    return render_template(
        "advocacy/marks.html", member=member, certificate=certificate, levels=levels.awarded(), settings=settings(),
        holds_from=levels.holds_from, address=absolute(url_for("advocacy.show_marks")),
    )  # fmt: skip


@bp.get("/advocates/<username>/certificate")
@public
@kept
def show_certificate(username: str) -> ResponseReturnValue:
    """That a member is recognised now: since when, as what, by whom, what for.

    Who is not found at /members/<username> is not found here. Of those who are: not in force, 404, or 410 once over.
    """
    name = clean_username(username)
    if name != username and is_username(name):
        return redirect(url_for("advocacy.show_certificate", username=name), 301)
    found = certificates.in_force_of(name)
    if found is None:
        member = members.by_username(name)
        if member is not None and member.erased_at is not None:
            raise Gone
        if member is None or not members.is_shown(member, current_user):
            abort(404)
        over = certificates.was_ended(member)
        return render_template("advocacy/not_in_force.html", member=member), 410 if over else 404
    who = found.member
    return render_template(
        "advocacy/certificate.html", r=found, member=who, settings=settings(), now=clock.now(),
        evidence=evidence_of({who.id: who.help_score})[who.id] if found.shows_numbers else None,
        answers=best_answers([who.id], ANSWERS)[who.id] if found.shows_answers else (),
        data=certificates.described(found), claim=certificates.claim(found), address=certificates.address_of(found),
    )  # fmt: skip


@bp.get("/advocates/<username>/badge.svg")
@public
def show_badge(username: str) -> Response:
    """A picture for other sites: true when it was drawn; for whoever is not recognised now, the same neutral one."""
    answer = make_response(certificates.badge(certificates.in_force_of(username)))
    answer.mimetype = "image/svg+xml"
    answer.headers["Cache-Control"] = f"public, max-age={BADGE_SECONDS}"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _shown(username: str) -> Member | None:
    member = members.by_username(username)
    return member if member is not None and members.is_shown(member, current_user) else None
