"""What follows from what: the whole map from verb to the functions that react to it.

`contributions/lifecycle.py` and its kin record a verb; the worker then calls, for each reaction
named here, the function that brings a derived thing in line with the tables. All are idempotent.
"""

from portal.activity import Map, Reaction
from portal.advocacy import followers as advocacy
from portal.contributions.screening import learning
from portal.helping import followers as helping
from portal.media import followers as media
from portal.media import purging
from portal.members import followers as members
from portal.notifications import followers as notifications
from portal.notifications import telling
from portal.profile import followers as profile
from portal.search import followers as search

index = Reaction("index", search.index_contributions, batch=200)
finish_pictures = Reaction("finish_pictures", media.finish_pictures, batch=4, can_wait=True)
show_pictures = Reaction("show_pictures", media.settle_pictures)
take_away = Reaction("take_away", purging.take_away, at_once=True)
delete_pictures = Reaction("delete_pictures", purging.delete_removed)
delete_files = Reaction("delete_files", purging.delete_files, at_once=True)
credit = Reaction("credit", advocacy.credit)
tell = Reaction("tell", telling.tell)
send = Reaction("send", notifications.send_at_once)
verify = Reaction("verify", members.verify_customers)
learn = Reaction("learn", learning.follow, batch=1, can_wait=True)
show_face = Reaction("show_face", media.settle_faces)
bring = Reaction("bring", helping.bring)
forget = Reaction("forget", profile.forget)

FOLLOWED: Map = {
    # a contribution's road
    "submitted": (show_pictures,),
    "published": (show_pictures, index, credit, tell, show_face, bring),
    "returned": (take_away, show_pictures, index, credit, tell),
    "hidden": (take_away, show_pictures, index, credit, tell),
    "restored": (show_pictures, index, credit, tell, bring),
    "removed": (take_away, show_pictures, delete_pictures, index, credit, tell, forget),
    "withdrawn": (take_away, show_pictures, index),
    "refused": (),
    "undone": (take_away, show_pictures, index, credit, tell, show_face, bring),
    "edited": (take_away, show_pictures, index, tell),
    "moved": (index,),
    "imported": (index, credit),
    # pictures and rights
    "picture_received": (finish_pictures,),
    "picture_blocked": (tell,),
    "picture_unblocked": (),
    "pictures_deleted": (delete_files,),
    "consent_revoked": (tell,),
    "consent_renewed": (tell,),
    "rights_asked": (tell,),
    "rights_answered": (tell,),
    "rights_withdrawn": (tell,),
    # who helps whom
    "thanked": (credit, tell, index),
    "thanks_withdrawn": (credit, index, tell),
    "thanks_word_changed": (tell,),
    "accepted": (credit, index, tell),
    "acceptance_withdrawn": (credit, index),
    "help_set_aside": (credit,),
    "help_counted_again": (credit,),
    # reports
    "reported": (),
    "member_reported": (),
    "reports_settled": (tell,),
    "member_reports_settled": (tell,),
    "reports_reopened": (),
    # moderation
    "appealed": (),
    "appeal_upheld": (tell,),
    "appeal_declined": (tell,),
    "second_look": (),
    "waits_long": (),
    "queue_warning": (send,),
    "spam_model_asked": (learn,),
    # members
    "confirmation_requested": (send,),
    "reset_requested": (send,),
    "email_change_requested": (send,),
    "email_changed": (send, verify),
    "password_changed": (send,),
    "confirmed": (verify, credit),
    "verified": (credit,),
    "profile_changed": (show_face, index),
    "suspended": (credit, tell),
    "reinstated": (credit, tell),
    "silenced": (tell,),
    "silence_ended": (tell,),
    "warned": (tell,),
    "board_role_changed": (),
    "erased": (show_face, index, credit),
    "role_changed": (credit,),
    # stories asked for
    "story_invited": (tell,),
    "story_declined": (tell,),
    "story_told": (tell,),
    # helpers
    "asked_by_name": (bring,),
    "question_brought": (tell,),
    "question_declined": (tell,),
    "weekly_note": (send,),
    "thanked_by_staff": (),
    "incentive_promised": (tell,),
    "incentive_withdrawn": (),
    # thanks that look arranged
    "finding_cleared": (),
    "finding_set_aside": (),
    "finding_lifted": (),
    "finding_appealed": (),
    "help_not_counted": (tell,),
    "help_counts_again": (tell,),
    "finding_appeal_upheld": (tell,),
    "finding_appeal_declined": (tell,),
    # recognition
    "recognition_confirmed": (tell,),
    "recognition_accepted": (tell,),
    "recognition_lapsed": (tell,),
    "recognition_notice": (tell,),
    "recognition_fell_back": (tell,),
    "recognition_term_notice": (tell,),
    "recognition_renewed": (tell,),
    "recognition_not_renewed": (tell,),
    "recognition_raised": (tell,),
    "recognition_ended": (tell,),
}
