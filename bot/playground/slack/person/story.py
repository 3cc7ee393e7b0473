"""A person's acts as a story tells them: by what stands on the screen, waiting until it stands there.

`await ada.command("/fix teams cache")`, `await ada.choose("Reason", "A driver")`, `await grace.press("Approve")`. Where
nothing happens any more time passes by itself, so that a story of eight hours is told in a moment. What cannot be done,
or does not come, is an `AssertionError` that says what the person sees instead.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from bot.playground.clock import Clock
from bot.playground.slack.changes import Changes
from bot.playground.slack.person.answer import Answer
from bot.playground.slack.person.client import Client
from bot.playground.slack.person.screen import Found, Screen
from bot.playground.slack.person.seat import Place
from bot.playground.slack.workspace import Message, View

QUIET = 0.05
"""Seconds of real time without a change, after which time passes."""
STEP = timedelta(seconds=6)
"""How much passes then: a little more than the bot's own tick."""
PATIENCE = 15.0
"""Seconds of real time that anything may take."""
T = TypeVar("T")


class Protagonist:
    """Somebody whom a story is about; the client's own acts are in `client`."""

    def __init__(self, client: Client, changes: Changes, clock: Clock) -> None:
        self.client = client
        self.screen = Screen(client)
        self._changes = changes
        self._clock = clock

    async def command(self, line: str, channel: str | None = None) -> Answer:
        """Type a slash command."""
        return self._done(await self.client.command(line, channel))

    async def say(self, text: str, channel: str | None = None) -> Answer:
        """Write a message."""
        return self._done(await self.client.say(text, channel))

    async def shortcut(self, callback_id: str, message: Message | None = None) -> Answer:
        """Run a shortcut, global or on a message."""
        return self._done(await self.client.shortcut(callback_id, message))

    async def open_home(self) -> Answer:
        """Open the app's Home tab."""
        return self._done(await self.client.open_home())

    async def choose(self, field: str, choice: str) -> Answer:
        """Choose in a field, named by its label, placeholder or id; a type-ahead is asked for the choice first."""
        found = await self._control(field)
        if found.kind.endswith("external_select"):
            self._done(await self.client.ask_options(found.place, found.ids, choice))
        is_list = found.kind.startswith("multi_") or found.kind == "checkboxes"
        return self._done(await self.client.choose(found.place, found.ids, [choice] if is_list else choice))

    async def type(self, field: str, text: str) -> None:
        """Type into a text field of the modal, named by its label or id; nothing is sent."""
        found = await self._control(field)
        if not isinstance(found.place, View):
            raise AssertionError(f"{field!r} stands in no modal")  # noqa: TRY004 - a story fails as a test does
        self.client.fill(found.place, found.ids, text)

    async def press(self, button: str) -> Answer:
        """Press a button by its text; those of the modal itself count too.

        Where fields are wrong nothing fails: the answer holds their errors.
        """
        await self._until(lambda: self._can_press(button) or None, f"a button {button!r}")
        view = self.screen.modal
        if view is not None and self.screen.submits(button):
            return self._done(await self.client.submit(view))
        if view is not None and self.screen.closes(button):
            return self._done(await self.client.close(view))
        found = await self._control(button)
        return self._done(await self.client.press(found.place, found.ids))

    async def sees(self, *words: str) -> Place:
        """Wait until one modal or message holds all these words, and return it."""
        return await self._until(lambda: self.screen.holding(words), " and ".join(map(repr, words)))

    async def _control(self, name: str) -> Found:
        return await self._until(lambda: self.screen.find(name), f"anything called {name!r}")

    def _can_press(self, button: str) -> bool:
        screen = self.screen
        return screen.submits(button) or screen.closes(button) or screen.find(button) is not None

    async def _until(self, probe: Callable[[], T | None], wanted: str) -> T:
        """Wait for what is wanted, and let time pass where nothing happens."""
        try:
            async with asyncio.timeout(PATIENCE):
                while (found := probe()) is None:
                    await self._wait()
        except TimeoutError:
            raise AssertionError(f"{self.client.person.name} does not see {wanted}, but: {self.screen.words}") from None
        return found

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(QUIET):
                await self._changes.after(self._changes.count)
        except TimeoutError:
            self._clock.jump(STEP)

    def _done(self, answer: Answer) -> Answer:
        if not (answer.ok or answer.errors):
            raise AssertionError(f"{self.client.person.name}: {answer.message or answer.error}")
        return answer
