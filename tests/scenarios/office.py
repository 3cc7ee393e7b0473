"""The whole of it in one process: a local Slack, a simulated Nexthink, and the real bot between them.

Everything speaks over real sockets on 127.0.0.1, and the database is a file. Only time is made: it is real time and
what a test adds to it, the same for all three.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from bot.app import Vitals
from bot.domain.errors import NexthinkError
from bot.playground.bot import running_between
from bot.playground.clock import Clock
from bot.playground.nexthink.request_log import LoggedRequest
from bot.playground.nexthink.server import SimulatedNexthink
from bot.playground.slack.person.client import Client
from bot.playground.slack.server import LocalSlack
from bot.playground.slack.workspace import Message, View
from bot.playground.stand import Stand
from bot.slack.ids import ViewId
from bot.store.database import SqlStore

T = TypeVar("T")

only_over_sockets = pytest.mark.parametrize("transport", ["socket"], indirect=True)
"""For what only Socket Mode has."""
NOT_ACKED = {"socket": "operation_timeout", "http": "http_service_unavailable"}
"""What a person reads of a press that the bot could not store."""

EXECUTE, TRIGGER = "/execute", "/trigger"
START = "/workflows/execute"
STEP = timedelta(seconds=6)
"""A little more than the bot's own tick."""
GLANCE = 0.08
"""Seconds of real time that a step is given to show."""
PATIENCE = 20.0
"""Seconds of real time; more than a single wait takes, so that it says itself what it did not see."""

POLICY = """
version: 1
people: {domains: [example.com]}
groups:
  helpdesk: {members: [grace@example.com, alan@example.com]}
channels: {approvals: C0APPROVALS}
workflows:
  - {match: "#clear_teams_cache", run_by: everyone, aliases: [teams slow, teams frozen]}
  - match: "#manage_local_admin_permission"
    run_by: everyone
    approval: {by: [helpdesk], expires: 8h}
  - match: "#windows_11_migration"
    run_by: everyone
    resume: {by: [helpdesk], approve: {decision: approved}, deny: {decision: denied}}
  - {match: "#restart_*", run_by: [helpdesk]}
  - {match: "#wipe_*", run_by: []}
  - {match: "*", run_by: everyone}
"""


@dataclass(slots=True)
class Office:
    """A workspace, a tenant, and a bot that can be stopped and started again."""

    stand: Stand
    clock: Clock
    folder: Path
    monkeypatch: pytest.MonkeyPatch
    transport: str = "socket"
    """How Slack reaches the bot: socket or http."""
    port: int = 0
    """Of the bot's web server; 0 takes a free one, which is known once the bot is up."""
    vitals: Vitals = field(default_factory=Vitals)
    _bot: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def slack(self) -> LocalSlack:
        """The local Slack."""
        return self.stand.slack

    @property
    def nexthink(self) -> SimulatedNexthink:
        """The simulated tenant."""
        return self.stand.nexthink

    @property
    def ada(self) -> Client:
        """An employee with two devices, the Windows laptop used last."""
        return self.slack.client_of("Ada Example")

    @property
    def grace(self) -> Client:
        """A member of the help desk."""
        return self.slack.client_of("Grace Example")

    @property
    def alan(self) -> Client:
        """Another member of the help desk."""
        return self.slack.client_of("Alan Example")

    @property
    def barbara(self) -> Client:
        """An employee who used two devices at nearly the same time."""
        return self.slack.client_of("Barbara Example")

    @property
    def database_url(self) -> str:
        """The address of the database file."""
        return f"sqlite+aiosqlite:///{self.folder / 'fixdesk.db'}"

    @property
    def url(self) -> str:
        """The base of the bot's own web server."""
        port = self.vitals.web.port if self.vitals.web else self.port
        return f"http://127.0.0.1:{port}"

    async def start_bot(self, policy: str | None = POLICY, **environment: str) -> None:
        """Start the bot with a policy file of this text, None for no file, and with more variables."""
        path = self.folder / "policy.yaml"
        path.write_text(policy or "", encoding="utf-8")
        variables = {
            **self.stand.environment_of_bot(self.folder, self.transport),
            "FIXDESK_POLICY": str(path) if policy else "",
            "FIXDESK_HTTP_PORT": str(self.port),
        }
        for name, value in (variables | environment).items():
            self.monkeypatch.setenv(name, value)
        self.vitals = await self._bot.enter_async_context(running_between(self.slack, self.clock))

    async def stop_bot(self) -> None:
        """Stop the bot in order; nothing of its database is lost."""
        bot, self._bot = self._bot, AsyncExitStack()
        self.vitals = Vitals()
        await bot.aclose()

    async def restart_bot(self, policy: str | None = POLICY, **environment: str) -> None:
        """Stop the bot and start another on the same database."""
        await self.stop_bot()
        await self.start_bot(policy, **environment)

    async def refresh_failed(self) -> None:
        """Wait until the bot has found out that the catalog cannot be refreshed."""
        assert self.vitals.catalog is not None
        with pytest.raises(NexthinkError):
            await self.vitals.catalog.refresh()

    def store(self) -> SqlStore:
        """Return the running bot's store."""
        assert self.vitals.store is not None
        return self.vitals.store

    async def alter_database(self, statement: str) -> None:
        """Change the database from outside, as a careless hand does."""

        def alter() -> None:
            with closing(sqlite3.connect(self.folder / "fixdesk.db", timeout=5)) as database, database:
                database.execute(statement)

        await asyncio.to_thread(alter)

    def advance(self, by: timedelta = STEP) -> None:
        """Let time pass for all, and let the bot look what is due by now."""
        self.clock.jump(by)

    async def until(self, awaited: Awaitable[T], step: timedelta = STEP) -> T:
        """Let time pass in steps until something is seen."""
        task = asyncio.ensure_future(awaited)
        try:
            async with asyncio.timeout(PATIENCE):
                while not task.done():
                    self.advance(step)
                    await asyncio.wait({task}, timeout=GLANCE)
        finally:
            task.cancel()
        return await task

    async def form(self, who: Client, words: str, holds: str = "") -> View:
        """Type `/fix words` and wait for the form, or for the modal with some words in it."""
        assert (await who.command(f"/fix {words}")).ok
        return await who.view(lambda view: (holds in view.words) if holds else is_form(view))

    async def run(self, who: Client, words: str, **answers: str) -> Message:
        """Run what fits the words best, with answers by label, and wait for the card."""
        view = await fill_in(who, await self.form(who, words), answers)
        answer = await who.submit(view)
        assert (answer.ok, answer.errors) == (True, {})
        return await self.card(who)

    async def card(self, who: Client, *holds: str) -> Message:
        """Wait for the card in somebody's direct messages to hold some words."""
        return await who.message(lambda message: message.channel == who.dm.id and holds_all(message, holds))

    async def card_after(self, who: Client, *holds: str) -> Message:
        """Let time pass until the card holds some words."""
        return await self.until(self.card(who, *holds))

    async def asked(self, who: Client, *holds: str) -> Message:
        """Wait for the message in the approvals channel to hold some words."""
        return await who.message(lambda message: is_in_approvals(message) and holds_all(message, holds))

    async def told(self, who: Client, *holds: str) -> Message:
        """Wait for an answer that only this person sees."""
        return await who.message(lambda message: message.is_ephemeral and holds_all(message, holds))

    def starts(self) -> list[LoggedRequest]:
        """List the requests that were to start something."""
        return self.nexthink.log.to(START)

    def triggers(self) -> list[LoggedRequest]:
        """List the requests that were to resume something."""
        return self.nexthink.log.to(TRIGGER)


NewOffice = Callable[..., Awaitable[Office]]


def field_of(view: View, label: str) -> tuple[str, str]:
    """Return the block and action ids of the field with a label."""
    labels = {block["label"]["text"]: block for block in view.blocks if block["type"] == "input"}
    assert label in labels, f"there is no field {label!r}; there are {list(labels)}"
    return labels[label]["block_id"], labels[label]["element"]["action_id"]


async def fill_in(who: Client, view: View, answers: Mapping[str, str]) -> View:
    """Type or choose an answer for each label; a type-ahead is asked for it first."""
    for label, value in answers.items():
        block_id, action_id = name = field_of(view, label)
        kind = view.values[block_id][action_id]["type"]
        if kind == "plain_text_input":
            view = who.fill(view, name, value)
            continue
        if kind == "external_select":
            await who.options(view, name, value)
        assert (await who.choose(view, name, value)).ok
    return who.open_view(view)


def is_form(view: View) -> bool:
    """Tell whether a modal is the form of a workflow, or the choice of one."""
    return view.callback_id == ViewId.RUN and "submit" in view.body


def is_in_approvals(message: Message) -> bool:
    """Tell whether a message stands in the channel where decisions are asked for."""
    return message.channel == "C0APPROVALS" and not message.is_ephemeral


def holds_all(message: Message, words: tuple[str, ...]) -> bool:
    """Tell whether a person reads all these words in a message."""
    return all(word in message.words for word in words)


def last_line(message: Message) -> str:
    """Return the last line of a card as a person reads it."""
    return message.words.splitlines()[-1]


def buttons(message: Message) -> list[str]:
    """List the texts of a message's buttons."""
    rows = [block["elements"] for block in message.blocks or [] if block["type"] == "actions"]
    return [element["text"]["text"] for row in rows for element in row]
