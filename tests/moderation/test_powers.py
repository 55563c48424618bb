"""Who may do what: every row of the one table, tried with everybody, where they look after and elsewhere."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal.contributions import lifecycle
from portal.contributions.powers import POWERS, ROLES
from portal.contributions.reports import report
from portal.forum import commands as forum
from portal.members import standing
from portal.members.standing import name_for_board
from portal.moderation import commands, permitted
from tests import builders as make

SignIn = Callable[..., Any]
ACTS: dict[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "approve": ("pending", commands.approve),
    "return": ("pending", lambda c, m: commands.return_to_author(c, m, "More.")),
    "edit": ("pending", lambda c, m: commands.approve_with_changes(c, m, source="Other words.", title="Other")),
    "keep": ("published", commands.keep),
    "hide": ("published", lambda c, m: commands.hide(c, m, "Checking.")),
    "restore": ("hidden", commands.restore),
    "remove": ("published", lambda c, m: commands.remove(c, m, "Spam.", "spam")),
    "remove all of an author's": ("published", lambda c, m: commands.remove_as_spam(c, m, "Spam.")),
    "move and tag": ("published", lambda c, m: forum.move(c, make.board("Somewhere else"), m)),
}


def look_after(board: Any, role: str, **facts: Any) -> Any:
    """A member who looks after this board."""
    who = make.member(**facts)
    name_for_board(who, board.id, role, make.admin())
    return who


def everybody(board: Any) -> dict[str, Any]:
    return {
        "helper": look_after(board, "helper"),
        "board moderator": look_after(board, "moderator"),
        "moderator": make.moderator(),
        "admin": make.admin(),
        "member": make.member(),
        "suspended": look_after(board, "moderator", suspended_at=make.clock.now()),
    }


@pytest.mark.parametrize("act", ACTS)
def test_the_table_is_what_happens(app: Flask, act: str) -> None:
    board, start = make.board("Here"), ACTS[act][0]
    for role, who in everybody(board).items():
        for here in (True, False):
            topic: Any = make.topic(board=board if here else make.board("Not here"), state=start)
            if act == "keep":
                report(topic, make.member(), "spam")
            allowed = role in POWERS[act] and (here or role in ("moderator", "admin"))
            assert permitted.may(who, act, topic) == allowed
            if allowed:
                assert ACTS[act][1](topic, who), (role, here)
            else:
                with pytest.raises(lifecycle.NotAllowed):
                    ACTS[act][1](topic, who)
                assert topic.state == start


def test_every_act_of_the_table_is_tried_here_or_needs_the_whole_site() -> None:
    for act, roles in POWERS.items():
        assert set(roles) <= set(ROLES)
        assert act in ACTS or act == "see what waits" or not {"helper", "board moderator"} & set(roles), act


def test_a_boards_moderator_sees_and_decides_that_board_alone(app: Flask, as_member: SignIn) -> None:
    board = make.board("Here")
    here = make.topic(title="Stands here", board=board, state="pending")
    there = make.topic(title="Stands there", state="pending")
    reply = make.reply(make.topic(board=board), text="A reply that waits here", state="pending")
    visitor = as_member(look_after(board, "moderator"))
    page = visitor.get("/moderation/").text
    assert "Stands here" in page
    assert "A reply that waits here" in page
    assert "Stands there" not in page
    assert "All 2" in page
    assert "Stands there" not in visitor.get(f"/moderation/?board={there.board_id}").text
    assert visitor.get(f"/moderation/{there.id}").status_code == 403
    assert visitor.submit(f"/moderation/{there.id}/approve").status_code == 403
    assert visitor.submit(f"/moderation/{there.id}/spam").status_code == 403
    both = [str(here.id), str(there.id)]
    assert visitor.submit("/moderation/bulk", {"act": "approve", "ids": both}).status_code == 303
    assert (here.state, there.state) == ("published", "pending")
    assert visitor.submit(f"/moderation/{reply.id}/approve").location == "/moderation/"
    for closed in ("appeals", "quality", "second-looks", f"members/{here.author_id}"):
        assert visitor.get(f"/moderation/{closed}").status_code == 403


def test_a_helper_is_not_offered_what_helpers_do_not_do(app: Flask, as_member: SignIn) -> None:
    board = make.board("Here")
    topic = make.topic(board=board, state="pending")
    reported = make.topic(title="Was reported", board=board)
    report(reported, make.member(), "spam")
    visitor = as_member(look_after(board, "helper"))
    page = visitor.get(f"/moderation/{topic.id}").text
    assert f"/moderation/{topic.id}/approve" in page
    assert f"/moderation/{topic.id}/return" in page
    assert f"/moderation/{topic.id}/sort" in page
    for refused in ("remove", "spam", "approve-with-changes"):
        assert f"/moderation/{topic.id}/{refused}" not in page
        answer = visitor.submit(f"/moderation/{topic.id}/{refused}", {"reason": "spam", "source": "x"})
        assert answer.status_code == 403, refused
    assert "Was reported" not in visitor.get("/moderation/").text
    assert visitor.submit(f"/moderation/{reported.id}/hide", {"reason": "spam"}).status_code == 403
    assert topic.state == "pending"
    assert visitor.submit(f"/moderation/{topic.id}/approve").status_code == 303
    assert topic.state == "published"


def test_admins_alone_name_who_looks_after_a_board(app: Flask, as_member: SignIn) -> None:
    board, member = make.board("Here"), make.member("bea")
    boss = as_member(make.admin())
    here = f"/admin/members/{member.id}/board"
    assert boss.submit(here, {"board": str(board.id), "role": "helper"}).status_code == 303
    assert "Here" in boss.get(f"/admin/members/{member.id}").text
    assert as_member(member).get("/moderation/").status_code == 200
    assert "Moderation queue" in as_member(member).get("/forum/").text
    for number, role in (("x", "helper"), (str(board.id), "king"), ("999", "")):
        assert boss.submit(here, {"board": number, "role": role}).status_code == 400
    with pytest.raises(standing.Refused):
        standing.name_for_board(member, board.id, "moderator", make.moderator())
    boss.submit(here, {"board": str(board.id), "role": ""})
    assert as_member(member).get("/moderation/").status_code == 403
