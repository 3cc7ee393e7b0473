"""The people of a schedule: they do what they want done until Slack says that it arrived, and all of it is noted."""

import asyncio
import contextlib
import dataclasses
from collections.abc import Awaitable, Callable, Mapping

from bot.playground.slack.kit.reading import all_elements
from bot.playground.slack.person.answer import Answer
from bot.playground.slack.person.client import Client
from bot.playground.slack.workspace import Message, View
from tests.scenarios.office import fill_in, is_form

TRIES = 12
GLANCE = 2.5
"""Seconds of real time that somebody looks for a form before they type the command again."""
PATIENCE = 60.0
AGAIN = 0.2
"""Seconds until somebody tries again what did not arrive."""
SETTLING = frozenset({"Check again", "Start again", "Leave it"})
"""What may be pressed where the result of a start is not known."""


@dataclasses.dataclass(slots=True)
class Act:
    """One thing that somebody did: handed in a form, or pressed a button."""

    slack_id: str
    name: str
    what: str
    """The button's text, or `submit`."""
    began: str
    """Slack's time when it was done."""
    view_id: str = ""
    run_id: str = ""
    role: str = ""
    """Which copy the button was on."""
    is_acked: bool = False
    is_answered: bool = False
    """Whether the ack itself said something: errors under fields."""


class Person:
    """Somebody at their Slack; `up` waits until the bot can be reached."""

    def __init__(
        self, client: Client, acts: list[Act], up: Callable[[], Awaitable[None]], stamp: Callable[[], str]
    ) -> None:
        self.client = client
        self._acts = acts
        self._up = up
        self._stamp = stamp

    @property
    def name(self) -> str:
        """Return their name."""
        return self.client.person.name

    async def ask_for(self, words: str, answers: Mapping[str, str]) -> None:
        """Type `/fix words`, fill in the form and hand it in, until Slack says that it arrived."""
        await self._up()
        for _ in range(TRIES):
            view = await self._form(words, answers)
            if view is not None and await self._hand_in(view):
                return
            await self._try_later()
        shown = [view.words for view in self.client.views]
        raise TimeoutError(
            f"{self.name} could not hand in the form for {words!r}; there is {shown}; did {self._acts[-3:]}"
        )

    async def _form(self, words: str, answers: Mapping[str, str]) -> View | None:
        """Return the form, filled in; None where it does not come."""
        if self.client.views:
            await self.client.close(self.client.views[-1], is_cleared=True)
        if not (await self.client.command(f"/fix {words}")).ok:
            return None
        with contextlib.suppress(TimeoutError, LookupError, AssertionError):
            return await fill_in(self.client, await self.client.view(is_form, timeout=GLANCE), answers)
        return None

    async def _hand_in(self, view: View) -> bool:
        """Hand the form in, the same one again while nobody acks; tell whether it was taken."""
        for _ in range(TRIES):
            if all(view.id != one.id for one in self.client.views):
                return False
            act = self._note("submit", view_id=view.id)
            answer = await self.client.submit(view)
            act.is_acked, act.is_answered = answer.ok, bool(answer.errors)
            if answer.ok:
                return not answer.errors
            await self._try_later()
        return False

    async def press(self, button: str, wanted: Callable[[Message], bool], times: int = 1) -> None:
        """Press a button on a message once it is there, several times at once, again where nobody acks."""
        message = await self.client.message(lambda message: wanted(message) and has_button(message, button), PATIENCE)
        await asyncio.gather(*(self._press(button, message) for _ in range(times)))

    async def _press(self, button: str, message: Message) -> None:
        for _ in range(TRIES):
            payload = (message.metadata or {}).get("event_payload", {})
            act = self._note(button, run_id=payload.get("run_id", ""), role=payload.get("role", ""))
            answer: Answer = await self.client.press(message, button)
            act.is_acked = answer.ok
            if answer.ok:
                return
            await self._try_later()

    async def _try_later(self) -> None:
        await asyncio.sleep(AGAIN)
        await self._up()

    def _note(self, what: str, *, view_id: str = "", run_id: str = "", role: str = "") -> Act:
        act = Act(self.client.person_id, self.name, what, self._stamp(), view_id, run_id, role)
        self._acts.append(act)
        return act


def buttons(message: Message) -> list[str]:
    """List the texts of a message's buttons."""
    elements = (element for _, element in all_elements(message.blocks or []))
    return [element["text"]["text"] for element in elements if element["type"] == "button"]


def has_button(message: Message, button: str) -> bool:
    """Tell whether a message has a button with a text."""
    return button in buttons(message)
