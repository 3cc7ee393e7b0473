"""`/fix help`, `/fix mine` and `/fix approvals`: short lists, answered in place from the store."""

from collections.abc import Iterable

from bot.domain.decision import DecisionState
from bot.domain.errors import NotAllowedError
from bot.domain.person import Person
from bot.domain.run import Run, RunState
from bot.policy.decide import identify, may_decide
from bot.slack.blocks.status import status_line
from bot.slack.blocks.text import fallback, section
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

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def answer(self, command: Interaction) -> JSON:
        """Return an ephemeral message for a reserved word."""
        word = command.text.casefold()
        if word == "mine":
            return _message(await self._mine(command.slack_id))
        if word == "approvals":
            return _message(await self._approvals(command.slack_id))
        return _message([HELP])

    async def _mine(self, slack_id: str) -> list[str]:
        runs = await self._desk.store.runs_of(slack_id, MOST_SHOWN)
        return [_line(run) for run in runs] or [NO_RUNS]

    async def _approvals(self, slack_id: str) -> list[str]:
        """List what waits for a person, as far as they are known: this answer never waits for Slack."""
        profile = self._desk.people.known(slack_id)
        try:
            person = identify(self._desk.policy, profile) if profile else None
        except NotAllowedError as error:
            return [str(error)]
        runs = await self._desk.store.undecided_runs()
        waiting = [run for run in runs if person is None or self._may_decide(person, run)]
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
