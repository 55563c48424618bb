"""The pages of challenges: all of them, one with the wall of its entries, and what moderators do with them."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from portal import text as texts
from portal.access import moderator_only, public
from portal.db import db
from portal.pages.judging import kept
from portal.stories import challenge_commands as commands
from portal.stories import challenge_queries, photo_queries, queries
from portal.stories.challenge_forms import ChallengeForm
from portal.stories.models import Challenge
from portal.stories.photo_views import PER_PAGE
from portal.stories.views import bp


@bp.get("/photos/challenges/")
@public
@kept
def show_challenges() -> str:
    """All challenges: open, coming (for moderators), over."""
    return render_template("stories/challenges.html", challenges=challenge_queries.challenges(current_user))


@bp.get("/photos/challenges/<slug>")
@public
@kept
def show_challenge(slug: str) -> str:
    """One challenge and the wall of its entries."""
    challenge = _found(slug)
    entries = photo_queries.photos(photo_queries.Filters(challenge=challenge.slug), PER_PAGE)
    return render_template("stories/challenge.html", challenge=challenge, page=entries)


@bp.route("/photos/challenges/new", methods=["GET", "POST"])
@moderator_only
def open_challenge() -> "str | Response | tuple[str, int]":
    """Open a challenge."""
    return _compose(ChallengeForm(), None)


@bp.route("/photos/challenges/<slug>/edit", methods=["GET", "POST"])
@moderator_only
def edit_challenge(slug: str) -> "str | Response | tuple[str, int]":
    """Change what a challenge says and when it is open."""
    challenge = _found(slug)
    typed = {
        "title": challenge.title, "source": challenge.source, "product": challenge.product_id or 0,
        "opens": challenge.opens_at.date(), "closes": challenge.last_day,
    }  # fmt: skip
    return _compose(ChallengeForm(data=typed), challenge)


@bp.post("/photos/challenges/<slug>/close")
@moderator_only
def close_challenge(slug: str) -> Response:
    """Close it now."""
    challenge = _found(slug)
    if commands.close_challenge(challenge, current_user):
        flash("Closed. The entries stay where they are.", "good")
    return redirect(url_for("stories.show_challenge", slug=challenge.slug), 303)


@bp.post("/photos/challenges/<slug>/delete")
@moderator_only
def delete_challenge(slug: str) -> Response:
    """Delete it, as long as nobody has entered."""
    commands.delete_challenge(_found(slug), current_user)
    flash("Deleted. Nobody had entered it.", "good")
    return redirect(url_for("stories.show_challenges"), 303)


def _compose(form: ChallengeForm, challenge: Challenge | None) -> "str | Response | tuple[str, int]":
    offered = [(0, "None in particular"), *((p.id, p.name) for p in queries.products())]
    form.product.choices = [SelectChoice(str(value), label) for value, label in offered]
    if request.method == "GET":
        return _form_page(form, challenge)
    form.is_new = challenge is None
    if not form.validate():
        return _form_page(form, challenge), 422
    given: dict[str, Any] = {
        "title": form.title.data, "source": form.source.data or "", "opens": form.opens.data,
        "closes": form.closes.data, "product_id": form.product.data or None,
    }  # fmt: skip
    try:
        with db.session.begin_nested():
            if challenge is None:
                challenge = commands.open_challenge(current_user, **given)
            else:
                commands.change_challenge(challenge, current_user, **given)
    except texts.TextTooLong as refused:
        form.source.errors = [str(refused)]
        return _form_page(form, challenge), 422
    except IntegrityError:  # a colleague took the same address in this very moment
        form.title.errors = ["There is a challenge of this name already. Please choose another title."]
        return _form_page(form, None), 422
    return redirect(url_for("stories.show_challenge", slug=challenge.slug), 303)


def _form_page(form: ChallengeForm, challenge: Challenge | None) -> str:
    return render_template(
        "stories/challenge_form.html", form=form, challenge=challenge,
        deletable=challenge is not None and not challenge_queries.has_entries(challenge),
    )  # fmt: skip


def _found(slug: str) -> Challenge:
    challenge = challenge_queries.find_challenge(slug, current_user)
    if challenge is None:
        abort(404)
    return challenge
