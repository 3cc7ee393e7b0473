"""What one person's Slack client does: type a command, fill in a modal, press a button, wait for what comes.

Everything waits for changes instead of polling, and answers only once the app has acked or the time for it is over.
"""

from collections.abc import Callable

from bot.playground.slack.person.composer import Composer
from bot.playground.slack.person.controls import Controls
from bot.playground.slack.person.dialogs import Dialogs
from bot.playground.slack.workspace import Message, View

PATIENCE = 15.0
"""Seconds that a wait takes before it fails; a loaded machine is slow."""


class Client(Composer, Controls, Dialogs):
    """One person at their Slack."""

    async def view(self, wanted: Callable[[View], bool] = lambda _: True, timeout: float = PATIENCE) -> View:  # noqa: ASYNC109 - the wait is the point
        """Wait for the top modal to be the wanted one."""

        def probe() -> View | None:
            top = self.views[-1:]
            return top[0] if top and wanted(top[0]) else None

        return await self._workspace.changes.until(probe, timeout, self._no_view)

    async def message(self, wanted: Callable[[Message], bool] = lambda _: True, timeout: float = PATIENCE) -> Message:  # noqa: ASYNC109 - the wait is the point
        """Wait for a message that this person sees in any of their channels; the newest that fits."""

        def probe() -> Message | None:
            return max((m for m in self.messages if wanted(m)), key=lambda m: m.ts, default=None)

        return await self._workspace.changes.until(probe, timeout, self._no_message)

    def _no_view(self) -> str:
        shown = "\n---\n".join(view.words for view in self.views) or "no modal"
        return f"{self.person.name} was not shown the wanted modal; on the screen: {shown}"

    def _no_message(self) -> str:
        seen = "\n---\n".join(message.words for message in self.messages[-10:]) or "no message"
        return f"{self.person.name} did not see the wanted message; what there is: {seen}"
