"""Every setting, typed, with its default and what it is for."""

from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PREFIX = "PORTAL_"


class SettingsError(Exception):
    """A setting is missing, weak or of the wrong form; the message says which and what to do."""


def _setting(default: Any, purpose: str) -> Any:
    return field(default=default, metadata={"purpose": purpose})


@dataclass(frozen=True)
class Settings:
    """One attribute a setting; `PORTAL_` and the name in capitals is its environment variable."""

    env: str = _setting("development", "`development` or `production`")
    secret_key: str = _setting("", "signs sessions and links; required in production, 32 characters or more")
    database_url: str = _setting("", "`sqlite:///…` (default, below the data folder) or `postgresql://…`")
    data_dir: Path = _setting(Path("instance"), "where database, search index, mail folder and keys live")
    uploads_dir: Path = _setting(Path("uploads"), "where pictures live when storage is a folder")
    bind: str = _setting("127.0.0.1:8000", "address and port the web server listens on")
    base_url: str = _setting("", "the public address, as in `https://community.example.com`")
    redis_url: str = _setting("", "`redis://…`: limits, kept pages and wake-ups shared by several machines")
    storage_url: str = _setting("", "`file://…` (default `uploads/`) or `s3://bucket?endpoint=…`")
    search: str = _setting("whoosh", "the search engine: `whoosh`, or `postgresql` where the database is PostgreSQL")
    mail_url: str = _setting("", "`folder` (default in development) or `smtp://user:password@host:port`")
    mail_from: str = _setting("", "sender of all mail (default: no-reply@ the public address)")
    log_format: str = _setting("text", "`text` or `json`: one line a request or an event on standard error")
    web_processes: int = _setting(1, "web server processes; above 1, set PORTAL_REDIS_URL so that limits are shared")
    web_threads: int = _setting(8, "threads in each web process")
    trusted_proxies: int = _setting(0, "how many reverse proxies stand in front and set X-Forwarded-* headers")

    new_until_contributions: int = _setting(5, "a member is new until so many contributions are published …")
    new_until_days: int = _setting(3, "… and so many days have passed since joining")
    trusted_from_contributions: int = _setting(30, "a member is trusted from so many published contributions …")
    trusted_from_days: int = _setting(30, "… and so many days after joining")
    held_contributions: int = _setting(3, "so many first contributions of a new member wait for a moderator")
    new_topics_a_day: int = _setting(3, "topics a new member can start in 24 hours")
    new_replies_a_day: int = _setting(10, "replies a new member can write in 24 hours")
    new_links: int = _setting(2, "links in one contribution of a new member before it is held")
    new_pictures: int = _setting(3, "pictures in one contribution of a new member before it is held")
    new_reply_pause: int = _setting(30, "seconds between two replies of a new member")
    new_topic_pause: int = _setting(120, "seconds between two topics of a new member")
    reply_pause: int = _setting(5, "seconds between two replies of any other member")
    topic_pause: int = _setting(15, "seconds between two topics of any other member")
    reports_to_hide: int = _setting(3, "reports by regular members that hide a contribution until decided")
    same_host_links: int = _setting(3, "links to one and the same site by one member that are held …")
    repeated_days: int = _setting(7, "… counted over so many days, in which repeated texts are looked for too")
    repeated_likeness: float = _setting(0.8, "share of word runs in common (0 to 1) that makes a text a repeated one")
    edit_likeness: float = _setting(0.6, "share of approved words that an edit by a new member has to leave (0 to 1)")
    throwaway_held_contributions: int = _setting(10, "first contributions held of members with a throw-away address")
    spam_hold_score: float = _setting(0.5, "learned spam score (0 to 1) from which a text is held")
    spam_examples: int = _setting(40, "examples of spam, and of other texts, before the spam score begins")
    spam_false_holds: float = _setting(0.005, "share of fair texts that may lie above a spam score of 0.5")
    trust_lost_days: int = _setting(90, "days for which what costs trust counts")
    trust_lost_removed: int = _setting(5, "points lost with a contribution that a moderator removed")
    trust_lost_false_report: int = _setting(1, "points lost with a report that was not agreed with")
    trust_lost_warning: int = _setting(5, "points lost with a warning, a silence or a suspension")
    trust_reports_at_most: int = _setting(10, "points earned at the most by reports that were agreed with")
    silent_edit_minutes: int = _setting(5, "minutes during which an edit leaves no revision")
    text_max_chars: int = _setting(50_000, "longest text of a contribution, in characters")
    title_max_chars: int = _setting(140, "longest title, in characters")
    picture_max_bytes: int = _setting(20 * 1024 * 1024, "largest picture file accepted, in bytes")
    picture_max_pixels: int = _setting(40_000_000, "largest picture accepted, in pixels")
    picture_kept_width: int = _setting(2560, "longest edge of a picture as kept, in pixels")
    pictures_per_contribution: int = _setting(10, "pictures in one contribution")
    pictures_per_hour: int = _setting(120, "pictures one member can send in an hour")
    orphan_hours: int = _setting(48, "hours after which an uploaded picture nobody used is swept away")
    removed_pictures_days: int = _setting(30, "days for which the pictures of what a moderator removed are kept")
    rights_ask_again_days: int = _setting(90, "days for which a no to wider rights is respected before asking again")
    story_ask_again_days: int = _setting(180, "days after a no to telling a story before asking that member again")
    decided_per_hour: int = _setting(10, "times an hour an address without an account can say `this helped me`")
    replies_per_page: int = _setting(20, "replies on a page")
    list_per_page: int = _setting(25, "rows on a page of any list")
    queue_warn_hours: int = _setting(24, "age at which a waiting contribution is marked as late")
    queue_alarm_hours: int = _setting(48, "age at which a waiting contribution is marked as overdue")
    claim_minutes: int = _setting(5, "minutes for which a moderator who opens an item has it, as the others see")
    undo_seconds: int = _setting(10, "seconds in which a moderator can take a decision back; 5 more are given")
    spam_sweep_days: int = _setting(30, "days back for which `remove as spam` takes all of an author's contributions")
    second_look_share: float = _setting(5.0, "percent of approvals that are drawn for a second look by somebody else")
    second_looks_a_day: int = _setting(10, "approvals drawn for a second look in a day at the most")
    sign_in_per_minute: int = _setting(6, "sign-in attempts a minute from one address")
    sign_in_per_hour: int = _setting(30, "sign-in attempts an hour from one address, and for one account")
    posts_per_minute: int = _setting(60, "writing requests a minute by one member or address")
    suggestions_per_minute: int = _setting(120, "suggestions a minute to one address while typing; more stay away")
    search_words_days: int = _setting(180, "days for which it is kept what was searched for, without the person")
    password_min_chars: int = _setting(10, "shortest password")
    link_hours: int = _setting(48, "hours for which a link sent by mail is valid")
    invite_days: int = _setting(14, "days for which the link with which a member invites somebody is valid")
    remember_days: int = _setting(30, "days for which `keep me signed in` holds")
    mail_batch_minutes: int = _setting(10, "minutes over which notification mails are gathered into one")
    mail_per_day: int = _setting(20, "notification mails one member gets in a day at the most")
    mail_idle_days: int = _setting(180, "days without a visit after which notification mail stops")

    score_half_life_days: int = _setting(60, "days after which an act of help counts half")
    score_accepted: float = _setting(1.0, "weight of an accepted reply")
    score_asker_thanks: float = _setting(0.5, "weight of the asker's thanks")
    score_other_thanks: float = _setting(0.3, "weight of another member's thanks")
    score_decided: float = _setting(0.3, "weight of a member's thanks for a story or photo that helped to decide")
    score_voice_budget: float = _setting(10.0, "what one member's voice can give away in all")
    score_voice_verified: float = _setting(1.0, "weight of a verified customer's voice")
    score_voice_confirmed: float = _setting(0.4, "weight of a confirmed member's voice")
    score_voice_new: float = _setting(0.05, "weight of any other member's voice")
    score_voice_days: int = _setting(14, "days of membership before a confirmed member's voice has its weight")
    score_origin_days: int = _setting(90, "days for which it is kept, as a digest, from where somebody signed in")
    score_origin_members: int = _setting(5, "members who make one group of voices by one address; more are a crowd")
    advocate_score: float = _setting(5.0, "help score from which recognition is proposed")
    advocate_customers: int = _setting(5, "verified customers helped, not credited in turn, that recognition needs")
    advocate_groups: int = _setting(3, "groups those customers must come from")
    advocate_weeks: int = _setting(4, "different weeks in which the help must have happened")
    advocate_days: int = _setting(180, "days back in which those customers must have been helped")
    advocate_lost_below: float = _setting(3.5, "help score below which recognition ends …")
    advocate_notice_days: int = _setting(60, "… after so many days' notice")
    advocate_term_days: int = _setting(365, "days for which a recognition holds")
    guard_days: int = _setting(180, "days back in which arranged thanks are looked for")
    guard_circle_share: float = _setting(0.6, "share of what a circle's people got from within, to be shown …")
    guard_circle_lines: int = _setting(6, "… and acknowledgements within it, at least as many as people")
    guard_pair_share: float = _setting(0.6, "share of all that two people gave and got that is between them …")
    guard_pair_lines: int = _setting(6, "… and acknowledgements between them")
    guard_group_people: int = _setting(3, "people of one origin who thank one helper, to be shown")
    guard_company_people: int = _setting(8, "verified customers of one company who thank one helper, to be shown")
    guard_group_share: float = _setting(0.5, "share of their thanks that goes to this helper")
    guard_storm_people: int = _setting(6, "young accounts without anything of their own that thank one helper …")
    guard_storm_hours: int = _setting(24, "… within so many hours")
    guard_giver_lines: int = _setting(12, "thanks from one member to another …")
    guard_giver_minutes: int = _setting(15, "… within so many minutes")
    guard_voice_lines: int = _setting(30, "thanks from one member to another that are most of what both gave and got")
    guard_bought_people: int = _setting(5, "accounts that only thank, and thank the same people, to be shown")
    leaderboards: bool = _setting(False, "`yes` shows who helped most people this month and this year")
    mentor_score: float = _setting(12.0, "help score from which an advocate is proposed as mentor; 0: no such level")
    mentor_customers: int = _setting(15, "verified customers helped, counted as for recognition, that a mentor needs")
    mentor_days: int = _setting(365, "days recognised, in all, that a mentor needs")
    ambassador_score: float = _setting(25.0, "help score from which an ambassador is proposed; 0: no such level")
    ambassador_customers: int = _setting(30, "verified customers helped, counted likewise, that an ambassador needs")
    ambassador_days: int = _setting(730, "days recognised, in all, that an ambassador needs")
    route_after_hours: int = _setting(4, "hours after which a question nobody answered is brought to members …")
    route_days: int = _setting(14, "… who solved such questions before, until it is so many days old")
    route_people: int = _setting(2, "members to whom one question is brought at a time …")
    route_again_hours: int = _setting(24, "… and hours after which it is brought to others, if still nobody answered")
    welcomes_a_week: int = _setting(5, "newcomers' first questions brought to one willing member in a week at the most")
    asked_a_week: int = _setting(5, "questions in a week at the most for which one member can be asked by name")
    search_solved_weight: float = _setting(0.05, "what being solved adds to a result's score, as a share of it")
    search_thanks_weight: float = _setting(0.0, "what each tenfold of thanks adds to a result's score, likewise")
    search_fresh_weight: float = _setting(0.0, "what being new adds to a result's score; half of it after a year")

    pages_seconds: int = _setting(60, "seconds a page is kept for readers without an account, rows for all; 0: none")
    metrics_token: str = _setting("", "what Prometheus sends as `Authorization: Bearer …`; empty: no `/metrics` page")
    slow_query_ms: int = _setting(500, "milliseconds from which a statement to the database is logged; 0: none is")
    slow_request_ms: int = _setting(1000, "milliseconds from which a request is logged as slow; 0: none is")

    backup_dir: str = _setting("", "folder, best on another disk, where the worker keeps backups; empty: it makes none")
    backup_hours: int = _setting(24, "hours between two backups by the worker; 0: only when an admin asks for one")
    backup_keep: int = _setting(7, "so many of the newest backups by the worker are kept …")
    backup_keep_weeks: int = _setting(4, "… and the newest of each of so many weeks")

    testing: bool = _setting(False, "used by the tests alone: closes what they must not reach")

    @property
    def production(self) -> bool:
        """Whether this is the real thing rather than a developer's or a demo's."""
        return self.env == "production"

    @property
    def only_here(self) -> bool:
        """Whether the public address is this machine's own, so that nobody else can reach a developer's pages."""
        return urlsplit(self.base_url).hostname in ("127.0.0.1", "localhost", "::1")

    @property
    def secure_cookies(self) -> bool:
        """Cookies only travel over TLS when the public address is a TLS one."""
        return self.base_url.startswith("https://")

    @property
    def mail_folder(self) -> Path:
        """Where mail is written when it is not sent."""
        return self.data_dir / "mail"

    @property
    def index_dir(self) -> Path:
        """Where the embedded search engine keeps its index."""
        return self.data_dir / "search"


def all_settings() -> list[tuple[str, Field[Any]]]:
    """Every setting as (environment variable, dataclass field), in order of appearance."""
    return [(PREFIX + f.name.upper(), f) for f in fields(Settings) if f.name != "testing"]
