"""A response_url answers five times in thirty minutes, to one person unless told otherwise."""

from typing import Any

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack.server import LocalSlack

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
