"""The playground's two servers, side by side: a local Slack and a simulated Nexthink with the same people."""

import contextlib
import dataclasses
import importlib.resources
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from aiohttp import web

import bot
from bot.playground.clock import Clock
from bot.playground.nexthink.catalog import load_catalog
from bot.playground.nexthink.control.api import Control
from bot.playground.nexthink.server import SimulatedNexthink, start_simulated_nexthink
from bot.playground.seed import ALAN, EXAMPLE_CORP, GRACE, Seed
from bot.playground.slack.control.api import SlackControl
from bot.playground.slack.installation import Settings as SlackSettings
from bot.playground.slack.server import LocalSlack, start_local_slack
from bot.playground.slack.suggestion import Suggestion
from bot.playground.slack.workspace import App, Channel, Person, Workspace

_DECIDERS = (GRACE.slack_id, ALAN.slack_id)
_DECIDED = ("Approved by", "Denied by")
SUGGESTIONS = (
    Suggestion(
        "/fix teams cache",
        title="Run a fix",
        hint="It starts at once and is soon done.",
        card="Clear Teams cache",
        ends=("Status: done",),
    ),
    Suggestion(
        "/fix windows 11 migration",
        title="Decide half way",
        hint="It pauses on the device until somebody approves.",
        card="Windows 11 migration",
        ends=_DECIDED,
        deciders=_DECIDERS,
        decided_in="C0APPROVALS",
    ),
    Suggestion(
        "/fix local admin permission",
        title="Ask first",
        hint="It does not start before somebody agrees.",
        card="Manage local admin permission",
        ends=_DECIDED,
        deciders=_DECIDERS,
        decided_in="C0APPROVALS",
    ),
)
"""One that runs, one that pauses for a decision, one that needs an approval first."""
POLICY = Path(__file__).parent / "policy.yaml"
CONTROL_PATH = "/nexthink"
"""Where the page finds the control of Nexthink, on its own origin."""
SLACK_CONTROL_PATH = "/slack"
"""Where it finds the control of the local Slack itself."""


@dataclasses.dataclass(frozen=True, slots=True)
class Stand:
    """Both servers, running."""

    slack: LocalSlack
    nexthink: SimulatedNexthink
    seed: Seed

    def environment(self) -> dict[str, str]:
        """Return what a bot needs in its environment to work with both."""
        return {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "SLACK_API_URL": self.slack.api_url,
            "NEXTHINK_API_URL": self.nexthink.api_url,
            "NEXTHINK_LOGIN_URL": self.nexthink.login_url,
            "NEXTHINK_CLIENT_ID": self.nexthink.client_id,
            "NEXTHINK_CLIENT_SECRET": self.nexthink.client_secret,
            "FIXDESK_POLICY": str(POLICY),
        }

    def environment_of_bot(self, folder: Path, transport: str = "socket") -> dict[str, str]:
        """Return all that a bot beside them needs: its database in a folder, its web server on a free port."""
        return {
            **self.environment(),
            "SLACK_TRANSPORT": transport,
            "FIXDESK_DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'fixdesk.db'}",
            "FIXDESK_HTTP_PORT": "0",
        }

    def facts(self) -> dict[str, Any]:
        """Return what a script needs to use both, as `--headless` prints it."""
        return {
            "page": f"{self.slack.url}/",
            "slack_api_url": self.slack.api_url,
            "nexthink_api_url": self.nexthink.api_url,
            "nexthink_login_url": self.nexthink.login_url,
            "nexthink_control_url": f"{self.slack.url}{CONTROL_PATH}",
            "slack_control_url": f"{self.slack.url}{SLACK_CONTROL_PATH}",
            "nexthink_client_id": self.nexthink.client_id,
            "nexthink_client_secret": self.nexthink.client_secret,
            "bot_token": self.slack.bot_token,
            "app_token": self.slack.app_token,
            "signing_secret": self.slack.signing_secret,
            "policy": str(POLICY),
            "people": {person.name: person.slack_id for person in self.seed.people},
            "channels": {channel.name: channel.slack_id for channel in self.seed.channels},
        }


@contextlib.asynccontextmanager
async def running_stand(
    *, clock: Clock, seed: Seed = EXAMPLE_CORP, slack_settings: SlackSettings | None = None, may_jump: bool = True
) -> AsyncIterator[Stand]:
    """Run both servers on free ports of 127.0.0.1 for as long as the context lasts.

    `may_jump` says whether the control lets time pass, which is right only where the bot goes by the same clock.
    """
    nexthink = await start_simulated_nexthink(seed.people, load_catalog(), clock=clock)
    try:

        def controls(slack: LocalSlack) -> list[web.RouteDef]:
            of_slack = SlackControl(slack, clock, may_jump=may_jump)
            return [*Control(nexthink).routes(CONTROL_PATH), *of_slack.routes(SLACK_CONTROL_PATH)]

        slack = await start_local_slack(
            read_app_manifest(), workspace_of(seed), clock=clock, settings=slack_settings, more_routes=controls
        )
        try:
            yield Stand(slack=slack, nexthink=nexthink, seed=seed)
        finally:
            await slack.stop()
    finally:
        await nexthink.stop()


def read_app_manifest() -> Mapping[str, Any]:
    """Read the app's manifest: beside the package's modules when installed, at the top of a checkout."""
    packaged = importlib.resources.files(bot) / "manifest.yaml"
    checkout = Path(bot.__file__).parent.parent / "manifest.yaml"
    text = packaged.read_text("utf-8") if packaged.is_file() else checkout.read_text("utf-8")
    manifest: Mapping[str, Any] = yaml.safe_load(text)
    return manifest


def workspace_of(seed: Seed) -> Workspace:
    """Return the seed's people and channels as a Slack workspace; the app is in every channel."""
    app = App()
    people = [
        Person(
            id=person.slack_id,
            name=person.name,
            email=person.email,
            title=person.title,
            is_restricted=person.is_restricted,
        )
        for person in seed.people
    ]
    channels = [
        Channel(
            id=channel.slack_id,
            name=channel.name,
            topic=channel.topic,
            members=frozenset({*channel.members, app.bot_user_id}),
        )
        for channel in seed.channels
    ]
    workspace = Workspace(people, channels, app=app, name=seed.team_name)
    workspace.suggestions = SUGGESTIONS
    return workspace
