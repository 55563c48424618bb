"""What was decided, in sentences: for a moderator who comes second, and for the history of an item."""

from flask import current_app

from portal.contributions.models import Decision

DID = {
    ("pending", "published"): "approved this",
    ("hidden", "published"): "showed this again",
    ("pending", "returned"): "sent this back to its author",
    ("hidden", "returned"): "sent this back to its author",
    ("published", "hidden"): "hid this",
    ("published", "published"): "looked into the reports and kept this",
    ("draft", "pending"): "sent this in, and it was held",
    ("returned", "pending"): "sent this in again",
    ("draft", "published"): "published this",
    ("returned", "published"): "sent this in again, and it was published",
    ("pending", "draft"): "took this back",
}

SPECIAL = {
    "undone": "took the decision before back",
    "appeal": "found an appeal right and showed this",
    "appeal_declined": "looked into an appeal and let the decision stand",
    "edited": "changed some words and approved this",
}


def told(decision: Decision) -> str:
    """A decision in words, with who and when: "Mara approved this 5 minutes ago"."""
    move = (decision.from_state, decision.to_state)
    if decision.rule in SPECIAL:
        did = SPECIAL[decision.rule]
        who = decision.actor.display_name if decision.actor else "Somebody"
        return f"{who} {did} {current_app.jinja_env.filters['ago'](decision.at)}"
    did = "removed this" if decision.to_state == "removed" else DID.get(move, "changed this")
    nobody = "The reports" if decision.rule == "reports" else "The rules"
    who = decision.actor.display_name if decision.actor else nobody
    ago = current_app.jinja_env.filters["ago"]
    return f"{who} {did} {ago(decision.at)}"


def too_late(decision: Decision | None) -> str:
    """For a moderator whose decision changed nothing: who decided before, and how."""
    if decision is None:
        return "There was nothing to decide any more, so nothing was changed."
    return f"{told(decision)}, so your decision changed nothing."
