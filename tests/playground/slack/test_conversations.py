"""Channels, people, groups and reactions are listed as far as the app may see them."""

from dataclasses import replace
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack.installation import Settings
from bot.playground.slack.server import LocalSlack
from bot.playground.slack.workspace import Channel, UserGroup
from tests.playground.slack.asking import ask, client_of, error_of

SCOPES = ("channels:join", "groups:read", "im:read", "reactions:read", "reactions:write", "usergroups:read")
ALL_TYPES = "public_channel,private_channel,im,mpim"


@pytest.fixture
async def allowed(start: Any) -> LocalSlack:
    """A local Slack whose app has more scopes."""
    slack: LocalSlack = await start(Settings(messages_per_second=0), *SCOPES)
    return slack


@pytest.fixture
def client(allowed: LocalSlack) -> AsyncWebClient:
    """Slack's own client for that app."""
    return client_of(allowed)


def ids(answer: Any) -> list[str]:
    """Return the ids of listed channels."""
    return [channel["id"] for channel in answer["channels"]]


async def test_list_shows_what_the_app_may_see(allowed: LocalSlack, client: AsyncWebClient) -> None:
    """Public channels are listed, private ones and direct ones only where the app is."""
    allowed.workspace.put_channel(Channel("C0CLUB", "club", frozenset({"U0FIXDESK"}), kind="private"))
    allowed.workspace.put_channel(Channel("C0OLD", "old", is_archived=True))

    assert ids(await client.conversations_list()) == ["C0GENERAL", "C0OLD", "C0RANDOM"]
    assert ids(await client.conversations_list(exclude_archived=True)) == ["C0GENERAL", "C0RANDOM"]
    everything = ids(await client.conversations_list(types=ALL_TYPES))
    assert everything == ["C0CLUB", "C0GENERAL", "C0OLD", "C0RANDOM", "D0ADA", "D0BEN", "D0CAT"]
    assert ids(await client.users_conversations()) == ["C0GENERAL"]
    assert ids(await client.users_conversations(user="U0ADA")) == ["C0GENERAL", "C0RANDOM"]


async def test_list_comes_in_pages(client: AsyncWebClient) -> None:
    """A cursor leads from page to page until it is empty."""
    first = await client.conversations_list(limit=1)
    second = await client.conversations_list(limit=1, cursor=first["response_metadata"]["next_cursor"])

    assert ids(first) + ids(second) == ["C0GENERAL", "C0RANDOM"]
    assert second["response_metadata"]["next_cursor"] == ""


async def test_each_type_needs_its_scope(slack: LocalSlack) -> None:
    """An app that may read public channels cannot list private ones."""
    assert (await ask(slack, "conversations.list", {"types": ALL_TYPES}))["error"] == "missing_scope"
    assert (await ask(slack, "conversations.list", {"types": "secret"}))["error"] == "invalid_types"


async def test_app_joins_public_channels(allowed: LocalSlack, client: AsyncWebClient) -> None:
    """The app lets itself into a public channel, and into no other."""
    allowed.workspace.put_channel(Channel("C0OLD", "old", is_archived=True))
    joined = await client.conversations_join(channel="C0RANDOM")
    again = await client.conversations_join(channel="C0RANDOM")

    assert (joined["channel"]["is_member"], again["warning"]) == (True, "already_in_channel")
    assert await error_of(client.conversations_join(channel="C0OLD")) == "is_archived"
    assert await error_of(client.conversations_join(channel="D0ADA")) == "method_not_supported_for_channel_type"


async def test_members_are_counted_when_asked_for(client: AsyncWebClient) -> None:
    """The number of members and the whole direct channel come on request."""
    bare = (await client.conversations_info(channel="C0GENERAL"))["channel"]
    full = (await client.conversations_info(channel="C0GENERAL", include_num_members=True))["channel"]
    dm = (await client.conversations_open(users="U0ADA", return_im=True))["channel"]

    assert ("num_members" in bare, full["num_members"], dm["user"]) == (False, 4, "U0ADA")


async def test_read_only_channel_takes_no_message(slack: LocalSlack) -> None:
    """Where only a few may post, the app may not."""
    general = slack.workspace.channel("general")
    slack.workspace.put_channel(replace(general, is_read_only=True))

    answer = await ask(slack, "chat.postMessage", {"channel": "C0GENERAL", "text": "x"})

    assert answer["error"] == "restricted_action_read_only_channel"


async def test_people_are_listed_in_pages(client: AsyncWebClient) -> None:
    """Everybody is listed, the app too."""
    first = await client.users_list(limit=3)
    second = await client.users_list(limit=3, cursor=first["response_metadata"]["next_cursor"])

    assert [user["id"] for user in first["members"]] == ["U0ADA", "U0BEN", "U0CAT"]
    assert [(user["id"], user["is_bot"]) for user in second["members"]] == [("U0FIXDESK", True)]


async def test_groups_tell_more_on_request(allowed: LocalSlack, client: AsyncWebClient) -> None:
    """Members, their number and groups that are switched off come on request."""
    allowed.workspace.groups["S0OLD"] = UserGroup("S0OLD", "old", "Old", is_disabled=True)
    bare = (await client.usergroups_list())["usergroups"]
    full = (await client.usergroups_list(include_users=True, include_count=True, include_disabled=True))["usergroups"]

    assert [group["id"] for group in bare] == ["S0DESK"]
    assert "users" not in bare[0]
    assert [group["id"] for group in full] == ["S0DESK", "S0OLD"]
    assert (full[0]["users"], full[0]["user_count"]) == (["U0BEN"], 1)
    assert await error_of(client.usergroups_users_list(usergroup="S0OLD")) == "no_such_subteam"


async def test_workspace_describes_itself(start: Any) -> None:
    """The workspace has a name and no emoji of its own."""
    web = client_of(await start(Settings(), "team:read", "emoji:read"))

    assert (await web.team_info())["team"]["name"] == "Example Corp"
    assert await error_of(web.team_info(team="T0OTHER")) == "team_not_found"
    assert (await web.emoji_list())["emoji"] == {}


async def test_reactions_are_added_and_taken_back(client: AsyncWebClient) -> None:
    """A reaction stands on its message once, and is gone when it is taken back."""
    ts = (await client.chat_postMessage(channel="C0GENERAL", text="x"))["ts"]
    eyes = {"channel": "C0GENERAL", "timestamp": ts, "name": "eyes"}

    assert await error_of(client.reactions_remove(**eyes)) == "no_reaction"
    await client.reactions_add(**eyes)
    assert await error_of(client.reactions_add(**eyes)) == "already_reacted"
    message = (await client.reactions_get(channel="C0GENERAL", timestamp=ts))["message"]
    assert message["reactions"] == [{"name": "eyes", "users": ["U0FIXDESK"], "count": 1}]
    await client.reactions_remove(**eyes)
    assert "reactions" not in (await client.reactions_get(channel="C0GENERAL", timestamp=ts))["message"]


async def test_reactions_are_refused(allowed: LocalSlack) -> None:
    """A reaction needs a message and the name of an emoji."""
    nowhere = {"channel": "C0GENERAL", "timestamp": "1.0", "name": "eyes"}

    assert (await ask(allowed, "reactions.add", nowhere))["error"] == "message_not_found"
    assert (await ask(allowed, "reactions.add", {"name": "eyes"}))["error"] == "no_item_specified"
    client = client_of(allowed)
    ts = (await client.chat_postMessage(channel="C0GENERAL", text="x"))["ts"]
    assert (await ask(allowed, "reactions.add", {**nowhere, "timestamp": ts, "name": "no no"}))[
        "error"
    ] == "invalid_name"
