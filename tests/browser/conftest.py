"""A real browser on the real playground."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, async_playwright, expect
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import utc_now
from bot.playground.clock import Clock
from bot.playground.slack.installation import Settings
from bot.playground.slack.server import LocalSlack, start_local_slack
from bot.playground.slack.workspace import Workspace

PATIENCE = 15
"""Seconds that something may take before it counts as missing; a loaded machine is slow."""
expect.set_options(timeout=PATIENCE * 1000)

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(autouse=True)
def without_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing come between an app and the local Slack."""
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "")


@asynccontextmanager
async def local_app(manifest: Mapping[str, Any], workspace: Workspace) -> AsyncIterator[tuple[LocalSlack, AsyncApp]]:
    """Start a local Slack with a Bolt app connected to it."""
    settings = Settings(messages_per_second=0)
    async with AsyncExitStack() as stack:
        slack = await start_local_slack(manifest, workspace, clock=Clock(utc_now), settings=settings)
        stack.push_async_callback(slack.stop)
        web = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        app = AsyncApp(client=web, raise_error_for_unhandled_request=False)
        handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=1)
        await handler.connect_async()
        stack.push_async_callback(handler.close_async)
        await slack.connected()
        yield slack, app


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; without one the test is skipped, but never in CI."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
    if not path and os.environ.get("CI"):
        pytest.fail("CI has no Chromium: .ci/run installs it")
    if not path:
        pytest.skip("needs Chromium, and there is none on this machine")
    return path


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """A headless browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def playground() -> Iterator[dict[str, Any]]:
    """What `fixdesk playground --headless` says of itself, while it runs."""
    command = [sys.executable, "-m", "bot", "playground", "--headless"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:  # noqa: S603 - our own command
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
        process.terminate()
        assert process.wait(timeout=15) == 0
