"""The owner's overview and the site's identity. The other pages are in `catalogue` and `people`."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal import activity
from portal.access import admin_only
from portal.admin import commands, queries
from portal.admin.forms import HUES, STEP, SiteForm
from portal.backups import queries as backups
from portal.config import settings
from portal.site import the_site

bp = Blueprint("admin", __name__, url_prefix="/admin")

Answer = Response | str | tuple[str, int]


@bp.get("/")
@admin_only
def show_overview() -> str:
    """How much there is, what waits, and whether the worker follows."""
    owed, since = activity.owed()
    return render_template(
        "admin/overview.html", numbers=queries.numbers(), owed=owed, since=since, settings=settings(),
        backups=backups.standing(),
    )  # fmt: skip


@bp.route("/site", methods=["GET", "POST"])
@admin_only
def edit_site() -> Answer:
    """Name, words and colour of the site."""
    form = SiteForm(obj=None if request.method == "POST" else the_site())
    if request.method == "GET":
        form.accent_hue.data = str(the_site().accent_hue)
    if not form.validate_on_submit():
        page = render_template("admin/site.html", form=form, hues=HUES, step=STEP)
        return (page, 422) if form.errors else page
    commands.save_site(
        name=form.name.data, tagline=form.tagline.data, company=form.company.data or "",
        welcome=form.welcome.data or "", contact=form.contact.data or "", accent_hue=int(form.accent_hue.data),
    )  # fmt: skip
    flash("Saved. This is how the site looks and speaks from now on.", "good")
    return redirect(url_for("admin.edit_site"), 303)


from portal.admin import catalogue, people, words  # noqa: E402, F401 (the other views of this blueprint)
