"""Who belongs together: people of one organisation, or of one company's mail domain, are one group of voices."""

from pathlib import Path
from typing import Any

PUBLIC_PROVIDERS = frozenset((Path(__file__).parent / "public_mail_domains.txt").read_text().split())
"""Mail domains where anybody can have an address, so that sharing one says nothing."""


def group_of(member: Any) -> str:
    """The name of a member's group: the organisation, else a confirmed address's own domain, else only themselves.

    `member` is a Member or a row with its id, organisation, email and email_confirmed_at.
    """
    organisation = " ".join((member.organisation or "").casefold().split())
    if organisation:
        return f"organisation {organisation}"
    domain = (member.email or "").rpartition("@")[2].casefold()
    if domain and member.email_confirmed_at is not None and domain not in PUBLIC_PROVIDERS:
        return f"domain {domain}"
    return f"member {member.id}"
