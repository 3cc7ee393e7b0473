"""`/fix help`, `/fix mine` and `/fix approvals`: short lists, answered in place from the store."""

from collections.abc import Iterable

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.decision import DecisionState
from bot.domain.errors import FixdeskError
from bot.domain.person import Person
from bot.domain.run import Run, RunState
from bot.policy.decide import may_decide
from bot.slack.background import Background
from bot.slack.blocks.status import status_line
from bot.slack.blocks.text import fallback, section
from bot.slack.calls import respond
from bot.slack.interaction import JSON, Interaction
from bot.usecases.desk import Desk

RESERVED = frozenset({"help", "mine", "approvals"})
MOST_SHOWN = 10
HELP = (
    "Type /fix and what is wrong, in your own words: /fix my teams is slow. Choose a fix, look at the device, press "
    "Run. fixdesk then keeps one direct message up to date until it is done.\n"
    "/fix mine shows your last runs, /fix approvals what waits for your decision."
)
NO_RUNS = "You have not run anything yet. Type /fix and what is wrong."
NOTHING_WAITS = "Nothing waits for your decision."


class Lists:
    """The answers to the reserved words."""

    def __init__(self, *, desk: Desk, client: AsyncWebClient, background: Background) -> None:
        self._desk = desk
        self._client = client
        self._background = background

    async def answer(self, command: Interaction) -> JSON | None:
        """Return an ephemeral message for a reserved word, or None where it follows by the command's response URL."""
        word = command.text.casefold()
        if word == "mine":
            return _message(await self._mine(command.slack_id))
        if word == "approvals":
            # Who asks may have to be looked up in Slack, which an ack never waits for.
            self._background.spawn(self._send_approvals(command))
            return None
        return _message([HELP])

    async def _send_approvals(self, command: Interaction) -> None:
        try:
            lines = await self._approvals(await self._desk.person(command.slack_id))
        except FixdeskError as error:
            lines = [str(error)]
        await respond(self._client, command.response_url, _message(lines))

    async def _mine(self, slack_id: str) -> list[str]:
        runs = await self._desk.store.runs_of(slack_id, MOST_SHOWN)
        return [_line(run) for run in runs] or [NO_RUNS]

    async def _approvals(self, person: Person) -> list[str]:
        waiting = [run for run in await self._desk.store.undecided_runs() if self._may_decide(person, run)]
        return [f"{_line(run)} · asked for by {run.requester.name}" for run in waiting[:MOST_SHOWN]] or [NOTHING_WAITS]

    def _may_decide(self, person: Person, run: Run) -> bool:
        return any(
            may_decide(self._desk.policy, person, deciders, run.requester).is_allowed
            for deciders in _open_questions(run)
        )


def _open_questions(run: Run) -> Iterable[tuple[str, ...]]:
    """Yield who is asked by each open question of a run."""
    if run.approval is not None and run.state is RunState.AWAITING_APPROVAL:
        yield run.approval.deciders
    for execution in run.executions:
        if execution.resume is not None and execution.resume.state is DecisionState.OPEN:
            yield execution.resume.deciders


def _line(run: Run) -> str:
    return f"{run.workflow.name} · {status_line(run)}"


def _message(lines: list[str]) -> JSON:
    text = "\n".join(lines)
    return {"response_type": "ephemeral", "text": fallback(text), "blocks": [section(text)]}
