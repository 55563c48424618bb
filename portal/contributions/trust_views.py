"""What each level of trust may do, for everybody to read; and one's own, in it."""

from flask import render_template
from flask_login import current_user

from portal.access import public
from portal.config import settings
from portal.contributions import trust
from portal.contributions.views import bp
from portal.pages.judging import kept

bp.add_app_template_global(trust.standing_of, "trust_of")
bp.add_app_template_global(trust.what_comes_next, "trust_next")
bp.add_app_template_global(lambda: settings().trust_lost_days, "trust_lost_days")


@bp.get("/about/trust")
@public
@kept
def show_trust() -> str:
    """The table of levels, from the settings in force."""
    own = trust.standing_of(current_user) if current_user.is_authenticated else None
    return render_template(
        "contributions/trust.html", rows=trust.table(), levels=trust.LEVELS, settings=settings(), own=own
    )
