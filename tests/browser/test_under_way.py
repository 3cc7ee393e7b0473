"""What a person does while something else is under way arrives: while the page opens, while a message is edited."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, Page, WebSocket, WebSocketRoute, expect
from slack_bolt.app.async_app import AsyncApp

from bot.playground.slack.server import LocalSlack
from bot.playground.slack.workspace import Channel, Person, Workspace
from tests.browser.conftest import PATIENCE, local_app

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]

Json = dict[str, Any]

MANIFEST: Json = {
    "display_information": {"name": "fixdesk"},
    "features": {"bot_user": {"display_name": "fixdesk"}},
    "oauth_config": {"scopes": {"bot": ["chat:write"]}},
}
SNAPSHOTS = re.compile(r"/ui(\?|$)")
HELP = "C0HELP"


class Desk:
    """A local Slack with an app that posts a card; `pressed` holds the buttons of which the app was told."""

    def __init__(self, slack: LocalSlack, app: AsyncApp) -> None:
        self.slack = slack
        self.pressed: asyncio.Queue[str] = asyncio.Queue()
        self._web = app.client
        app.action("approve")(self._take)

    async def post(self, status: str) -> str:
        """Post the card and return its ts."""
        answer = await self._web.chat_postMessage(channel=HELP, text=status, blocks=card(status))
        return str(answer["ts"])

    async def edit(self, ts: str, status: str) -> None:
        """Say something else on the card; its button stays."""
        await self._web.chat_update(channel=HELP, ts=ts, text=status, blocks=card(status))

    async def _take(self, ack: Any, action: Json) -> None:
        self.pressed.put_nowait(action["action_id"])
        await ack()


def card(status: str) -> list[Json]:
    """Return a card that can be decided, with its button under the words."""
    button = {"type": "button", "action_id": "approve", "text": {"type": "plain_text", "text": "Approve"}}
    words = {"type": "section", "text": {"type": "mrkdwn", "text": status}}
    return [words, {"type": "actions", "block_id": "decide", "elements": [button]}]


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """A local Slack with Ada, Ben and the app in #help."""
    people = [Person("U0ADA", "Ada Example"), Person("U0BEN", "Ben Example")]
    channel = Channel(HELP, "help", frozenset({"U0ADA", "U0BEN", "U0FIXDESK"}))
    async with local_app(MANIFEST, Workspace(people, [channel])) as (slack, app):
        yield Desk(slack, app)


class Gate:
    """Holds back what a page is told, until it is opened; a stand-in for a slow start."""

    def __init__(self) -> None:
        self._may_pass = asyncio.Event()
        self._waiting: set[asyncio.Task[None]] = set()

    def open(self) -> None:
        """Let everything pass."""
        self._may_pass.set()

    def shut(self) -> None:
        """Hold back what comes on connections from now on."""
        self._may_pass.clear()

    def watch(self, page_side: WebSocketRoute) -> None:
        """Stand between a page and the server."""
        server_side = page_side.connect_to_server()
        server_side.on_message(lambda frame: self._pass(page_side, frame))

    def _pass(self, page_side: WebSocketRoute, frame: str | bytes) -> None:
        task = asyncio.ensure_future(self._pass_later(page_side, frame))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    async def _pass_later(self, page_side: WebSocketRoute, frame: str | bytes) -> None:
        await self._may_pass.wait()
        page_side.send(frame)


async def slow_page(browser: Browser, desk: Desk) -> tuple[Page, Gate, list[str]]:
    """Open Ada's page, which hears nothing yet; the list grows with what goes wrong in it."""
    gate, wrong = Gate(), list[str]()
    page = await browser.new_page(viewport={"width": 1280, "height": 800})
    page.on("pageerror", lambda error: wrong.append(str(error)))
    await page.route_web_socket(SNAPSHOTS, gate.watch)
    await page.goto(f"{desk.slack.url}/#person=U0ADA&channel={HELP}")
    return page, gate, wrong


async def test_nothing_is_taken_before_it_can_be_sent(browser: Browser, desk: Desk) -> None:
    """While the page connects it takes no text and no press; then it has the focus, and the first line arrives."""
    page, gate, wrong = await slow_page(browser, desk)
    field = page.get_by_label("Message", exact=True)
    await expect(field).to_be_disabled()
    await page.get_by_text("Side by side").click(force=True)
    await page.keyboard.press("Control+k")
    await page.keyboard.press("Escape")

    gate.open()
    await expect(field).to_be_focused()
    await page.keyboard.type("First words")
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("article")).to_contain_text("First words")
    assert wrong == []


async def test_words_stay_with_who_wrote_them(browser: Browser, desk: Desk) -> None:
    """On the way to another person nothing is taken that would be sent as the wrong one."""
    page, gate, wrong = await slow_page(browser, desk)
    gate.open()
    field = page.get_by_label("Message", exact=True)
    await field.fill("From Ada")
    gate.shut()
    await page.get_by_role("button", name="Ben Example").click()
    await expect(field).to_be_disabled()

    gate.open()
    await expect(field).to_have_value("")
    await field.fill("From Ben")
    await field.press("Enter")
    await expect(page.get_by_role("article").filter(has_text="From Ben")).to_contain_text("Ben Example")
    await page.get_by_role("button", name="Ada Example").click()
    await expect(field).to_have_value("From Ada")
    assert wrong == []


async def heard(socket: WebSocket, page: Page, words: str) -> None:
    """Wait until the page was told some words, and had the time to draw them."""
    await socket.wait_for_event("framereceived", lambda frame: words in frame)
    await page.evaluate("() => new Promise((done) => setTimeout(done))")


async def opened(browser: Browser, desk: Desk) -> tuple[Page, WebSocket]:
    """Open Ada's page, with the way on which it is told."""
    page = await browser.new_page(viewport={"width": 1280, "height": 800})
    async with page.expect_websocket() as coming:
        await page.goto(f"{desk.slack.url}/#person=U0ADA&channel={HELP}")
    return page, await coming.value


@pytest.mark.parametrize("key", [None, "Space"])
async def test_press_outlives_an_edit(browser: Browser, desk: Desk, key: str | None) -> None:
    """A button that is held while its message is edited and grows is pressed all the same; then the edit is shown."""
    page, socket = await opened(browser, desk)
    ts = await desk.post("Status: starting")
    message = page.get_by_role("article").last
    button = message.get_by_role("button", name="Approve")
    await button.hover()
    await button.focus()
    await (page.keyboard.down(key) if key else page.mouse.down())

    await asyncio.gather(heard(socket, page, "running"), desk.edit(ts, "Status: running\n\n\nAll is well"))
    await (page.keyboard.up(key) if key else page.mouse.up())

    assert await asyncio.wait_for(desk.pressed.get(), PATIENCE) == "approve"
    await expect(message).to_contain_text("Status: running")
    await expect(button).to_be_focused()


async def test_press_that_ends_elsewhere_holds_nothing_up(browser: Browser, desk: Desk) -> None:
    """What came while somebody pressed is shown once they let go, wherever that is."""
    page, socket = await opened(browser, desk)
    ts = await desk.post("Status: starting")
    message = page.get_by_role("article").last
    await message.get_by_role("button", name="Approve").hover()
    await page.mouse.down()
    await asyncio.gather(heard(socket, page, "running"), desk.edit(ts, "Status: running"))
    await page.mouse.move(10, 10)
    await page.mouse.up()

    await expect(message).to_contain_text("Status: running")
    assert desk.pressed.empty()
