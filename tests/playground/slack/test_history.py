"""What was written is read back as Slack gives it: by channel, by thread, by page."""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack.server import LocalSlack
from bot.playground.slack.workspace import Channel
from tests.playground.slack.asking import ask

METADATA = {"event_type": "run", "event_payload": {"id": 1}}


async def say(web: AsyncWebClient, text: str, **more: Any) -> str:
    """Post to #general and return the time stamp."""
    return str((await web.chat_postMessage(channel="C0GENERAL", text=text, **more))["ts"])


async def texts(web: AsyncWebClient, **args: Any) -> list[str]:
    """Return the texts of the history of #general."""
    return [message["text"] for message in (await web.conversations_history(channel="C0GENERAL", **args))["messages"]]


async def test_history_is_newest_first_without_replies(web: AsyncWebClient) -> None:
    """A parent tells of its replies; a reply is in the history only when it was broadcast."""
    parent = await say(web, "1")
    await say(web, "2", thread_ts=parent)
    last = await say(web, "3", thread_ts=parent, reply_broadcast=True)
    await say(web, "4")

    messages = (await web.conversations_history(channel="C0GENERAL"))["messages"]

    assert [message["text"] for message in messages] == ["4", "3", "1"]
    assert messages[1]["subtype"] == "thread_broadcast"
    facts = [messages[2][key] for key in ("thread_ts", "reply_count", "reply_users", "latest_reply")]
    assert facts == [parent, 2, ["U0FIXDESK"], last]


async def test_replies_start_with_the_parent(web: AsyncWebClient) -> None:
    """A thread is found by its parent and by any of its replies, and read in pages."""
    parent = await say(web, "1")
    reply = await say(web, "2", thread_ts=parent)
    await say(web, "3", thread_ts=reply)

    whole = await web.conversations_replies(channel="C0GENERAL", ts=reply)
    first = await web.conversations_replies(channel="C0GENERAL", ts=parent, limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    second = await web.conversations_replies(channel="C0GENERAL", ts=parent, limit=2, cursor=cursor)

    assert [message["text"] for message in whole["messages"]] == ["1", "2", "3"]
    assert {message["thread_ts"] for message in whole["messages"]} == {parent}
    assert whole["messages"][1]["parent_user_id"] == "U0FIXDESK"
    assert ([m["text"] for m in second["messages"]], second["has_more"]) == (["3"], False)


async def test_metadata_comes_only_when_asked_for(web: AsyncWebClient) -> None:
    """Without include_all_metadata neither history nor replies carry it."""
    ts = await say(web, "1", metadata=METADATA)
    bare = [
        await web.conversations_history(channel="C0GENERAL"),
        await web.conversations_replies(channel="C0GENERAL", ts=ts),
    ]
    full = [
        await web.conversations_history(channel="C0GENERAL", include_all_metadata=True),
        await web.conversations_replies(channel="C0GENERAL", ts=ts, include_all_metadata=True),
    ]

    assert all("metadata" not in answer["messages"][0] for answer in bare)
    assert all(answer["messages"][0]["metadata"] == METADATA for answer in full)


async def test_update_keeps_replaces_and_drops_metadata(web: AsyncWebClient) -> None:
    """Metadata stays where an update does not name it, and goes with an empty object."""
    ts = await say(web, "1", metadata=METADATA)
    other = {**METADATA, "event_type": "other"}

    async def update(**more: Any) -> Any:
        return (await web.chat_update(channel="C0GENERAL", ts=ts, text="2", **more))["message"].get("metadata")

    assert await update() == METADATA
    assert await update(metadata=other) == other
    assert await update(metadata={}) is None


async def test_time_range_excludes_its_ends(web: AsyncWebClient) -> None:
    """Oldest and latest are in the answer only with inclusive."""
    stamps = [await say(web, text) for text in "123"]
    ends = {"oldest": stamps[0], "latest": stamps[2]}

    assert await texts(web, **ends) == ["2"]
    assert await texts(web, **ends, inclusive=True) == ["3", "2", "1"]


async def test_history_comes_in_pages(web: AsyncWebClient) -> None:
    """A cursor leads on where the page ended, also after something new was said."""
    for text in "123":
        await say(web, text)
    first = await web.conversations_history(channel="C0GENERAL", limit=2)
    await say(web, "4")

    cursor = first["response_metadata"]["next_cursor"]

    assert ([m["text"] for m in first["messages"]], first["has_more"]) == (["3", "2"], True)
    assert await texts(web, limit=2, cursor=cursor) == ["1"]


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"cursor": "eA=="}, "invalid_cursor"),
        ({"cursor": "%"}, "invalid_cursor"),
        ({"limit": "many"}, "invalid_limit"),
        ({"limit": -1}, "invalid_limit"),
        ({"limit": [1]}, "invalid_limit"),
        ({"oldest": "yesterday"}, "invalid_ts_oldest"),
        ({"latest": "now"}, "invalid_ts_latest"),
        ({"latest": "nan"}, "invalid_ts_latest"),
        ({"channel": "C0RANDOM"}, "not_in_channel"),
    ],
)
async def test_history_is_refused(slack: LocalSlack, args: dict[str, Any], error: str) -> None:
    """What Slack cannot read it names."""
    assert (await ask(slack, "conversations.history", {"channel": "C0GENERAL", **args}))["error"] == error


async def test_thread_must_exist(slack: LocalSlack, web: AsyncWebClient) -> None:
    """Nobody replies to nothing, nor to what one person alone sees."""
    shown = await web.chat_postEphemeral(channel="C0GENERAL", user="U0ADA", text="x")
    reply = {"channel": "C0GENERAL", "text": "x"}
    nothing = {"channel": "C0GENERAL", "ts": "1.0"}

    assert (await ask(slack, "chat.postMessage", {**reply, "thread_ts": "1.0"}))["error"] == "thread_not_found"
    ephemeral = await ask(slack, "chat.postMessage", {**reply, "thread_ts": shown["message_ts"]})
    assert ephemeral["error"] == "cannot_reply_to_message"
    assert (await ask(slack, "conversations.replies", nothing))["error"] == "thread_not_found"


async def test_link_to_a_reply_names_its_thread(web: AsyncWebClient) -> None:
    """The address of a reply leads into its thread."""
    parent = await say(web, "1")
    reply = await say(web, "2", thread_ts=parent)

    link = (await web.chat_getPermalink(channel="C0GENERAL", message_ts=reply))["permalink"]

    assert link.endswith(f"/C0GENERAL/p{reply.replace('.', '')}?thread_ts={parent}&cid=C0GENERAL")


async def test_private_history_needs_its_scope(slack: LocalSlack) -> None:
    """Each kind of channel has a scope of its own."""
    slack.workspace.put_channel(Channel("C0CLUB", "club", frozenset({"U0FIXDESK"}), kind="private"))

    assert (await ask(slack, "conversations.history", {"channel": "C0CLUB"}))["needed"] == "groups:history"
