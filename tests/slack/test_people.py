"""Members: what is read from Slack's user object, and how long it is remembered."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import FixdeskError, NotAllowedError
from bot.domain.person import Profile
from bot.slack import people as module
from bot.slack.people import GROUP_REMEMBERED_FOR, REMEMBERED_FOR, SlackPeople, read_profile
from tests.domain.values import NOON

TEAM = "T1"
ADA: dict[str, Any] = {
    "id": "UADA",
    "team_id": TEAM,
    "name": "ada",
    "deleted": False,
    "is_bot": False,
    "is_restricted": False,
    "is_ultra_restricted": False,
    "is_email_confirmed": True,
    "profile": {"real_name": "Ada Lovelace", "email": "ada@example.com"},
}
WHOLE = Profile(slack_id="UADA", name="Ada Lovelace", email="ada@example.com")


@pytest.mark.parametrize(
    ("changes", "read"),
    [
        ({}, {}),
        ({"is_email_confirmed": False}, {"is_email_confirmed": False}),
        ({"is_restricted": True}, {"is_guest": True}),
        ({"is_ultra_restricted": True}, {"is_guest": True}),
        ({"is_stranger": True}, {"is_stranger": True}),
        ({"is_bot": True}, {"is_bot": True}),
        ({"deleted": True}, {"is_deactivated": True}),
        ({"team_id": "T2"}, {"is_of_this_team": False}),
        ({"team_id": "T2", "enterprise_user": {"teams": ["T2"]}}, {"is_of_this_team": False}),
        ({"team_id": "T2", "enterprise_user": {"teams": ["T1", "T2"]}}, {}),
        ({"enterprise_user": {}}, {}),
        ({"profile": {"email": "ada@example.com"}, "real_name": "Ada L."}, {"name": "Ada L."}),
        ({"profile": {"email": "ada@example.com"}}, {"name": "ada"}),
        ({"profile": None}, {"name": "ada", "email": ""}),
        ({"profile": {"real_name": "Ada Lovelace", "email": None}}, {"email": ""}),
    ],
)
def test_member_is_read_as_slack_shows_them(changes: dict[str, Any], read: dict[str, Any]) -> None:
    """Each flag means one thing, and the best name counts."""
    assert read_profile({**ADA, **changes}, TEAM) == Profile(
        **{field: read.get(field, getattr(WHOLE, field)) for field in Profile.__dataclass_fields__}
    )


def test_absent_flags_do_not_hold() -> None:
    """An absent confirmation counts as given, an absent team as this one."""
    assert read_profile({"id": "UADA"}, TEAM) == Profile(slack_id="UADA", name="UADA")
    assert read_profile({}, TEAM) == Profile(slack_id="")


@pytest.mark.parametrize("user", [{}, {"team_id": "T2"}, {"team_id": "T2", "enterprise_user": {"teams": ["T3"]}}])
def test_nobody_is_of_another_team_where_the_own_one_is_unknown(user: dict[str, Any]) -> None:
    """An empty team id says nothing of anybody."""
    assert read_profile({**ADA, **user}, "").is_of_this_team


class Slack:
    """A workspace on loopback that answers users.info, and counts."""

    def __init__(self) -> None:
        self.answers: dict[str, dict[str, Any]] = {"UADA": {"ok": True, "user": ADA}}
        self.asked: Counter[str] = Counter()
        self.now = NOON

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one call."""
        user = request.query.get("user") or request.query["usergroup"]
        self.asked[user] += 1
        return web.json_response(self.answers.get(user, {"ok": False, "error": "user_not_found"}))


@pytest.fixture
def slack() -> Slack:
    """The workspace."""
    return Slack()


@pytest.fixture
async def people(slack: Slack) -> AsyncIterator[SlackPeople]:
    """Its members, asked for over a real socket."""
    app = web.Application()
    app.router.add_get("/users.info", slack.answer)
    app.router.add_get("/usergroups.users.list", slack.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient("xoxb-1", base_url=f"http://127.0.0.1:{runner.addresses[0][1]}/", session=session)
        client.proxy = None
        yield SlackPeople(client=client, team_id=TEAM, clock=lambda: slack.now)
    await runner.cleanup()


async def test_member_is_remembered_for_a_while(slack: Slack, people: SlackPeople) -> None:
    """Within it Slack is asked only for what must be fresh."""
    assert await people.profile("UADA") == WHOLE
    slack.now += REMEMBERED_FOR
    assert await people.profile("UADA") == WHOLE
    assert slack.asked["UADA"] == 1

    await people.profile("UADA", fresh=True)
    assert slack.asked["UADA"] == 2

    slack.now += REMEMBERED_FOR + timedelta(seconds=1)
    await people.profile("UADA")
    assert slack.asked["UADA"] == 3


async def test_known_is_what_was_last_heard_however_old(slack: Slack, people: SlackPeople) -> None:
    """It never asks; nothing is known of somebody who was not asked for."""
    assert people.known("UADA") is None

    await people.profile("UADA")
    slack.now += timedelta(days=30)

    assert people.known("UADA") == WHOLE
    assert slack.asked["UADA"] == 1


async def test_answer_is_about_the_member_who_was_asked_for(slack: Slack, people: SlackPeople) -> None:
    """An answer without an id, or without a user, is not taken for somebody else."""
    slack.answers["UADA"] = {"ok": True, "user": {key: value for key, value in ADA.items() if key != "id"}}
    slack.answers["UBARE"] = {"ok": True}

    assert await people.profile("UADA") == WHOLE
    assert (await people.profile("UBARE")).slack_id == "UBARE"


@pytest.mark.parametrize("error", ["user_not_found", "user_not_visible", "users_not_found"])
async def test_member_whom_slack_does_not_show_is_refused(slack: Slack, people: SlackPeople, error: str) -> None:
    """Who they are cannot be known."""
    slack.answers["UADA"] = {"ok": False, "error": error}

    with pytest.raises(NotAllowedError, match="Slack does not show who you are"):
        await people.profile("UADA")


async def test_failure_refuses_nobody(slack: Slack, people: SlackPeople) -> None:
    """It is a trouble of the moment, and what was known stays known."""
    await people.profile("UADA")
    slack.answers["UADA"] = {"ok": False, "error": "invalid_auth"}

    with pytest.raises(FixdeskError, match="at the moment") as caught:
        await people.profile("UADA", fresh=True)

    assert not isinstance(caught.value, NotAllowedError)
    assert people.known("UADA") == WHOLE


async def test_memory_is_bounded(slack: Slack, people: SlackPeople, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many people a workspace has."""
    monkeypatch.setattr(module, "MOST_REMEMBERED", 2)
    for name in ("U1", "U2", "U3"):
        slack.answers[name] = {"ok": True, "user": ADA}
        await people.profile(name)

    assert [people.known(name) is not None for name in ("U1", "U2", "U3")] == [False, False, True]


async def test_group_is_remembered_for_a_while(slack: Slack, people: SlackPeople) -> None:
    """What must be fresh is asked for."""
    slack.answers["S1"] = {"ok": True, "users": ["UADA", "UGRACE"]}
    assert people.known_members("S1") == frozenset()

    assert await people.members_of("S1") == {"UADA", "UGRACE"} == people.known_members("S1")
    slack.now += GROUP_REMEMBERED_FOR
    await people.members_of("S1")
    assert slack.asked["S1"] == 1

    slack.answers["S1"] = {"ok": True, "users": ["UADA"]}
    assert await people.members_of("S1", fresh=True) == {"UADA"}
    slack.now += GROUP_REMEMBERED_FOR + timedelta(seconds=1)
    await people.members_of("S1")
    assert slack.asked["S1"] == 3


async def test_group_that_cannot_be_read_has_nobody(people: SlackPeople) -> None:
    """Slack does not know it, or the app lacks the scope."""
    assert await people.members_of("S-UNKNOWN") == frozenset()


async def test_remembered_group_serves_while_slack_has_trouble(slack: Slack, people: SlackPeople) -> None:
    """But for what must be fresh."""
    slack.answers["S1"] = {"ok": True, "users": ["UADA"]}
    await people.members_of("S1")
    slack.answers["S1"] = {"ok": False, "error": "internal_error"}
    slack.now += GROUP_REMEMBERED_FOR + timedelta(seconds=1)

    assert await people.members_of("S1") == {"UADA"}
    with pytest.raises(FixdeskError, match="who is in a group"):
        await people.members_of("S1", fresh=True)
