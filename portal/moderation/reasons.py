"""The reasons a moderator gives: kept ready in words, named by a key that the public log may show."""

from typing import NamedTuple

OTHER = "other"


class Reason(NamedTuple):
    """A canned reason: what the moderator picks, what the author reads ({name} is the author), what the log says."""

    label: str
    words: str


RETURN: dict[str, Reason] = {
    "more_detail": Reason(
        "Say more",
        "Hello {name}, thank you. Others can help better if you say a little more: what you have, what you tried, "
        "and what happened. Please add that and send it again.",
    ),
    "wrong_place": Reason(
        "Another place fits better",
        "Hello {name}, this fits better somewhere else on the site. Please choose the right board or kind and send "
        "it again.",
    ),
    "private_details": Reason(
        "Private details",
        "Hello {name}, there are private details in this: yours or somebody else's. Please take them out and send "
        "it again.",
    ),
    "picture": Reason(
        "A picture",
        "Hello {name}, one of the pictures does not work as it is: it is unclear, or shows people or things you may "
        "not be allowed to show. Please change it and send it again.",
    ),
    "tone": Reason(
        "The tone",
        "Hello {name}, the matter is fine, the tone is not. Please say it in a way you would say it to somebody "
        "across the table, and send it again.",
    ),
    "links": Reason(
        "Links",
        "Hello {name}, please say in your own words what we find behind the links, or leave them out, and send it "
        "again.",
    ),
}

REMOVE: dict[str, Reason] = {
    "spam": Reason("Advertising or spam", "Hello {name}, this is advertising, which has no place here."),
    "abuse": Reason("Insults or threats", "Hello {name}, this insults or threatens somebody."),
    "private": Reason("Somebody's private matters", "Hello {name}, this shows somebody's private matters."),
    "dangerous": Reason("Dangerously wrong", "Hello {name}, following this could hurt somebody or break something."),
    "rights": Reason("Somebody else's work", "Hello {name}, this is somebody else's work, shown without their leave."),
    "duplicate": Reason("Posted twice", "Hello {name}, this is here already, so we keep the other one."),
    "off_topic": Reason("Does not belong here", "Hello {name}, this does not belong on this site."),
}

BY_RULES = {
    "first_contributions": "a first contribution",
    "links": "many links",
    "pictures": "pictures",
    "reports": "reported by several members",
    "kept": "reports looked into, nothing found",
    "edited": "some words changed before it was published",
    "undone": "the decision before was taken back",
    "appeal": "an appeal was right",
    "appeal_declined": "an appeal was looked into, the decision stands",
    "silenced": "everything by this member is read first",
    "too_fast": "sent very fast",
    "watched_words": "watched words",
    "repeated": "the same text again",
    "look_alike": "a name that looks like another",
    "throw_away": "a throw-away mail address",
    "spam_score": "looks like spam",
    "same_host": "links to the same site again and again",
    "rewritten": "a text that was read, rewritten",
    "daily_limit": "more than a day takes",
    "picture_purged": "its last picture was taken away",
    "consent_revoked": "its author took the consent back",
    OTHER: "another reason",
}


def label_of(key: str) -> str:
    """What the log says for a key; for one it does not know, no more than that there was a reason."""
    if not key:
        return ""
    for known in (RETURN, REMOVE):
        if key in known and key not in BY_RULES:
            return known[key].label.lower()
    return BY_RULES.get(key, BY_RULES[OTHER])


def in_words(kind: dict[str, Reason], key: str, own_words: str, name: str) -> str:
    """What the author reads: the canned words with their name, then what the moderator added."""
    canned = kind[key].words.replace("{name}", name) if key in kind else ""
    return "\n\n".join(part for part in (canned, own_words.strip()) if part)[:1000]
