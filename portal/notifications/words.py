"""What a notification says, in a sentence; on the page and in mails."""

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
    "suspended": "Your account is suspended: you can read, but not write",
    "reinstated": "Your account is no longer suspended",
    "recognition_confirmed": "You are invited to be recognised as an advocate",
    "recognition_accepted": "You are an advocate now. Thank you",
    "recognition_notice": "Your recognition as an advocate will end unless you help again",
    "recognition_ended": "Your recognition as an advocate has ended",
}
ALWAYS_MAILED = ("approved", "returned", "hidden", "removed", "restored", "suspended", "reinstated")
THANKS = ("thanked", "accepted")


def sentence(notification: Notification) -> str:
    """What happened, in words. Its actor, contribution and that one's parent must be loaded."""
    contribution = notification.contribution
    what = ""
    if contribution is not None:
        root = contribution.parent if contribution.parent is not None else contribution
        what = root.name
    who = notification.actor.display_name if notification.actor is not None else "Somebody"
    return SENTENCES.get(notification.verb, notification.verb).format(who=who, what=what)


def wanted_by_mail(notification: Notification, *, replies: bool, thanks: bool) -> bool:
    """Whether it may be mailed, given what the member wants to hear of."""
    if is_about_own_account(notification):
        return True
    return thanks if notification.verb in THANKS else replies


def is_about_own_account(notification: Notification) -> bool:
    """What was decided about a member or their contribution: mailed whatever they want to hear of."""
    return notification.verb in ALWAYS_MAILED or notification.verb.startswith("recognition_")
