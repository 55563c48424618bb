"""What the worker does by the clock, and how often (in seconds)."""

from portal.advocacy import chores as advocacy
from portal.backups import chores as backups
from portal.contributions.screening import learning
from portal.guard import chores as guard
from portal.helping import chores as helping
from portal.media import followers as media
from portal.media import purging
from portal.members import chores as members
from portal.moderation import chores as moderation
from portal.notifications import ending, letters
from portal.search import followers as search
from portal.search import noting
from portal.watching import keeping, standing
from portal.worker import Chore

MINUTE, HOUR = 60, 3600


CHORES: tuple[Chore, ...] = (
    Chore("write down what was counted", 10, keeping.flush, in_each=True),
    Chore("look how it stands", MINUTE, standing.sample),
    Chore("make hours of the minutes of yesterday", HOUR, keeping.tidy),
    Chore("tend the search index", MINUTE, search.tend_index),
    Chore("build a search index that nobody can read", 10, search.mend_index),
    Chore("send what has gathered", MINUTE, letters.send_gathered),
    Chore("sweep pictures nobody used", HOUR, media.sweep),
    Chore("delete the pictures of what moderators removed", HOUR, purging.sweep_removed),
    Chore("forget sign-ups nobody confirmed", HOUR, members.forget_sign_ups),
    Chore("forget from where members signed in long ago", 12 * HOUR, members.forget_origins),
    Chore("end what moderators set a term to", MINUTE, members.end_terms),
    Chore("warn moderators of what waits too long", 10 * MINUTE, moderation.warn_of_late),
    Chore("draw approvals for a second look", HOUR, moderation.draw_second_looks),
    Chore("learn from the moderators what spam is, once a day", HOUR, learning.nightly),
    Chore("keep what was learned of spam", 2, learning.pick_up, in_each=True, goes_on=learning.is_under_way),
    Chore("forget what was searched for long ago", 12 * HOUR, noting.forget_words),
    Chore("send the weekly digest", HOUR, letters.send_digests),
    Chore("bring open questions to members", 15 * MINUTE, helping.bring_questions),
    Chore("note to helpers whom they helped", HOUR, helping.note_helpers),
    Chore("suggest whom to thank", 6 * HOUR, helping.suggest_thanks),
    Chore("let scores age, review and propose recognition, once a day", 10 * MINUTE, advocacy.nightly, daily=True),
    Chore("look for thanks that look arranged, once a day", 10 * MINUTE, guard.nightly, daily=True),
    Chore("tell whose consents end soon, once a day", 10 * MINUTE, ending.tell_of_ends, daily=True),
    Chore("make a backup when one is due or asked for", 10, backups.tend, in_each=True),
)
