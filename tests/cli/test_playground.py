"""`fixdesk playground` as a process: what it prints, that it works, that nothing is left of it."""

import asyncio
import json
from asyncio.subprocess import Process
from typing import Any

import httpx

from bot.playground.seed import ADA, EXAMPLE_CORP
from tests.cli.conftest import Command, told_to_stop
from tests.cli.test_serve import DEAD_PROXIES

KEYS = {
    "page",
    "slack_api_url",
    "nexthink_api_url",
    "nexthink_login_url",
    "nexthink_control_url",
    "bot_token",
    "app_token",
    "signing_secret",
    "people",
    "channels",
}


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
