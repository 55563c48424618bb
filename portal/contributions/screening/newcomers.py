"""What is looked at first because of who sends it: new members, their pictures, throw-away addresses, the silenced."""

from portal.contributions.screening.submission import Submission
from portal.contributions.screening.verdicts import HOLD, Finding


def first_contributions(sub: Submission) -> Finding | None:
    """The first contributions of a new member wait for a moderator."""
    held = sub.s.held_contributions
    if sub.trust != "new" or sub.published_before >= held:
        return None
    return Finding(
        HOLD, "first_contributions", "A moderator reads the first contributions of every new member.",
        (f"{sub.published_before} published so far; the first {held} wait",),
    )  # fmt: skip


def pictures(sub: Submission) -> Finding | None:
    """Pictures by somebody new are looked at first, whatever their number in a photo submission."""
    if sub.trust != "new":
        return None
    count = len(sub.pictures)
    if sub.contribution.kind != "photo" and count <= sub.s.new_pictures:
        return None
    return Finding(
        HOLD, "pictures", "A moderator looks at the pictures of new members before others see them.",
        (f"{count} pictures",),
    )  # fmt: skip


def throwaway_mail(sub: Submission) -> Finding | None:
    """Who joined with an address that is thrown away after an hour is read for longer; they are told so plainly."""
    host = (sub.author.email or "").rpartition("@")[2].lower()
    if sub.published_before >= sub.s.throwaway_held_contributions or not is_throwaway(host):
        return None
    return Finding(
        HOLD, "throw_away",
        f"You joined with a throw-away mail address, so a moderator reads your first "
        f"{sub.s.throwaway_held_contributions} contributions. With a lasting address that is over.",
        (host,),
    )  # fmt: skip


def is_throwaway(host: str) -> bool:
    """Whether mail addresses at this host, or at the one it belongs to, are made to be thrown away."""
    from disposable_email_domains import blocklist  # a megabyte that only the first words of somebody new ask for

    labels = host.strip(".").split(".")
    return any(".".join(labels[n:]) in blocklist for n in range(len(labels) - 1))


def silenced(sub: Submission) -> Finding | None:
    """Whatever a silenced member sends waits."""
    until = sub.author.silenced_until
    if until is None or until <= sub.at:
        return None
    return Finding(
        HOLD, "silenced",
        f"Until {until:%-d %B %Y} a moderator reads what you send before others see it.", (f"until {until:%Y-%m-%d}",),
    )  # fmt: skip
