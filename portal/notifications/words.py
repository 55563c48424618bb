"""What a notification says, in a sentence; on the page and in mails."""

from flask import url_for

from portal.contributions.addresses import jump_url
from portal.members.models import Member
from portal.notifications import recognising, setting_aside
from portal.notifications.models import Notification

SENTENCES = {
    "replied": "{who} replied to “{what}”",
    "mentioned": "{who} mentioned you in “{what}”",
    "thanked": "{who} says that you helped, in “{what}”",
    "accepted": "{who} says that your answer solved it: “{what}”",
    "approved": "Your contribution is published: “{what}”",
    "returned": "A moderator has a question about “{what}”; your text is kept",
    "hidden": "Your contribution is hidden until a moderator has looked: “{what}”",
    "removed": "A moderator removed your contribution “{what}”",
    "restored": "Your contribution can be seen again: “{what}”",
    "report_upheld": "What you reported was dealt with. Thank you for looking out",
    "report_kept": "A moderator looked at what you reported and let it stand. Thank you all the same",
    "picture_blocked": "A moderator removed a picture of yours{from_what}",
    "rights_asked": "{who} asks whether “{what}” may be shown elsewhere too",
    "rights_given": "{who} says yes: “{what}” may be used as you asked",
    "rights_refused": "{who} would rather not have “{what}” used elsewhere",
    "consent_revoked": "{who} took back what they agreed to for “{what}”: please stop using it",
    "consent_ends": "What you agreed to for “{what}” ends soon",
    "suspended": "Your account is suspended: you can read, but not write. You can appeal once",
    "reinstated": "Your account is no longer suspended",
    "silenced": "What you send waits for a moderator for a while",
    "silence_ended": "What you send no longer waits for a moderator",
    "warned": "A moderator asks you to change something",
    "appeal_upheld": "Another moderator looked, and you were right{from_what}",
    "appeal_declined": "Another moderator looked, and the decision stands{from_what}",
    "story_invited": "{who} invites you to tell your story",
    "story_declined": "{who} would rather not tell their story just now",
    "story_told": "{who} has told the story you asked for: “{what}”",
    "question_brought": "{who} asks, and nobody has answered yet: “{what}”",
    "newcomer_brought": "{who} is new here and asks for the first time: “{what}”",
    "asked_by_name": "{who} asks you: “{what}”",
    "incentive_promised": "Beside “{what}” it now says what you were promised for it",
} | recognising.SENTENCES | setting_aside.SENTENCES
ALWAYS_MAILED = (
    "approved", "returned", "hidden", "removed", "restored", "suspended", "reinstated", "picture_blocked",
    "consent_revoked", "silenced", "silence_ended", "warned", "appeal_upheld", "appeal_declined", "incentive_promised",
)  # fmt: skip
MEASURES = ("suspended", "reinstated", "silenced", "silence_ended", "warned")
RECEIPTS = ("removed", "hidden", "appeal_upheld", "appeal_declined")
"""These lead to the page that says where a contribution stands and what can be done about it."""
FOR_STAFF = ("rights_given", "rights_refused", "consent_revoked")
THANKS = ("thanked", "accepted")
BROUGHT = {"question_brought": "questions", "newcomer_brought": "questions", "asked_by_name": "requests"}
"""Questions brought to a member to help with, and which sort of mail tells of them: each can be switched off."""
SORT_OF = BROUGHT | dict.fromkeys(recognising.VERBS - recognising.DECIDED, "recognition")
"""The sort of mail that tells of something, where it is not `news`."""


def sentence(notification: Notification) -> str:
    """What happened, in words. Its actor, contribution and that one's parent must be loaded."""
    contribution = notification.contribution
    what = ""
    if contribution is not None:
        root = contribution.parent if contribution.parent is not None else contribution
        what = root.name
    who = notification.actor.display_name if notification.actor is not None else "Somebody"
    return SENTENCES.get(notification.verb, notification.verb).format(
        who=who, what=what, from_what=f", in “{what}”" if what else ""
    )


def link_of(notification: Notification, *, external: bool = False) -> str:
    """Where it leads; empty where there is nothing to see but the sentence itself."""
    if notification.verb == "story_invited":
        return url_for("stories.tell_story", invitation=notification.key.rpartition(":")[2], _external=external)
    if notification.verb in MEASURES:
        return url_for("account.show_account", _anchor="measures", _external=external)
    if notification.verb in setting_aside.VERBS:
        return url_for("guard.show_concerning_me", _external=external)
    if notification.verb in recognising.VERBS:
        return url_for("advocacy.show_recognition", _external=external)
    if notification.contribution_id is None:
        return ""
    if notification.verb in RECEIPTS:
        return url_for("moderation.show_receipt", contribution_id=notification.contribution_id, _external=external)
    if notification.verb == "rights_asked":
        return url_for("rights.show_own", _anchor="questions", _external=external)
    if notification.verb == "consent_ends":
        return url_for("rights.show_own", _anchor="ending", _external=external)
    if notification.verb in FOR_STAFF:
        return url_for("rights.show_proof", contribution_id=notification.contribution_id, _external=external)
    return jump_url(notification.contribution_id, _external=external)


def wanted_by_mail(notification: Notification, member: Member) -> bool:
    """Whether it may be mailed, given what the member wants to hear of."""
    if is_about_own_account(notification):
        return True
    if notification.verb in BROUGHT:  # whether it is brought at all, the member chose elsewhere
        return notification.contribution is not None and not notification.contribution.accepted_count
    if notification.verb in recognising.VERBS:
        return member.mail_recognition
    return member.mail_thanks if notification.verb in THANKS else member.mail_replies


def is_about_own_account(notification: Notification) -> bool:
    """What was decided about a member or their contribution: mailed whatever they want to hear of."""
    return notification.verb in {*ALWAYS_MAILED, *setting_aside.VERBS, *recognising.DECIDED}
