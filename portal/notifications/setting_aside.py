"""What those concerned hear when thanks are set aside or count again, and when their appeal is answered."""

SENTENCES = {
    "help_not_counted": "Thanks that you gave or got were set aside and do not count for now. You can appeal once",
    "help_counts_again": "Thanks that had been set aside count again",
    "finding_appeal_upheld": "Another moderator looked, and you were right: what was set aside counts again",
    "finding_appeal_declined": "Another moderator looked, and what was set aside stays set aside",
}
VERBS = frozenset(SENTENCES)
