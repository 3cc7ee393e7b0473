"""All that there is to see when a schedule is over: the stand-ins, what people did, and the database."""

import dataclasses
from collections.abc import Sequence

from bot.domain.audit import AuditRow
from bot.domain.run import Run
from bot.playground.nexthink.execution import Execution
from bot.playground.slack.workspace import Message
from bot.playground.stand import Stand
from tests.chaos.people import Act
from tests.chaos.wire import Wire


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All that there is to see at the end."""

    stand: Stand
    wire: Wire
    acts: Sequence[Act]
    runs: Sequence[Run]
    audit: Sequence[AuditRow]
    out_of_sight: bool = False
    """Whether so much time was jumped that a start whose answer was lost can no longer be found."""

    def run_of_view(self, view_id: str) -> Run | None:
        """Return the run that a form has started."""
        return next((run for run in self.runs if run.view_id == view_id), None)

    def started(self, run: Run) -> list[Execution]:
        """Return what Nexthink has started for a run: a story has one form, so that all of its workflow is of it."""
        found = (one for one in self.stand.nexthink.executions if one.trigger_method == "api")
        return [one for one in found if one.workflow.uuid == run.workflow.uuid]

    def messages(self) -> list[Message]:
        """Return every message that the app has posted."""
        channels = self.stand.slack.workspace.messages.values()
        return [message for channel in channels for message in channel.values() if message.is_bot]
