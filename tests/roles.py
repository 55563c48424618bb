"""Who may call what: the table of every route and every role. tests/test_roles_and_routes.py holds the portal to it."""

# One letter a role: prospect, newcomer, customer (whose thing it is), employee, moderator, admin, suspended.
#   o  let in, though a form may come back      s  led to the sign-in      n  refused (403)
#   -  not found                                g  the link in a mail is no longer valid (410)
EVERYBODY = "ooooooo"
MEMBERS = "soooooo"
WRITERS = "sooooon"
CUSTOMERS = "soonoon"  # employees write articles instead
THE_AUTHOR = "snonnnn"
AUTHOR_OR_MODERATOR = "snonoon"
ANYBODY_ELSE = "sonooon"
MODERATORS = "snnnoon"
ADMINS = "snnnnon"
WITH_A_LINK = "ggggggg"

WHO = {
    # the front door, and what machines ask
    "GET front.show_front": EVERYBODY,
    "GET front.healthz": EVERYBODY,
    "GET front.readyz": EVERYBODY,
    "GET site_css": EVERYBODY,
    "GET show_css": EVERYBODY,
    "GET theme": EVERYBODY,
    "GET static": "-------",  # what is there is served before the portal is asked
    # accounts
    "GET account.sign_up": EVERYBODY,
    "POST account.sign_up": EVERYBODY,
    "GET account.look_into_mail": EVERYBODY,
    "POST account.send_again": EVERYBODY,
    "GET account.confirm": WITH_A_LINK,
    "POST account.confirm": WITH_A_LINK,
    "GET account.sign_in": EVERYBODY,
    "POST account.sign_in": EVERYBODY,
    "POST account.sign_out": EVERYBODY,
    "POST account.sign_out_everywhere": MEMBERS,
    "GET account.ask_for_reset": EVERYBODY,
    "POST account.ask_for_reset": EVERYBODY,
    "GET account.reset_password": WITH_A_LINK,
    "POST account.reset_password": WITH_A_LINK,
    "GET account.change_password": MEMBERS,
    "POST account.change_password": MEMBERS,
    "GET account.change_email": MEMBERS,
    "POST account.change_email": MEMBERS,
    "GET account.confirm_email": WITH_A_LINK,
    "POST account.confirm_email": WITH_A_LINK,
    "POST account.prove_email": MEMBERS,
    "GET account.show_account": MEMBERS,
    "GET account.edit_profile": WRITERS,
    "POST account.edit_profile": WRITERS,
    "POST account.choose_mail": MEMBERS,
    "GET account.list_own_contributions": MEMBERS,
    # whoever is suspended can still take everything along and leave
    "GET account.show_export": MEMBERS,
    "GET account.take_data": MEMBERS,
    "GET account.take_everything": MEMBERS,
    "GET account.erase_account": MEMBERS,
    "POST account.erase_account": MEMBERS,
    # members
    "GET members.list_members": EVERYBODY,
    "GET members.show_member": EVERYBODY,
    "GET members.suggest": MEMBERS,
    # forum
    "GET forum.show_forum": EVERYBODY,
    "GET forum.show_board": EVERYBODY,
    "GET forum.show_topic": EVERYBODY,
    "GET forum.start_topic": MEMBERS,  # the page tells the suspended why they can't; see below
    "POST forum.start_topic": MEMBERS,
    "GET forum.start_topic_anywhere": MEMBERS,
    "POST forum.start_topic_anywhere": MEMBERS,
    "GET forum.edit_topic": AUTHOR_OR_MODERATOR,
    "POST forum.edit_topic": AUTHOR_OR_MODERATOR,
    "POST forum.arrange_topic": MODERATORS,
    "GET forum.move_topic": MODERATORS,
    "POST forum.move_topic": MODERATORS,
    "POST forum.accept_reply": THE_AUTHOR,
    "POST forum.withdraw_acceptance": THE_AUTHOR,
    # blog, stories, photos
    "GET blog.show_blog": EVERYBODY,
    "GET blog.show_article": EVERYBODY,
    "GET blog.write_article": WRITERS,
    "POST blog.write_article": WRITERS,
    "GET blog.edit_article": AUTHOR_OR_MODERATOR,
    "POST blog.edit_article": AUTHOR_OR_MODERATOR,
    "GET stories.show_stories": EVERYBODY,
    "GET stories.show_story": EVERYBODY,
    "GET stories.tell_story": CUSTOMERS,
    "POST stories.tell_story": CUSTOMERS,
    "GET stories.edit_story": AUTHOR_OR_MODERATOR,
    "POST stories.edit_story": AUTHOR_OR_MODERATOR,
    "GET stories.show_photos": EVERYBODY,
    "GET stories.show_photo": EVERYBODY,
    "GET stories.submit_photo": CUSTOMERS,
    "POST stories.submit_photo": CUSTOMERS,
    "GET stories.edit_photo": AUTHOR_OR_MODERATOR,
    "POST stories.edit_photo": AUTHOR_OR_MODERATOR,
    "GET stories.show_challenges": EVERYBODY,
    "GET stories.show_challenge": EVERYBODY,
    "GET stories.open_challenge": MODERATORS,
    "POST stories.open_challenge": MODERATORS,
    "GET stories.edit_challenge": MODERATORS,
    "POST stories.edit_challenge": MODERATORS,
    "POST stories.close_challenge": MODERATORS,
    "POST stories.delete_challenge": MODERATORS,
    "GET stories.invite": "snnooon",
    "POST stories.invite": "snnooon",
    "POST stories.decline": "s-o----",
    "POST stories.say_decided": "oonooon",  # the owner thanks nobody; the suspended thank nobody
    # contributions of any kind
    "GET contributions.jump": EVERYBODY,
    "GET contributions.reply": MEMBERS,
    "POST contributions.reply": MEMBERS,
    "GET contributions.edit": AUTHOR_OR_MODERATOR,
    "POST contributions.edit": AUTHOR_OR_MODERATOR,
    "GET contributions.show_history": AUTHOR_OR_MODERATOR,
    "POST contributions.thank": ANYBODY_ELSE,
    "POST contributions.unthank": MEMBERS,
    "POST contributions.follow": MEMBERS,
    "POST contributions.unfollow": MEMBERS,
    "GET contributions.report": ANYBODY_ELSE,
    "POST contributions.report": ANYBODY_ELSE,
    "GET contributions.remove": THE_AUTHOR,
    "POST contributions.remove": THE_AUTHOR,
    "POST contributions.submit_again": "s-o-nn-",  # what was returned is there for nobody else
    "POST contributions.withdraw": "s-o-nn-",
    "POST contributions.preview": MEMBERS,
    "PUT contributions.save_draft": MEMBERS,
    "DELETE contributions.discard_draft": MEMBERS,
    # pictures: one that waits is there for its owner and for moderators
    "POST media.receive_picture": WRITERS,
    "GET media.show_picture": "--o-oo-",
    "GET media.show_public": EVERYBODY,
    # moderation
    "GET moderation.show_log": EVERYBODY,
    "GET moderation.show_queue": MODERATORS,
    "GET moderation.show_item": MODERATORS,
    "GET moderation.purge_picture": MODERATORS,
    "POST moderation.purge_picture": MODERATORS,
    "GET moderation.show_blocked_pictures": MODERATORS,
    "POST moderation.unblock_picture": MODERATORS,
    "POST moderation.approve": MODERATORS,
    "POST moderation.return_to_author": MODERATORS,
    "POST moderation.remove": MODERATORS,
    "POST moderation.hide": MODERATORS,
    "POST moderation.restore": MODERATORS,
    "POST moderation.keep": MODERATORS,
    # rights: what a member agreed to is nobody else's to take back or to answer
    "GET rights.show_own": MEMBERS,
    "POST rights.take_back": "s-o----",
    "POST rights.answer": "s-o----",
    "GET rights.show_rights": MODERATORS,
    "GET rights.take_rights": MODERATORS,
    "GET rights.show_proof": MODERATORS,
    "GET rights.take_proof": MODERATORS,
    "GET rights.take_proof_as_table": MODERATORS,
    "GET rights.ask": MODERATORS,
    "POST rights.ask": MODERATORS,
    "POST rights.withdraw": MODERATORS,
    # search, feeds
    "GET search.search": EVERYBODY,
    "GET search.suggest_places": EVERYBODY,
    "GET search.show_similar": EVERYBODY,
    "GET search.show_insights": MODERATORS,
    "GET search.take_insights": MODERATORS,
    "GET feeds.show_feed": EVERYBODY,
    "GET feeds.show_sitemap": EVERYBODY,
    "GET feeds.show_sitemap_places": EVERYBODY,
    "GET feeds.show_sitemap_part": EVERYBODY,
    "GET feeds.show_robots": EVERYBODY,
    # recognition
    "GET advocacy.show_advocates": EVERYBODY,
    "GET advocacy.how_this_works": EVERYBODY,
    "GET advocacy.show_own_help": MEMBERS,
    "GET advocacy.show_recognition": MEMBERS,
    "POST advocacy.accept_recognition": MEMBERS,
    "POST advocacy.refuse_recognition": MEMBERS,
    "POST advocacy.rest_recognition": MEMBERS,
    "POST advocacy.resume_recognition": MEMBERS,
    "POST advocacy.step_down": MEMBERS,
    "GET advocacy.show_proposals": MODERATORS,
    "POST advocacy.confirm_proposal": MODERATORS,
    "POST advocacy.decline_proposal": MODERATORS,
    # notifications
    "GET notifications.show_notifications": MEMBERS,
    "GET notifications.open_notification": "s-o----",
    "POST notifications.mark_all_read": MEMBERS,
    "GET notifications.stop_mail": EVERYBODY,
    "POST notifications.stop_mail": EVERYBODY,
    "GET dev_mail.list_mail": EVERYBODY,  # in development alone; see below
    "GET dev_mail.show_mail": EVERYBODY,
    "GET dev_mail.show_html": EVERYBODY,
    # the owner's
    "GET admin.show_overview": ADMINS,
    "GET admin.edit_site": ADMINS,
    "POST admin.edit_site": ADMINS,
    "GET admin.edit_words": ADMINS,
    "POST admin.edit_words": ADMINS,
    "GET admin.edit_boards": ADMINS,
    "POST admin.edit_boards": ADMINS,
    "GET admin.edit_board": ADMINS,
    "POST admin.edit_board": ADMINS,
    "POST admin.delete_board": ADMINS,
    "POST admin.move_board": ADMINS,
    "GET admin.edit_products": ADMINS,
    "POST admin.edit_products": ADMINS,
    "GET admin.edit_product": ADMINS,
    "POST admin.edit_product": ADMINS,
    "POST admin.delete_product": ADMINS,
    "POST admin.move_product": ADMINS,
    "GET admin.import_list": ADMINS,
    "POST admin.import_list": ADMINS,
    "GET admin.list_members": ADMINS,
    "GET admin.show_member": ADMINS,
    "POST admin.change_role": ADMINS,
    "POST admin.suspend": ADMINS,
    "POST admin.reinstate": ADMINS,
    "POST admin.verify": ADMINS,
    "POST admin.unverify": ADMINS,
}


def rooms() -> list[str]:
    """The blueprints in the table."""
    return sorted({room(route) for route in WHO})


def room(route: str) -> str:
    """The blueprint a route belongs to."""
    return route.split()[1].partition(".")[0]
