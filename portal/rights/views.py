"""A member's page of all they agreed to: taking it back, renewing it, and answering what staff asks."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal import clock
from portal.access import member_only
from portal.contributions import consents
from portal.contributions.consents import PURPOSES, TERMS
from portal.contributions.models import Contribution
from portal.db import db
from portal.rights import commands, queries
from portal.web import paginate

bp = Blueprint("rights", __name__)
bp.record(lambda state: state.app.jinja_env.globals.update(rights_purposes=PURPOSES, rights_terms=TERMS))

CONTRIBUTIONS_PER_PAGE = 20


@bp.get("/account/rights")
@member_only
def show_own() -> str:
    """What a member agreed to, contribution by contribution, and what they are asked."""
    page = paginate(queries.own_contributions(current_user), CONTRIBUTIONS_PER_PAGE)
    return render_template(
        "rights/own.html", page=page, agreed=queries.agreed_for(page.rows),
        questions=queries.open_questions(current_user) if page.number == 1 else [],
        running_out=queries.running_out(current_user) if page.number == 1 else [], now=clock.now(),
    )  # fmt: skip


@bp.post("/account/rights/<int:consent_id>/take-back")
@member_only
def take_back(consent_id: int) -> "str | Response":
    """Take one consent back; one without which nothing is shown only after saying what happens."""
    consent = queries.find_consent(consent_id, current_user)
    if consent is None:
        abort(404)
    contribution = db.session.get_one(Contribution, consent.contribution_id)
    needed = PURPOSES[consent.purpose].needed
    if needed and "sure" not in request.form and contribution.state != "removed" and consent.revoked_at is None:
        return render_template("rights/take_back.html", consent=consent, c=contribution)
    if not consents.revoke(consent, current_user):
        flash("This had ended already, so nothing was changed.", "warning")
    elif needed:
        flash("It is taken back. Your contribution and its pictures are gone.", "success")
    else:
        flash("It is taken back, from this moment on.", "success")
    return redirect(url_for("rights.show_own", _anchor=f"c-{contribution.id}"), 303)


@bp.post("/account/rights/<int:consent_id>/renew")
@member_only
def renew(consent_id: int) -> Response:
    """Agree to another term of what runs out."""
    consent = queries.find_consent(consent_id, current_user)
    if consent is None:
        abort(404)
    terms = {"": None} | {str(months): months for months in TERMS}
    chosen = request.form.get("months", str(min(TERMS)))
    if chosen not in terms:
        flash("Please choose for how long.", "warning")
    elif (given := consents.renew(consent, current_user, terms[chosen])) is None:
        flash("There is nothing to renew here any more, so nothing was changed.", "warning")
    else:
        ends = f"until {given.until:%-d %B %Y}" if given.until else "until you take it back"
        flash(f"Thank you! It goes on, {ends}. You can take it back at any time, here.", "success")
    return redirect(url_for("rights.show_own", _anchor=f"c-{consent.contribution_id}"), 303)


@bp.post("/account/rights/questions/<int:request_id>")
@member_only
def answer(request_id: int) -> Response:
    """Say yes or no to a question."""
    question = queries.find_question(request_id, current_user)
    if question is None:
        abort(404)
    said = request.form.get("answer")
    if said not in ("yes", "no"):
        flash("Please say yes or no.", "warning")
    elif not commands.answer(question, current_user, said == "yes"):
        flash("This question is no longer open, so nothing was changed.", "warning")
    elif said == "yes":
        flash("Thank you! You can take it back at any time, here.", "success")
    else:
        flash("That’s fine. It stays as it is.", "success")
    return redirect(url_for("rights.show_own"), 303)
