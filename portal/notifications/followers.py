"""What follows for those who are told: a line on the site, a mail. The two ways are rooms' files of their own."""

from portal.notifications.at_once import send_at_once
from portal.notifications.telling import tell

__all__ = ["send_at_once", "tell"]
