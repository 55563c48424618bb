"""The owner's words: what means the same, what says nothing, whose endings are cut off."""

from flask import flash, redirect, render_template, request, url_for

from portal.access import admin_only
from portal.admin.views import Answer, bp
from portal.search import words_commands
from portal.search.words_forms import WordsForm


@bp.route("/words", methods=["GET", "POST"])
@admin_only
def edit_words() -> Answer:
    """Synonyms, stop words and the language of search."""
    form = WordsForm(obj=None if request.method == "POST" else words_commands.the_words())
    if not form.validate_on_submit():
        page = render_template("admin/words.html", form=form)
        return (page, 422) if form.errors else page
    rebuilt = words_commands.save_words(form.language.data, form.synonyms.data or "", form.stop_words.data or "")
    if rebuilt:
        flash("Saved. The index is rebuilt for this language now; search answers as before until that is done.", "good")
    else:
        flash("Saved. It holds for every search from now on.", "good")
    return redirect(url_for("admin.edit_words"), 303)
