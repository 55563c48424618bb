"""What somebody agreed to by sending a story or photos: one consent a purpose."""

from portal.contributions.models import Consent, Contribution
from portal.db import db
from portal.stories.forms import PEOPLE_CONSENT, SITE_CONSENT


def give_consents(contribution: Contribution) -> None:
    """Note what the author agreed to when sending it."""
    for purpose, wording in (("site", SITE_CONSENT), ("people_shown", PEOPLE_CONSENT)):
        db.session.add(
            Consent(contribution_id=contribution.id, member_id=contribution.author_id, purpose=purpose, wording=wording)
        )
