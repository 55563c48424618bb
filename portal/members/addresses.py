"""E-mail addresses in the one form in which they are kept and compared."""

from email_validator import EmailNotValidError, validate_email

from portal import text as texts

LONGEST = 254
"""RFC 5321: what fits between < and > of a mail command."""


def normal_email(typed: str) -> str:
    """An address as it is kept: lower case, its domain in ASCII. Raises ValueError with a sentence.

    No name server is asked: whether anybody reads it, the link we send finds out.
    """
    typed = texts.clean_line(typed)[: LONGEST * 2].removeprefix("mailto:")
    try:
        checked = validate_email(typed, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise ValueError("This is not an e-mail address one can write to. It looks like name@example.com.") from None
    address = (checked.ascii_email or checked.normalized).lower()
    if len(address) > LONGEST:
        raise ValueError("This address is longer than any that works.")
    return address


def masked(address: str) -> str:
    """An address that its owner recognises and others can't write to: `m…@example.com`."""
    name, _, domain = address.partition("@")
    return f"{name[:1]}…@{domain}"
