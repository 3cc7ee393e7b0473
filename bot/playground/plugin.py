"""A pytest plugin: the local Slack, the simulated Nexthink and the real bot, so that a test reads as a story.

    pytest_plugins = ["bot.playground.plugin"]  # in the topmost conftest.py

    async def test_fix(bot, person):
        ada = person("Ada Example")

        await ada.command("/fix teams cache")
        await ada.press("Run")

        await ada.sees("Clear Teams cache", "Status: done")

Every fixture may be overridden: `transport`, `policy`, `slack_settings`, `clock`. Everything speaks over real sockets
on 127.0.0.1 and the database is a file; time passes by itself where nothing happens, or by `clock.jump`.
"""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.app import Vitals
from bot.clock import utc_now
from bot.playground.bot import running_between
from bot.playground.clock import Clock
from bot.playground.nexthink.server import SimulatedNexthink
from bot.playground.slack.installation import Settings
from bot.playground.slack.person.story import Protagonist
from bot.playground.slack.server import LocalSlack
from bot.playground.stand import POLICY, Stand, running_stand

PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
"""Slack's SDK takes them even for this machine."""


@pytest.fixture
def clock() -> Clock:
    """The time of all: real time, and what a test adds to it."""
    return Clock(utc_now)


@pytest.fixture
def slack_settings() -> Settings:
    """The local Slack's settings; without a limit on messages, which a test that lets hours pass would meet."""
    return Settings(messages_per_second=0)


@pytest.fixture
def transport() -> str:
    """The way from Slack to the bot: socket or http."""
    return "socket"


@pytest.fixture
def policy() -> str:
    """The text of the policy file: the playground's."""
    return POLICY.read_text("utf-8")


@pytest.fixture
async def stand(clock: Clock, slack_settings: Settings) -> AsyncIterator[Stand]:
    """Both servers."""
    async with running_stand(clock=clock, slack_settings=slack_settings) as stand:
        yield stand


@pytest.fixture
def workspace(stand: Stand) -> LocalSlack:
    """The local Slack, with the people and channels of Example Corp."""
    return stand.slack


@pytest.fixture
def nexthink(stand: Stand) -> SimulatedNexthink:
    """The simulated Nexthink, with the same people."""
    return stand.nexthink


@pytest.fixture
def person(workspace: LocalSlack, clock: Clock) -> Callable[[str], Protagonist]:
    """A maker of people by name, who act and see as at their Slack."""
    return lambda name: Protagonist(workspace.client_of(name), workspace.workspace.changes, clock)


@pytest.fixture
async def bot(
    stand: Stand, clock: Clock, transport: str, policy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Vitals]:
    """The real bot, running."""
    policy_file = tmp_path / "policy.yaml"
    policy_file.write_text(policy, encoding="utf-8")
    environment = {
        **dict.fromkeys(PROXIES, ""),
        **stand.environment_of_bot(tmp_path, transport),
        "FIXDESK_POLICY": str(policy_file),
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    async with running_between(stand.slack, clock) as vitals:
        yield vitals
