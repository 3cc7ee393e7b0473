"""`fixdesk playground` as a process: what it prints, that it works, that nothing is left of it."""

import asyncio
import json
from asyncio.subprocess import Process
from collections.abc import Callable
from typing import Any

import aiohttp
import httpx
import pytest

from bot.playground.seed import ADA, EXAMPLE_CORP
from tests.cli.conftest import Command, told_to_stop
from tests.cli.test_serve import DEAD_PROXIES

KEYS = {
    "page",
    "slack_api_url",
    "nexthink_api_url",
    "nexthink_login_url",
    "nexthink_control_url",
    "slack_control_url",
    "bot_token",
    "app_token",
    "signing_secret",
    "people",
    "channels",
}

ANSWERS = {"Action": "grant", "Hours": "4", "Reason": "To install a driver"}


async def first_line(process: Process) -> dict[str, Any]:
    """Read the line of JSON that a headless playground prints first."""
    assert process.stdout is not None
    async with asyncio.timeout(15):
        line = await process.stdout.readline()
    facts: dict[str, Any] = json.loads(line)
    return facts


async def act(facts: dict[str, Any], **what: Any) -> dict[str, Any]:
    """Act as a person does on the page."""
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        answer = await client.post(f"{facts['page']}ui/act", json={"person": ADA.slack_id, **what})
    said: dict[str, Any] = answer.json()
    return said


async def test_headless_prints_one_line_with_everything(fixdesk: Command) -> None:
    """The first line is JSON with every key that scripts rely on; the page is served; at the end nothing is left."""
    kept = {"TMPDIR": str(fixdesk.folder)}
    process = await fixdesk.start("playground", "--headless", environment={**DEAD_PROXIES, **kept})
    facts = await first_line(process)
    assert list(fixdesk.folder.iterdir()) != []

    async with httpx.AsyncClient(trust_env=False) as client:
        page = await client.get(facts["page"])
    ended = await told_to_stop(process)

    assert facts.keys() >= KEYS
    assert facts["people"] == {person.name: person.slack_id for person in EXAMPLE_CORP.people}
    assert facts["channels"] == {channel.name: channel.slack_id for channel in EXAMPLE_CORP.channels}
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html")
    assert (ended.status, ended.out, "Traceback" in ended.err) == (0, "", False)
    assert list(fixdesk.folder.iterdir()) == []


async def test_bot_is_connected_when_the_line_is_printed(fixdesk: Command) -> None:
    """Whoever has read the line can type `/fix` at once, whatever proxies and variables the shell has."""
    shell = {"FIXDESK_POLICY": "nowhere.yaml", "SLACK_TRANSPORT": "pigeon", "NEXTHINK_REGION": "moon"}
    process = await fixdesk.start("playground", "--headless", environment={**DEAD_PROXIES, **shell})
    facts = await first_line(process)

    answer = await act(facts, do="command", channel=facts["channels"]["general"], text="/fix teams cache")

    assert answer["ok"] is True
    assert (await told_to_stop(process)).status == 0


async def test_without_a_bot_another_can_be_pointed_at_it(fixdesk: Command) -> None:
    """`--no-bot` leaves the bot out; a bot that is started with what the line says works."""
    playground = await fixdesk.start("playground", "--headless", "--no-bot")
    facts = await first_line(playground)
    command = {"do": "command", "channel": facts["channels"]["general"], "text": "/fix teams cache"}
    alone = await act(facts, **command)

    serve = await fixdesk.start("serve", environment=_environment(facts))
    assert serve.stderr is not None
    async with asyncio.timeout(15):
        while b"fixdesk is up" not in (line := await serve.stderr.readline()):
            assert line
    answer = await act(facts, **command)

    assert (alone["ok"], alone["error"], answer["ok"]) == (False, "dispatch_failed", True)
    assert [(await told_to_stop(process)).status for process in (serve, playground)] == [0, 0]


async def test_eight_hours_pass_in_a_moment(fixdesk: Command) -> None:
    """An approval that nobody gave has expired after a jump of the clock, and its card says so at once."""
    process = await fixdesk.start("playground", "--headless")
    facts = await first_line(process)
    await act(facts, do="command", channel=facts["channels"]["general"], text="/fix local admin permission")
    [view] = await seen(facts, forms)
    assert await act(facts, do="submit", view_id=view["id"], values=filled_in(view)) == {"ok": True}
    asked = await seen(facts, cards_with("waiting for approval"))

    jumped = await control(facts, "clock", seconds=8 * 3600)
    expired = await seen(facts, cards_with("expired"))

    assert jumped["clock"]["ahead_seconds"] == 8 * 3600
    assert [card["ts"] for card in expired] == [card["ts"] for card in asked]
    assert (await told_to_stop(process)).status == 0


async def test_slack_reaches_the_bot_over_http(fixdesk: Command) -> None:
    """With `--transport http` commands arrive as signed requests."""
    process = await fixdesk.start("playground", "--headless", "--transport", "http")
    facts = await first_line(process)
    answer = await act(facts, do="command", channel=facts["channels"]["general"], text="/fix teams cache")
    told = await control(facts, "ssl_check")

    assert answer["ok"] is True
    assert (told["transport"], told["request_url"].endswith("/slack/events")) == ("http", True)
    assert (await told_to_stop(process)).status == 0


async def test_another_bot_is_found_over_http(fixdesk: Command, unused_tcp_port: int) -> None:
    """The address of another bot is looked at until it answers; its clock would not follow, so nobody jumps."""
    port = str(unused_tcp_port)
    url = f"http://127.0.0.1:{port}/slack/events"
    playground = await fixdesk.start(
        "playground", "--headless", "--no-bot", "--transport", "http", "--request-url", url
    )
    facts = await first_line(playground)
    over_http = {"SLACK_TRANSPORT": "http", "FIXDESK_HTTP_PORT": port}
    serve = await fixdesk.start("serve", environment={**_environment(facts), **over_http})
    assert playground.stderr is not None
    async with asyncio.timeout(15):
        while b"has answered" not in (line := await playground.stderr.readline()):
            assert line
    answer = await act(facts, do="command", channel=facts["channels"]["general"], text="/fix teams cache")
    refused = await control(facts, "clock", seconds=60)

    assert answer["ok"] is True
    assert (refused["ok"], "has a clock of its own" in refused["message"]) == (False, True)
    assert [(await told_to_stop(process)).status for process in (serve, playground)] == [0, 0]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--request-url", "http://127.0.0.1:1"), "--request-url: it goes with --no-bot --transport http alone"),
        (("--no-bot", "--transport", "http"), "--request-url: say where the other bot takes Slack's requests"),
        (("--no-bot", "--transport", "http", "--request-url", "bot"), "--request-url: write an address such as http:"),
    ],
)
async def test_options_that_do_not_go_together(fixdesk: Command, arguments: tuple[str, ...], sentence: str) -> None:
    """Nothing is started, and the sentence names the option."""
    ended = await fixdesk.run("playground", "--headless", *arguments)

    assert (ended.status, ended.out, sentence in ended.err) == (2, "", True)


def forms(snapshot: dict[str, Any]) -> list[dict[str, Any]]:
    """Look for modals that ask for a reason."""
    return [view for view in snapshot["views"] if '"Reason"' in json.dumps(view["blocks"])]


def filled_in(view: dict[str, Any]) -> dict[str, Any]:
    """Return values for the inputs that have an answer; the others keep what is chosen in them."""
    asked = [block for block in view["blocks"] if block["type"] == "input" and block["label"]["text"] in ANSWERS]
    return {block["block_id"]: {block["element"]["action_id"]: state(block)} for block in asked}


def state(block: dict[str, Any]) -> dict[str, Any]:
    """Answer one input, as Slack writes the state of a text or of a select."""
    element, answer = block["element"], ANSWERS[block["label"]["text"]]
    chosen = [option for option in element.get("options", ()) if option["value"] == answer]
    filled = {"selected_option": chosen[0]} if chosen else {"value": answer}
    return {"type": element["type"], **filled}


def cards_with(words: str) -> Callable[[dict[str, Any]], list[dict[str, Any]]]:
    """Look for messages that say something."""
    return lambda snapshot: [
        message
        for messages in snapshot["messages"].values()
        for message in messages
        if message["user"] == snapshot["app"]["bot_user_id"] and words in json.dumps(message["blocks"])
    ]


async def seen(facts: dict[str, Any], look: Callable[[dict[str, Any]], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Wait as the page does until Ada sees something."""
    url = f"{facts['page']}ui?person={ADA.slack_id}"
    async with asyncio.timeout(15), aiohttp.ClientSession() as session, session.ws_connect(url, max_msg_size=0) as page:
        while not (found := look(await page.receive_json())):
            pass
    return found


async def control(facts: dict[str, Any], what: str, **asked: Any) -> dict[str, Any]:
    """Ask the control of the local Slack for something."""
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        answer = await client.post(f"{facts['slack_control_url']}/{what}", json=asked)
    said: dict[str, Any] = answer.json()
    return said


def _environment(facts: dict[str, Any]) -> dict[str, str]:
    return {
        "SLACK_API_URL": facts["slack_api_url"],
        "SLACK_BOT_TOKEN": facts["bot_token"],
        "SLACK_APP_TOKEN": facts["app_token"],
        "SLACK_SIGNING_SECRET": facts["signing_secret"],
        "NEXTHINK_API_URL": facts["nexthink_api_url"],
        "NEXTHINK_LOGIN_URL": facts["nexthink_login_url"],
        "NEXTHINK_CLIENT_ID": facts["nexthink_client_id"],
        "NEXTHINK_CLIENT_SECRET": facts["nexthink_client_secret"],
        "FIXDESK_HTTP_PORT": "0",
    }
