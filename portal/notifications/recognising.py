"""What a member is told about their recognition: a sentence for each verb, and below it what they should know."""

from datetime import datetime
from typing import Any

from portal.activity import Activity

SENTENCES = {
    "recognition_confirmed": "You are invited to be recognised as an advocate",
    "recognition_lapsed": "The invitation to be an advocate has lapsed",
    "recognition_accepted": "You are an advocate now. Thank you",
    "recognition_notice": "Your recognition will end or change unless you help again",
    "recognition_fell_back": "Your recognition has changed",
    "recognition_term_notice": "Your term as an advocate runs out soon",
    "recognition_renewed": "Your recognition goes on for another term",
    "recognition_not_renewed": "Your recognition ends with its term",
    "recognition_raised": "You have reached a higher level of recognition. Thank you",
    "recognition_ended": "Your recognition as an advocate has ended",
}
VERBS = frozenset(SENTENCES)
DECIDED = frozenset(("recognition_fell_back", "recognition_not_renewed", "recognition_ended"))
"""What was taken from a member, with the reason: mailed in any case, as decisions are. The others can be switched off:
what is offered, what a member did themselves, what lies ahead and stands on their own page."""
_IN_SIGHT = "The numbers already propose another one, and a moderator will look at it; you need not do anything."
_NOT_IN_SIGHT = (
    "As it stands, no other one follows. If your help passes the gate before then, another one is proposed. "
    "Your help ledger says what is missing."
)


def note_of(line: Activity) -> str:
    """What stands below the sentence; nothing where the sentence says it all."""
    data, day = line.data, _day(line.data.get("ends_at"))
    match line.verb:
        case "recognition_confirmed":
            return "It asks nothing of you. You say yes or no, and choose what is shown."
        case "recognition_notice":
            return (
                f"Your help score has fallen below what holds it. On {day} you are what your score then holds; "
                "nothing changes if it has recovered by then."
            )
        case "recognition_fell_back":
            return " ".join(filter(None, (data.get("why"), f"From now on you are {_a(data.get('level'))}.")))
        case "recognition_term_notice":
            return f"It runs until {day}. {_IN_SIGHT if data.get('in_sight') else _NOT_IN_SIGHT}"
        case "recognition_renewed":
            return f"A moderator confirmed it. It now runs until {day}."
        case "recognition_not_renewed":
            return f"It runs until {day}, and stays with you as history. A moderator writes: {data.get('reason', '')}"
        case "recognition_raised":
            return f"A moderator confirmed what the numbers said: you are {_a(data.get('level'))}."
    return ""


def _day(iso: Any) -> str:
    at = datetime.fromisoformat(iso) if iso else None
    return f"{at.day} {at:%B %Y}" if at else ""


def _a(level: Any) -> str:
    return "an " + level if str(level)[:1] in "aeiou" else f"a {level}"
