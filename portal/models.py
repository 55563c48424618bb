"""Every table of the house, so that whoever needs them all (migrations, backup) imports one module."""

from portal.activity import Activity, Errand
from portal.advocacy.models import LedgerEntry, Recognition, SetAside
from portal.backups.models import BackupRun
from portal.blog.models import Article, FormerAddress
from portal.contributions.models import (
    Acceptance,
    ComposerDraft,
    Consent,
    Contribution,
    Decision,
    Follow,
    Incentive,
    Product,
    ReadMarker,
    Reply,
    Report,
    Revision,
    Tag,
    Thanks,
)
from portal.contributions.screened import SpamModel, Verdict, WatchedWord
from portal.forum.models import Board, Topic
from portal.guard.models import Finding, FindingAppeal, FindingMember
from portal.helping.models import Routed, ThankYou, Willingness
from portal.media.models import BlockedPicture, Picture, PictureBand
from portal.members.models import (
    BoardRole,
    Invited,
    ListedCustomer,
    Member,
    RoleGrant,
    SignInOrigin,
    SignUp,
    Suspension,
)
from portal.moderation.models import Appeal, Claim, MemberReport, SavedView, SecondLook
from portal.notifications.models import Notification
from portal.rights.models import RightsRequest
from portal.search.models import SearchedWords, SearchWords
from portal.site import Site
from portal.stories.models import Challenge, Photo, ProspectThanks, Story, StoryInvitation
from portal.watching.models import Measured

__all__ = [
    "Acceptance", "Activity", "Appeal", "Article", "BackupRun", "BlockedPicture", "Board", "BoardRole", "Challenge",
    "Claim", "ComposerDraft", "Consent", "Contribution", "Decision", "Errand", "Finding", "FindingAppeal",
    "FindingMember", "Follow", "FormerAddress", "Incentive", "Invited", "LedgerEntry", "ListedCustomer", "Measured",
    "Member", "MemberReport", "Notification", "Photo", "Picture", "PictureBand", "Product", "ProspectThanks",
    "ReadMarker", "Recognition", "Reply", "Report", "Revision", "RightsRequest", "RoleGrant", "Routed", "SavedView",
    "SearchWords", "SearchedWords", "SecondLook", "SetAside", "SignInOrigin", "SignUp", "Site", "SpamModel",
    "Story", "StoryInvitation", "Suspension", "Tag", "ThankYou", "Thanks", "Topic", "Verdict", "WatchedWord",
    "Willingness",
]  # fmt: skip
