"""Every table of the house, so that whoever needs them all (migrations, backup) imports one module."""

from portal.activity import Activity, Errand
from portal.advocacy.models import LedgerEntry, Recognition
from portal.blog.models import Article, FormerAddress
from portal.contributions.models import (
    Acceptance,
    ComposerDraft,
    Consent,
    Contribution,
    Decision,
    Follow,
    Product,
    ReadMarker,
    Reply,
    Report,
    Revision,
    Tag,
    Thanks,
)
from portal.forum.models import Board, Topic
from portal.media.models import Picture
from portal.members.models import ListedCustomer, Member, RoleGrant, SignUp, Suspension
from portal.notifications.models import Notification
from portal.site import Site
from portal.stories.models import Photo, Story

__all__ = [
    "Acceptance", "Activity", "Article", "Board", "ComposerDraft", "Consent", "Contribution", "Decision", "Errand",
    "Follow", "FormerAddress", "LedgerEntry", "ListedCustomer", "Member", "Notification", "Photo", "Picture",
    "Product", "ReadMarker", "Recognition", "Reply", "Report", "Revision", "RoleGrant", "SignUp", "Site", "Story",
    "Suspension", "Tag", "Thanks", "Topic",
]  # fmt: skip
