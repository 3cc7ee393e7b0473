"""`fixdesk serve` as a process: what it says of a wrong configuration, how it works, how it ends."""

import asyncio
import socket
import time

import pytest

from bot.playground.nexthink.fault import Endpoint, hang
from bot.playground.slack.faults import Fault
from bot.playground.slack.person.client import Client
from bot.playground.stand import Stand
from tests.cli.conftest import Command, Ended, told_to_stop

STOPPED_WITHIN = 15.0
DEAD = "http://127.0.0.1:9"
DEAD_PROXIES = dict.fromkeys(("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"), DEAD)
SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-sesame-1",
    "SLACK_APP_TOKEN": "xapp-sesame-2",
    "SLACK_SIGNING_SECRET": "sesame-3",
    "NEXTHINK_CLIENT_SECRET": "sesame-4",
}
PLAIN = {**SECRETS, "NEXTHINK_INSTANCE": "acme", "NEXTHINK_REGION": "eu", "NEXTHINK_CLIENT_ID": "sesame-id"}

WRONG = {
    "SLACK_BOT_TOKEN": "xoxp-sesame-5",
    "SLACK_APP_TOKEN": "sesame-6",
    "SLACK_TRANSPORT": "pigeon-sesame",
    "SLACK_API_URL": "sesame",
    "NEXTHINK_REGION": "sesame",
    "NEXTHINK_INSTANCE": "sesame.evil.example/",
    "NEXTHINK_API_URL": "ftp://sesame",
    "NEXTHINK_DEVICES_QUERY": "Sesame!",
    "FIXDESK_HTTP_PORT": "70000",
    "FIXDESK_POLICY": "nowhere.yaml",
}

PEOPLE = "version: 1\npeople: {domains: [a.example]}\n"
WRONG_POLICIES = {
    "no.yaml": ("version: 1\npeople: [", "YAML"),
    "empty.yaml": ("", "version: 1"),
    "group.yaml": (PEOPLE + "workflows: [{match: '*', run_by: [nobody]}]", "nobody"),
}
"""File → its text, and what the line about it says."""


def variables(stand: Stand, **changes: str) -> dict[str, str]:
    """Return what a bot needs in its environment to work with the stand."""
    return {**stand.environment(), "FIXDESK_HTTP_PORT": "0", **changes}


def assert_told(ended: Ended, *words: str) -> None:
    """Check that a wrong configuration was told: status 2, one line a fault, each of the words, no traceback."""
    lines = ended.err.splitlines()
    assert (ended.status, ended.out) == (2, "")
    assert all(line.startswith("fixdesk: ") for line in lines)
    for word in words:
        assert any(word in line for line in lines), f"{word} is not in {lines}"
    assert "sesame" not in ended.err


async def test_empty_environment_is_told_at_once(fixdesk: Command) -> None:
    """Everything that is missing is named in one go, each in a line of its own."""
    ended = await fixdesk.run("serve")

    slack, nexthink = ("BOT_TOKEN", "APP_TOKEN"), ("CLIENT_ID", "CLIENT_SECRET", "INSTANCE", "REGION")
    names = [*(f"SLACK_{name}" for name in slack), *(f"NEXTHINK_{name}" for name in nexthink)]
    assert_told(ended, *names)
    assert len(ended.err.splitlines()) == len(names)


async def test_wrong_variables_are_named(fixdesk: Command) -> None:
    """Each wrong value is told by its variable's name, all at once, and no secret is repeated."""
    ended = await fixdesk.run("serve", environment={**PLAIN, **WRONG})

    assert_told(ended, *WRONG)
    assert len(ended.err.splitlines()) == len(WRONG)


async def test_wrong_database_is_told(fixdesk: Command) -> None:
    """A database that cannot be opened ends the start with the variable's name."""
    urls = ("sqlite+aiosqlite:///nowhere/fixdesk.db", "mysql://sesame:sesame@localhost/x")
    plain = {**PLAIN, "FIXDESK_HTTP_PORT": "0"}

    runs = [fixdesk.run("serve", environment={**plain, "FIXDESK_DATABASE_URL": url}) for url in urls]

    for ended in await asyncio.gather(*runs):
        assert_told(ended, "FIXDESK_DATABASE_URL")


async def test_wrong_policy_is_told(fixdesk: Command) -> None:
    """A policy file that cannot be used ends the start, and the line names the file and the fault."""
    for name, (text, _) in WRONG_POLICIES.items():
        (fixdesk.folder / name).write_text(text, encoding="utf-8")

    runs = [fixdesk.run("serve", environment={**PLAIN, "FIXDESK_POLICY": name}) for name in WRONG_POLICIES]

    for ended, (name, (_, word)) in zip(await asyncio.gather(*runs), WRONG_POLICIES.items(), strict=True):
        assert_told(ended, name, word)


@pytest.mark.parametrize(
    ("variable", "value"), [("SLACK_BOT_TOKEN", "xoxb-sesame-7"), ("SLACK_APP_TOKEN", "xapp-sesame-8")]
)
async def test_token_that_slack_refuses_is_told(fixdesk: Command, stand: Stand, variable: str, value: str) -> None:
    """A token of the right form that Slack does not know ends the start with its name."""
    ended = await fixdesk.run("serve", environment=variables(stand, **{variable: value}))

    assert (ended.status, "sesame" in ended.err, "Traceback" in ended.err) == (2, False, False)
    assert any(line.startswith(f"fixdesk: {variable}") for line in ended.err.splitlines())


async def test_port_that_is_taken_is_told(fixdesk: Command, stand: Stand) -> None:
    """A port that somebody else has ends the start with the variable's name."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = await fixdesk.run("serve", environment=variables(stand, FIXDESK_HTTP_PORT=port))

    assert (ended.status, "FIXDESK_HTTP_PORT" in ended.err, "Traceback" in ended.err) == (2, True, False)


async def test_serve_works_behind_dead_proxies_and_ends_in_order(fixdesk: Command, stand: Stand) -> None:
    """Proxies of the environment do not hide what is on this machine; SIGTERM ends it with status 0."""
    process = await fixdesk.start("serve", environment=variables(stand, **DEAD_PROXIES))
    await stand.slack.connected(2)

    await _form(stand)
    began = time.monotonic()
    ended = await told_to_stop(process)

    assert (ended.status, ended.out, "Traceback" in ended.err) == (0, "", False)
    assert time.monotonic() - began < STOPPED_WITHIN
    assert (fixdesk.folder / "fixdesk.db").is_file()


async def test_log_holds_no_secret(fixdesk: Command, stand: Stand) -> None:
    """Whatever goes wrong, no token and no secret is in the log, and every line is JSON."""
    stand.nexthink.revoke_tokens()
    stand.slack.fail("views.open", Fault(cuts=True))
    process = await fixdesk.start("serve", environment=variables(stand))
    await stand.slack.connected(2)
    ada = stand.slack.client_of("Ada Example")
    await ada.command("/fix teams cache")
    await ada.message(lambda message: message.is_ephemeral)
    await stand.slack.drop_sockets()
    await stand.slack.connected(2)

    log = (await told_to_stop(process)).err

    for secret in (stand.slack.bot_token, stand.slack.app_token, stand.nexthink.client_secret, "Bearer ey"):
        assert secret not in log
    assert all(line.startswith("{") for line in log.splitlines())


async def test_sigterm_while_slack_is_away_ends_it(fixdesk: Command) -> None:
    """A bot that still waits for Slack ends at once too."""
    process = await fixdesk.start("serve", environment={**PLAIN, "SLACK_API_URL": DEAD, "FIXDESK_HTTP_PORT": "0"})
    assert process.stderr is not None
    async with asyncio.timeout(STOPPED_WITHIN):
        while b"Slack does not answer" not in await process.stderr.readline():
            pass

    began = time.monotonic()
    ended = await told_to_stop(process)

    assert (ended.status, time.monotonic() - began < 3) == (0, True)


async def test_sigterm_while_a_start_hangs_ends_it(fixdesk: Command, stand: Stand) -> None:
    """A call that hangs does not keep the process: it ends within 15 s, and the next one does not start it again."""
    process = await fixdesk.start("serve", environment=variables(stand))
    await stand.slack.connected(2)
    ada = await _form(stand)
    stand.nexthink.faults.add(Endpoint.EXECUTE, hang(processed=True))
    await ada.submit(ada.views[-1])
    await stand.nexthink.log.wait_for("/workflows/execute")

    began = time.monotonic()
    ended = await told_to_stop(process)
    took = time.monotonic() - began
    stand.nexthink.release()
    await fixdesk.start("serve", environment=variables(stand))
    await ada.message(lambda message: "Result unknown: it may have started" in message.words, timeout=ENOUGH)

    assert (ended.status, took < STOPPED_WITHIN) == (0, True)
    assert len(stand.nexthink.log.to("/workflows/execute")) == 1


ENOUGH = 10.0


async def _form(stand: Stand) -> Client:
    """Let Ada open the form of a workflow."""
    ada = stand.slack.client_of("Ada Example")
    assert (await ada.command("/fix teams cache")).ok
    await ada.view(lambda view: "submit" in view.body, timeout=ENOUGH)
    return ada
