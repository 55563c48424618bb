"""What a finding says, in sentences: what was found, and what is usual here. It accuses nobody."""

from typing import Any

from portal.guard.models import Finding

NAMES = {
    "circle": "Closed circle",
    "reciprocal": "Two who thank each other",
    "one_origin": "Accounts of one origin",
    "storm": "Many thanks at once",
    "bought": "Accounts that only thank",
}
STATE_NAMES = {"open": "open", "cleared": "nothing wrong", "set_aside": "set aside"}
LINKS = {
    "origin": "signed in from one place",
    "invited": "brought each other along, or were invited by the same member",
    "throwaway": "have throw-away addresses of one provider",
    "company": "belong to one company",
}
LINKS_SHORT = {
    "origin": "place of sign-in", "invited": "invitation", "throwaway": "throw-away addresses", "company": "company",
}  # fmt: skip
SAID = {
    "accepted": "it solved it", "asker_thanks": "thanks, as the one who asked", "thanks": "thanks",
    "decided": "it helped to decide",
}  # fmt: skip
_FOUND = {
    "circle": "{people} people thank each other round and round: {share} of what they got came from within the circle, "
    "{lines} acknowledgements.",
    "reciprocal": "Two people acknowledged each other {there} and {back} times. That is at least {share} of all that "
    "each of them gave and got.",
    "one_voice": "One member acknowledged another {lines} times: {of_given} of all they gave, and {of_received} of all "
    "the other got.",
    "devoted": "{people} people acknowledged one and the same helper three times and more, and nobody else: {lines} "
    "acknowledgements, {share} of all this helper got.",
    "hurried": "One member acknowledged {lines} contributions of another within {minutes} minutes.",
    "storm": "{people} accounts acknowledged one helper within {hours} hours. None was a month old, none had "
    "published anything, and none acknowledged anybody else.",
    "bought": "{people} accounts that never published anything acknowledged the same {helpers} helpers, each in one "
    "sitting: {lines} acknowledgements, at least half of what each of these helpers got.",
    "one_origin": "{people} people who have an origin in common acknowledged one helper: {lines} acknowledgements, "
    "{share} of all they gave, and {of_received} of all this helper got.",
}
_ALSO = {
    "circle": "It is a closed circle too.",
    "reciprocal": "Two of them mostly acknowledge each other, too.",
    "one_voice": "Most of it is one member's voice, too.",
    "devoted": "Several of them acknowledge nobody else, too.",
    "hurried": "Many of them came within minutes, too.",
    "storm": "Many of them came within a day from new accounts, too.",
    "bought": "Several of these accounts do nothing but thank, too.",
    "one_origin": "Some of them have an origin in common, too.",
}
_PER_CENT = ("share", "of_given", "of_received", "mutual_share", "to_one_share")


def found(finding: Finding) -> list[str]:
    """What was found, sentence by sentence."""
    facts = _shown(finding.evidence.get("facts", {}))
    what = finding.evidence.get("what", "")
    said = [_FOUND[what].format(**facts)] if what in _FOUND else []
    if finding.evidence.get("facts", {}).get("helper_too"):
        said.append("The helper is one of those who have it in common.")
    for sort, people in finding.evidence.get("links", ()):
        said.append(f"{len(people)} of them {LINKS.get(sort, 'have something in common')}.")
    return said + [_ALSO[one] for one in finding.evidence.get("also", ()) if one in _ALSO]


def weight(finding: Finding) -> str:
    """How much help score it is about, as when it was seen last."""
    hangs = "hangs" if finding.state == "open" else "hung"
    if finding.weight < 0.005:
        return f"No help score {hangs} on it"
    return f"{finding.weight:.2f} of help score {hangs} on it"


def usual(finding: Finding) -> list[str]:
    """What is usual here, as it was when it was found."""
    kept = finding.evidence.get("usual") or {}
    if not kept:
        return []
    shown = _shown(kept)
    return [
        f"One person acknowledges another {kept['lines_per_pair']:.1f} times on average.",
        f"{shown['mutual_share']} of all acknowledgements are between people who acknowledged each other.",
        f"Of what somebody gives, {shown['to_one_share']} usually goes to the one they thank most.",
    ]


def _shown(facts: dict[str, Any]) -> dict[str, Any]:
    return {
        name: f"{100 * value:.0f} %" if name in _PER_CENT else f"{value:g}" if isinstance(value, float) else value
        for name, value in facts.items()
    }
