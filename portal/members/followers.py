"""What follows when a member proves an address: it may stand on the customer list."""

from collections.abc import Sequence

from sqlalchemy import select

from portal import activity, clock
from portal.activity import Activity
from portal.db import db
from portal.members.models import ListedCustomer, Member


def verify_customers(lines: Sequence[Activity]) -> None:
    """Mark the members of these activities as verified customers if their confirmed address is listed."""
    for member_id in {line.member_id for line in lines if line.member_id}:
        member = db.session.get(Member, member_id)
        if member is not None:
            verify_from_list(member)


def verify_from_list(member: Member) -> bool:
    """Verify one member by the customer list; says whether anything changed."""
    if not member.confirmed or member.is_verified_customer or not member.email:
        return False
    listed = db.session.scalar(select(ListedCustomer).where(ListedCustomer.email == member.email))
    if listed is None:
        return False
    member.verified_at = clock.now()
    member.verified_how = "on the company's customer list"
    member.organisation = listed.organisation or member.organisation
    activity.record("verified", member=member)
    return True
