"""The pages about the rules: what is in force, watched words, what was learned of spam, a dry run."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.access import admin_only, moderator_only
from portal.config import settings
from portal.contributions.queries import LARGEST_ID
from portal.contributions.screened import WatchedWord
from portal.contributions.screening import dryrun, learning, wordlist
from portal.db import db
from portal.moderation.reasons import label_of
from portal.moderation.rule_forms import ACTS, THRESHOLDS, DryRunForm, WordForm
from portal.moderation.views import bp

Answer = Response | str | tuple[str, int]


@bp.route("/moderation/words", methods=["GET", "POST"])
@moderator_only
def edit_watched() -> Answer:
    """The list of watched words; one more, tried out first if wished."""
    form = WordForm()
    return _words_page(form, None)


@bp.route("/moderation/words/<int:word_id>", methods=["GET", "POST"])
@moderator_only
def edit_watched_word(word_id: int) -> Answer:
    """Change what is watched for, tried out first if wished."""
    row = _word(word_id)
    form = WordForm(obj=None if request.method == "POST" else row)
    return _words_page(form, row)


def _words_page(form: WordForm, row: WatchedWord | None) -> Answer:
    tried = None
    if form.validate_on_submit() and (watch := form.watch()) is not None:
        if "try" in request.form:
            tried = wordlist.try_out(watch)
        else:
            try:
                if row is None:
                    wordlist.add(watch, form.note.data or "", current_user)
                else:
                    wordlist.change(row, watch, form.note.data or "")
            except wordlist.NotWatched as wrong:
                form.refuse(wrong)
            else:
                flash("Saved. It holds from now on; what is published already stays as it is.", "good")
                return redirect(url_for("moderation.edit_watched"), 303)
    page = render_template(
        "moderation/words.html" if row is None else "moderation/word.html",
        form=form, row=row, tried=tried, words=wordlist.all_words() if row is None else (), acts=ACTS,
    )  # fmt: skip
    return (page, 422) if form.errors else page


@bp.post("/moderation/words/<int:word_id>/delete")
@moderator_only
def delete_watched_word(word_id: int) -> Response:
    """Take it off the list."""
    wordlist.delete(_word(word_id))
    flash("It is off the list. What it did stays as it is.", "good")
    return redirect(url_for("moderation.edit_watched"), 303)


def _word(word_id: int) -> WatchedWord:
    row = db.session.get(WatchedWord, word_id) if word_id <= LARGEST_ID else None
    if row is None:
        abort(404)
    return row


@bp.get("/moderation/spam")
@moderator_only
def show_spam_model() -> str:
    """What was learned of spam, from how much, and which words weigh."""
    return render_template("moderation/spam.html", model=learning.known(), settings=settings())


@bp.post("/moderation/spam/learn")
@moderator_only
def learn_spam() -> Response:
    """Have it learn anew."""
    learning.ask(current_user)
    flash("It learns from the decisions so far; that takes up to a minute. Load the page again to see.", "good")
    return redirect(url_for("moderation.show_spam_model"), 303)


@bp.post("/moderation/spam/switch")
@admin_only
def switch_spam_model() -> Response:
    """Switch it on (`enabled=1`) or off (`enabled=0`)."""
    if request.form.get("enabled") not in ("0", "1"):
        abort(400)
    on = request.form["enabled"] == "1"
    learning.switch(on)
    flash("It is switched on." if on else "It is switched off: nothing is held for it.", "good")
    return redirect(url_for("moderation.show_spam_model"), 303)


@bp.get("/moderation/dry-run")
@admin_only
def try_rules() -> Answer:
    """What changed rules would have done with what was sent in the last 30 days."""
    form, outcome = DryRunForm(), None
    if "words" in request.args and form.validate():
        try:
            words = [*wordlist.current(), *form.tried_words()]
        except wordlist.NotWatched as wrong:
            form.words.errors = [str(wrong)]
        else:
            outcome = dryrun.dry_run(form.tried_settings(), words)
    page = render_template(
        "moderation/dry_run.html", form=form, thresholds=THRESHOLDS, outcome=outcome, days=dryrun.DAYS,
        happened=dryrun.HAPPENED, would=dryrun.WOULD, label_of=label_of,
    )  # fmt: skip
    return (page, 422) if form.errors else page
