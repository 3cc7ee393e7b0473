"""Stale copies: what the messages say at the end, beside what is true."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from bot.domain.card import CardRole
from bot.domain.decision import Approval, DecisionState, Resume
from bot.domain.run import Run, RunState
from bot.playground.slack.workspace import Message
from tests.chaos.people import SETTLING, buttons
from tests.chaos.scene import Scene

_Copy = tuple[str, str, int]
"""Run, role, and which execution."""
UNKNOWN = "Result unknown: it may have started"
_WORDS_OF_NEXTHINK = {"success": "done", "failure": "failed", "cancelled": "cancelled", "expired": "expired"}
_WORDS: Mapping[RunState, str] = {
    RunState.SUCCEEDED: "Status: done",
    RunState.FAILED: "Status: failed",
    RunState.CANCELLED: "Status: cancelled",
    RunState.EXPIRED: "Status: expired",
    RunState.DENIED: "Status: denied",
    RunState.REFUSED: "Status: denied",
    RunState.WITHDRAWN: "Status: cancelled",
    RunState.UNCERTAIN: UNKNOWN,
    RunState.UNTRACKED: "Status: unknown",
    RunState.AWAITING_APPROVAL: "Status: waiting for approval",
    RunState.RUNNING: "Status: running",
}
_DECIDING = {"Approve", "Deny"}


def stale_copies(scene: Scene) -> Iterator[str]:
    """Find copies that do not say what is true, that ask what is decided, that are there twice, or not at all."""
    posted: dict[_Copy, list[Message]] = defaultdict(list)
    for message in scene.messages():
        if message.metadata:
            facts = message.metadata["event_payload"]
            posted[facts["run_id"], facts["role"], facts["ordinal"]].append(message)
    for (_, role, _), messages in posted.items():
        if len(messages) > 1:
            yield f"{len(messages)} messages for the {role} card"
    for run in scene.runs:
        yield from _of_run(scene, run, posted)


def _of_run(scene: Scene, run: Run, posted: Mapping[_Copy, list[Message]]) -> Iterator[str]:
    for role in _wanted(run):
        if not posted.get((run.id, role, 0)):
            yield f"no {role} card of a run that is {run.state}"
    for (run_id, role, _), messages in posted.items():
        for message in messages if run_id == run.id else ():
            yield from _stale_copy(scene, run, role, message)


def _wanted(run: Run) -> Iterator[str]:
    yield CardRole.REQUESTER
    if run.state is RunState.AWAITING_APPROVAL:
        yield CardRole.APPROVAL
    if any(one.resume and one.resume.state is DecisionState.OPEN for one in run.executions):
        yield CardRole.RESUME


def _stale_copy(scene: Scene, run: Run, role: str, message: Message) -> Iterator[str]:
    last, true = message.words.splitlines()[-1], _true_state(scene, run)
    if true not in last:
        yield f"the {role} card says {last!r}; true is {true!r} (the run is {run.state})"
    shown = set(buttons(message))
    if shown & _DECIDING and not _is_open(run, role):
        yield f"the {role} card still asks: {sorted(shown)} (the run is {run.state})"
    if shown & SETTLING and run.state is not RunState.UNCERTAIN:
        yield f"the {role} card still offers {sorted(shown)} (the run is {run.state})"


def _is_open(run: Run, role: str) -> bool:
    asked: list[Approval | Resume | None] = [one.resume for one in run.executions]
    if role == CardRole.APPROVAL:
        asked = [run.approval]
    return any(one is not None and one.state is DecisionState.OPEN for one in asked)


def _true_state(scene: Scene, run: Run) -> str:
    """Return how the last line must read: by Nexthink where it has started something, else by what was stored."""
    ends = {_WORDS_OF_NEXTHINK.get(scene.stand.nexthink.state(one.uuid).name) for one in scene.started(run)}
    end = next(iter(ends), None)
    if end is not None and not (scene.out_of_sight and run.state is RunState.UNCERTAIN):
        return f"Status: {end}"
    return _WORDS.get(run.state, "an end")
