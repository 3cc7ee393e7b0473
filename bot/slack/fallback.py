"""What answers when nothing else does: unknown commands, old controls, forms of an older version."""

from typing import Any

from bot.slack.background import Background
from bot.slack.blocks.run import notice_view
from bot.slack.dispatch import Handler
from bot.slack.interaction import JSON, Interaction, Kind
from bot.slack.presses import Presses

UNKNOWN_COMMAND = "This command is not one of fixdesk's. Type `/fix` and what is wrong."
OLD_FORM = "This form is from an older version of fixdesk. Please type /fix again."


class Fallbacks:
    """One answer for each kind of interaction, so that nobody is left without a word."""

    def __init__(self, *, presses: Presses, background: Background) -> None:
        self._presses = presses
        self._background = background

    def by_kind(self) -> dict[Kind, Handler]:
        """Return the answers; what is not here gets an empty ack."""
        return {
            Kind.COMMAND: self._command,
            Kind.ACTION: self._action,
            Kind.OPTIONS: self._options,
            Kind.SUBMISSION: self._submission,
        }

    async def _command(self, _: Interaction) -> JSON:
        return {"response_type": "ephemeral", "text": UNKNOWN_COMMAND}

    async def _action(self, pressed: Interaction) -> JSON | None:
        """Say in a message that its button is old; an input of a modal that reports its changes needs no word."""
        if pressed.message_ts:
            self._background.spawn(self._presses.outdated(pressed))
        return None

    async def _options(self, _: Interaction) -> dict[str, Any]:
        return {"options": []}

    async def _submission(self, _: Interaction) -> JSON:
        return {"response_action": "update", "view": notice_view(OLD_FORM)}
