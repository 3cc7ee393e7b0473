"""A response_url answers five times in thirty minutes, to one person unless told otherwise."""

from typing import Any

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack.server import LocalSlack
from tests.playground.slack.asking import error_of

Json = dict[str, Any]


@pytest.fixture
async def urls(connect: Any) -> list[str]:
    """The response_urls that the app was given."""
    urls: list[str] = []

    async def take(ack: Any, body: Json) -> None:
        await ack()
        urls.append(body["response_url"])

    def register(app: AsyncApp) -> None:
        app.command("/fix")(take)
        app.action("go")(take)

    await connect(register)
    return urls


async def respond(url: str, body: Json) -> tuple[int, str]:
    """Post to a response_url."""
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as response:
        return response.status, await response.text()


async def test_response_is_ephemeral_by_default(slack: LocalSlack, urls: list[str]) -> None:
    """Without a response_type one person sees it, even where the bot is no member."""
    await slack.client_of("U0ADA").command("/fix", "random")

    assert await respond(urls[0], {"text": "only you"}) == (200, "ok")
    assert await respond(urls[0], {"text": "all", "response_type": "in_channel"}) == (200, "ok")

    assert [message.text for message in slack.client_of("U0ADA").messages] == ["only you", "all"]
    assert [message.text for message in slack.client_of("U0BEN").messages] == ["all"]


async def test_response_url_wears_out(slack: LocalSlack, urls: list[str], clock: Any) -> None:
    """The sixth post, a late one and a made-up one are refused, and so are wrong blocks."""
    ada = slack.client_of("U0ADA")
    await ada.command("/fix", "general")
    await ada.command("/fix", "general")
    wrong: Json = {"blocks": [{"type": "section"}]}

    assert await respond(urls[0], wrong) == (400, "invalid_blocks")
    for _ in range(4):
        assert (await respond(urls[0], {"text": "x"}))[0] == 200
    assert await respond(urls[0], {"text": "x"}) == (404, "used_url")
    clock.move(minutes=31)
    assert await respond(urls[1], {"text": "x"}) == (404, "expired_url")
    assert await respond(f"{slack.url}/response/none", {"text": "x"}) == (404, "invalid_url")


@pytest.mark.parametrize("yes", [True, "true"])
async def test_response_changes_the_clicked_message(
    slack: LocalSlack, urls: list[str], web: AsyncWebClient, yes: Any
) -> None:
    """A click's response_url replaces and deletes its message, also an ephemeral one."""
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    blocks: list[Json] = [{"type": "actions", "elements": [button]}]
    await web.chat_postEphemeral(channel="C0GENERAL", user="U0ADA", text="x", blocks=blocks)
    ada = slack.client_of("U0ADA")
    await ada.press(await ada.message(), "go")

    await respond(urls[0], {"text": "y", "replace_original": yes})
    assert [(message.text, message.blocks) for message in ada.messages] == [("y", None)]
    await respond(urls[0], {"text": "", "delete_original": yes})
    assert ada.messages == []


async def test_command_has_nothing_to_replace(slack: LocalSlack, urls: list[str]) -> None:
    """On a command's response_url, replace_original only adds."""
    ada = slack.client_of("U0ADA")
    await ada.command("/fix", "general")
    await respond(urls[0], {"text": "x"})
    await respond(urls[0], {"text": "y", "replace_original": True})

    assert [message.text for message in ada.messages] == ["x", "y"]


async def test_response_can_go_into_a_thread(slack: LocalSlack, urls: list[str], web: AsyncWebClient) -> None:
    """With thread_ts and in_channel everybody sees a reply; a thread that is not there is refused."""
    parent = (await web.chat_postMessage(channel="C0GENERAL", text="x"))["ts"]
    await slack.client_of("U0ADA").command("/fix", "general")
    reply = {"text": "y", "response_type": "in_channel", "replace_original": False, "thread_ts": parent}

    assert await respond(urls[0], reply) == (200, "ok")
    assert await respond(urls[0], {**reply, "thread_ts": "1.0"}) == (400, "thread_not_found")

    replies = slack.workspace.replies("C0GENERAL", parent)
    assert [(message.text, message.only_for) for message in replies] == [("y", None)]


async def test_ephemeral_original_is_out_of_reach_of_methods(
    slack: LocalSlack, urls: list[str], web: AsyncWebClient
) -> None:
    """What one person sees can be changed by the response_url alone, and stays theirs."""
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    blocks: list[Json] = [{"type": "actions", "elements": [button]}]
    shown = await web.chat_postEphemeral(channel="C0GENERAL", user="U0ADA", text="x", blocks=blocks)
    ada = slack.client_of("U0ADA")
    await ada.press(await ada.message(), "go")

    for change in (
        web.chat_update(channel="C0GENERAL", ts=shown["message_ts"], text="y"),
        web.chat_delete(channel="C0GENERAL", ts=shown["message_ts"]),
    ):
        assert await error_of(change) == "message_not_found"
    await respond(urls[0], {"text": "y", "replace_original": True, "response_type": "in_channel"})
    assert [(message.text, message.only_for) for message in ada.messages] == [("y", "U0ADA")]
    assert slack.client_of("U0BEN").messages == []


@pytest.mark.parametrize("body", ["text", [], None])
async def test_response_must_be_an_object(slack: LocalSlack, urls: list[str], body: Any) -> None:
    """Anything but an object is refused, and costs no use."""
    await slack.client_of("U0ADA").command("/fix", "general")

    assert await respond(urls[0], body) == (400, "invalid_payload")
    for _ in range(5):
        assert await respond(urls[0], {"text": "x"}) == (200, "ok")
