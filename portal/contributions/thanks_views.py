"""The page on which thanks get a word of why; on the contribution itself a small field does the same."""

from typing import Any

from flask import abort, flash, redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.access import member_only
from portal.contributions import queries, thanks_words
from portal.contributions.forms import WordForm
from portal.contributions.models import Contribution
from portal.contributions.thanks_words import WordRefused
from portal.contributions.views import bp


@bp.route("/c/<int:contribution_id>/thanks/word", methods=["GET", "POST"])
@member_only
def say_why(contribution_id: int) -> "Response | str | tuple[Any, int]":
    """Say why it helped, to its author alone; change it, or take it away again."""
    contribution: Contribution = queries.find(contribution_id, current_user) or abort(404)
    word = thanks_words.word_of(contribution, current_user)
    if word is None:
        flash("Say first that this helped you; then you can say why.", "info")
        return redirect(contribution.address, 303)
    form = WordForm()
    if request.method == "GET":
        form.word.data = word
        return render_template("contributions/say_why.html", c=contribution, form=form, word=word)
    if not form.validate():
        return render_template("contributions/say_why.html", c=contribution, form=form, word=word), 422
    try:
        changed = thanks_words.say_why(contribution, current_user, form.word.data or "")
    except WordRefused as refused:
        form.word.errors = [str(refused)]
        return render_template("contributions/say_why.html", c=contribution, form=form, word=word), 422
    if changed:
        who = contribution.author.display_name
        flash(f"{who} reads it, and nobody else." if form.word.data else "It is taken away.", "success")
    return redirect(contribution.address, 303)
