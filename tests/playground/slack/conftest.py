"""A local Slack, a small workspace, and an unmodified Bolt app that is connected to it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp.web import AppRunner, TCPSite
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.clock import Clock
from bot.playground.slack.installation import Settings
from bot.playground.slack.server import LocalSlack, start_local_slack
from bot.playground.slack.workspace import Channel, Person, UserGroup, Workspace

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "fixdesk"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "fixdesk"},
        "slash_commands": [{"command": "/fix", "description": "Find a fix", "should_escape": True}],
        "shortcuts": [
            {"name": "Find a fix", "type": "global", "callback_id": "fix.open", "description": "Open"},
            {"name": "Fix this", "type": "message", "callback_id": "fix.message", "description": "Open"},
        ],
    },
    "oauth_config": {
        "scopes": {"bot": ["commands", "chat:write", "im:write", "users:read", "channels:read", "channels:history"]}
    },
    "settings": {"event_subscriptions": {"bot_events": ["app_home_opened", "message.channels"]}},
}


NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class MovableClock(Clock):
    """A clock that stands until a test moves it."""

    def __init__(self) -> None:
        super().__init__(lambda: NOW)

    def move(self, **by: float) -> None:
        """Let time pass."""
        self.jump(timedelta(**by))


def make_workspace() -> Workspace:
    """Return three people and three channels; the bot is only in #general."""
    people = [
        Person("U0ADA", "Ada Example", "ada@example.com", title="Employee"),
        Person("U0BEN", "Ben Example", "ben@example.com"),
        Person("U0CAT", "Cat Example", "cat@example.com"),
    ]
    everybody = frozenset(person.id for person in people)
    channels = [
        Channel("C0GENERAL", "general", everybody | {"U0FIXDESK"}, topic="Anything"),
        Channel("C0RANDOM", "random", everybody),
        Channel("C0SECRET", "secret", frozenset({"U0BEN"}), kind="private"),
    ]
    return Workspace(people, channels, [UserGroup("S0DESK", "desk", "Desk", ("U0BEN",))])


Start = Callable[..., Awaitable[LocalSlack]]


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "")


@pytest.fixture
def clock() -> MovableClock:
    """The clock of the local Slack."""
    return MovableClock()


@pytest.fixture
def settings() -> Settings:
    """Settings without a message rate, because the clock stands still."""
    return Settings(messages_per_second=0)


@pytest.fixture
async def start(clock: MovableClock) -> AsyncIterator[Start]:
    """A way to start a local Slack of one's own, with other settings or more scopes."""
    async with AsyncExitStack() as stack:

        async def started(settings: Settings, *scopes: str, **features: Any) -> LocalSlack:
            bot = [*MANIFEST["oauth_config"]["scopes"]["bot"], *scopes]
            more = {"oauth_config": {"scopes": {"bot": bot}}, "features": MANIFEST["features"] | features}
            manifest = MANIFEST | more
            slack = await start_local_slack(manifest, make_workspace(), clock=clock, settings=settings)
            stack.push_async_callback(slack.stop)
            return slack

        yield started


@pytest.fixture
async def slack(start: Start, settings: Settings) -> LocalSlack:
    """A running local Slack."""
    return await start(settings)


@pytest.fixture
def web(slack: LocalSlack) -> AsyncWebClient:
    """Slack's own client, talking to the local Slack."""
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)


Connect = Callable[[Callable[[AsyncApp], None]], Awaitable[AsyncApp]]


@pytest.fixture
def transport() -> str:
    """The way to the app: socket, or http where a test says so."""
    return "socket"


@pytest.fixture
async def connect(slack: LocalSlack, web: AsyncWebClient, transport: str) -> AsyncIterator[Connect]:
    """Connect a Bolt app whose listeners a function registers."""
    async with AsyncExitStack() as stack:

        async def connected(register: Callable[[AsyncApp], None]) -> AsyncApp:
            app = AsyncApp(client=web, signing_secret=slack.signing_secret, raise_error_for_unhandled_request=False)
            register(app)
            if transport == "http":
                await _serve(app, slack, stack)
            else:
                handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=1)
                await handler.connect_async()
                stack.push_async_callback(handler.close_async)
                await slack.connected()
            return app

        yield connected


async def _serve(app: AsyncApp, slack: LocalSlack, stack: AsyncExitStack) -> None:
    """Serve a Bolt app as Bolt itself does, on a free port, and tell Slack its address."""
    runner = AppRunner(app.server(port=0, host="127.0.0.1").web_app)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await TCPSite(runner, "127.0.0.1", 0).start()
    assert (await slack.deliveries.use_http(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")).ok
