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
from portal.media.models import BlockedPicture, Picture, PictureBand
from portal.members.models import ListedCustomer, Member, RoleGrant, SignUp, Suspension
from portal.notifications.models import Notification
from portal.rights.models import RightsRequest
from portal.search.models import SearchedWords, SearchWords
from portal.site import Site
from portal.stories.models import Challenge, Photo, ProspectThanks, Story, StoryInvitation

__all__ = [
    "Acceptance", "Activity", "Article", "BlockedPicture", "Board", "Challenge", "ComposerDraft", "Consent",
    "Contribution", "Decision", "Errand", "Follow", "FormerAddress", "LedgerEntry", "ListedCustomer", "Member",
    "Notification", "Photo", "Picture", "PictureBand", "Product", "ProspectThanks", "ReadMarker", "Recognition",
    "Reply", "Report", "Revision", "RightsRequest", "RoleGrant", "SearchWords", "SearchedWords", "SignUp", "Site",
    "Story", "StoryInvitation", "Suspension", "Tag", "Thanks", "Topic",
]  # fmt: skip
