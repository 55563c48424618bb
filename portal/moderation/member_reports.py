"""Reporting a member: for what a profile shows, or for conduct that is in no single text."""

from sqlalchemy.exc import IntegrityError

from portal import activity
from portal import text as texts
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.writing import must_write
from portal.db import db
from portal.members.models import Member
from portal.moderation.models import MemberReport

REASONS = {
    "abuse": "Insults or threatens others, here or by what the profile says",
    "spam": "Is here to advertise",
    "private": "Shows somebody who may not agree, or something private",
    "impersonation": "Pretends to be somebody else",
    "other": "Something else",
}


def report_member(member: Member, reporter: Member, reason: str, note: str = "") -> bool:
    """Note that `reporter` finds something wrong; a second open report by the same member changes nothing.

    Raises NotAllowed for oneself and for who may not write, ValueError for an unknown reason.
    """
    must_write(reporter)
    if reason not in REASONS:
        raise ValueError(f"unknown reason {reason!r}")
    if member.id == reporter.id:
        raise NotAllowed("This is you. You can change your profile in your account.")
    try:
        with db.session.begin_nested():
            db.session.add(
                MemberReport(
                    member_id=member.id, reporter_id=reporter.id, reason=reason, note=texts.clean_source(note)[:1000]
                )
            )
    except IntegrityError:
        return False
    activity.record("member_reported", member=member, actor=reporter, reason=reason)
    return True
