"""Links: how many a text has and where they lead."""

import re
from urllib.parse import urlsplit

from portal.contributions.models import Contribution

LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
OUTSIDE_LINK = 'rel="nofollow ugc noopener"'
"""What links that lead elsewhere carry in the HTML of a text."""
_OUTSIDE = re.compile(r'<a\s[^>]*?href="([^"]{1,2000})"[^>]*?rel="nofollow ugc noopener"', re.IGNORECASE)


def count_links(contribution: Contribution) -> int:
    """Links in a text as typed, or as they came out: `[x](//…)` and `&#104;ttp://…` are links as well."""
    return max(len(LINK.findall(contribution.source or "")), (contribution.html or "").count(OUTSIDE_LINK))


def hosts_in(html: str) -> list[str]:
    """The hosts that links in a text lead to, outside of this site, once for each link; `www.` left out."""
    if OUTSIDE_LINK not in html:
        return []
    hosts = (_host(address.replace("&amp;", "&")) for address in _OUTSIDE.findall(html))
    return [host for host in hosts if host]


def _host(address: str) -> str:
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    return host.lower().strip(".").removeprefix("www.")
