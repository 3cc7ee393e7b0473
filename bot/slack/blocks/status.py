"""Cards: a run as its requester sees it, and as those see it who are asked to decide."""

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence

from bot.domain.card import Card, CardRole
from bot.domain.decision import Approval, Choice, DecisionState, Resume, Verdict
from bot.domain.run import Execution, ExecutionState, Run, RunState
from bot.slack.blocks.text import Block, asking_first, button, context, fallback, fields, header, section, shorten
from bot.slack.blocks.times import clock_time, date_and_time
from bot.slack.ids import ActionId, BlockId

TITLE = 500
"""How much of a title a notification shows, so that the state behind it is always there."""
MOST_LINES = 30
HASH = 12
"""How much of a hash is shown on a card; all of it stands in the details."""
"""A message takes fifty blocks."""
RESULT_UNKNOWN = "Result unknown: it may have started"

_WORDS: Mapping[RunState, str] = {
    RunState.REQUESTED: "requested",
    RunState.AWAITING_APPROVAL: "waiting for approval",
    RunState.APPROVED: "approved, starting",
    RunState.STARTING: "starting",
    RunState.RUNNING: "running",
    RunState.SUCCEEDED: "done",
    RunState.FAILED: "failed",
    RunState.CANCELLED: "cancelled",
    RunState.EXPIRED: "expired",
    RunState.DENIED: "denied",
    RunState.WITHDRAWN: "cancelled",
    RunState.REFUSED: "denied",
    RunState.UNTRACKED: "unknown",
}
_SIGNS: Mapping[RunState, str] = {
    RunState.SUCCEEDED: "✅",
    RunState.FAILED: "❌",
    RunState.CANCELLED: "⏹️",
    RunState.WITHDRAWN: "⏹️",
    RunState.EXPIRED: "⌛",
    RunState.DENIED: "🚫",
    RunState.REFUSED: "🚫",
    RunState.UNTRACKED: "❔",
    RunState.UNCERTAIN: "❔",
    RunState.AWAITING_APPROVAL: "✋",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is posted: the blocks, and the text that notifications and screen readers take."""

    text: str
    blocks: list[Block]


def card_message(run: Run, card: Card, values: Sequence[tuple[str, str]]) -> Message:
    """Return a run as one of its copies shows it; `values` are the labels and values of its parameters to show."""
    facts = [*_facts(run), *(f"{label}: {value}" for label, value in values)]
    if card.role is CardRole.APPROVAL and run.approval is not None:
        return _approval(run, run.approval, facts)
    execution = run.execution(card.ordinal)
    if card.role is CardRole.RESUME and execution is not None and execution.resume is not None:
        return _resume(run, card.ordinal, execution.resume, facts)
    return _requester(run, facts)


def status_line(run: Run) -> str:
    """Return the last line of every card: a sign and the word for the state."""
    if run.state is RunState.UNCERTAIN:
        return f"{_SIGNS[run.state]} {RESULT_UNKNOWN}"
    return f"{_SIGNS.get(run.state, '⏳')} Status: {_WORDS[run.state]}{_share_failed(run)}"


def _share_failed(run: Run) -> str:
    """Say how many failed where not all fared alike."""
    count = Counter(execution.state for execution in run.executions)
    if run.state is not RunState.FAILED or len(run.executions) < 2 or count[ExecutionState.SUCCEEDED] == 0:  # noqa: PLR2004 - one execution has no share
        return ""
    return f": {len(run.executions) - count[ExecutionState.SUCCEEDED]} of {len(run.executions)}"


def _requester(run: Run, facts: list[str]) -> Message:
    blocks = [header(run.workflow.name), fields(facts), *map(context, _story(run))]
    if run.state is RunState.UNCERTAIN:
        blocks.append(_settlement(run))
    if run.state is RunState.AWAITING_APPROVAL:
        blocks.append(_withdrawal(run))
    return _message(run, run.workflow.name, blocks)


def _withdrawal(run: Run) -> Block:
    elements = [button("Withdraw", ActionId.WITHDRAW, run.id)]
    return {"type": "actions", "block_id": BlockId.WITHDRAWAL.value, "elements": elements}


def _settlement(run: Run) -> Block:
    """Ask what to do about a start whose result is unknown: only a person may start it again."""
    value = f"{run.id}.{run.start_mark}"
    again = button("Start again", ActionId.START_AGAIN, value, "danger")
    elements = [
        button("Check again", ActionId.CHECK_AGAIN, value, "primary"),
        asking_first(again, "Start it again?", "It may have started already. It would then run twice.", "Start again"),
        button("Leave it", ActionId.LEAVE_IT, value),
    ]
    return {"type": "actions", "block_id": BlockId.SETTLEMENT.value, "elements": elements}


def _approval(run: Run, approval: Approval, facts: list[str]) -> Message:
    title = f"Approval: {run.workflow.name}"
    needed = f" {approval.quorum} have to approve." if approval.quorum > 1 else ""
    asks = f"{run.requester.name} asks to run this. {_named(approval.deciders)} decides whether it may start.{needed}"
    pinned = [f"Pinned: version {run.workflow.version or 'not told'}, hash {approval.fingerprint[:HASH]}"]
    blocks = [header(title), section(asks), fields(facts), *map(context, [*pinned, *_story(run)])]
    if run.state is RunState.AWAITING_APPROVAL:
        blocks.append(_buttons(ActionId.APPROVE_START, ActionId.DENY_START, run.id))
    return _message(run, f"{title}, asked for by {run.requester.name}", blocks)


def _resume(run: Run, ordinal: int, resume: Resume, facts: list[str]) -> Message:
    title = f"Decision: {run.workflow.name}"
    part = f" (execution {ordinal + 1} of {len(run.executions)})" if len(run.executions) > 1 else ""
    asks = f"{run.requester.name} runs this{part}. It pauses, and {_named(resume.deciders)} decides how it goes on."
    said = [section(words) for words in (resume.title, resume.text) if words.strip()]
    blocks = [header(title), section(asks), *said, fields(facts), *map(context, _resume_story(resume))]
    if resume.state is DecisionState.OPEN:
        blocks.append(_buttons(*_answers(resume), f"{run.id}.{ordinal}"))
    return _message(run, f"{title}, run by {run.requester.name}", blocks)


def _answers(resume: Resume) -> tuple[ActionId, ActionId]:
    """Name the two buttons: where words go out with a decision, they are asked for first."""
    approve = ActionId.APPROVE_WITH_WORDS if resume.needs_words(Choice.APPROVE) else ActionId.APPROVE_RESUME
    deny = ActionId.DENY_WITH_WORDS if resume.needs_words(Choice.DENY) else ActionId.DENY_RESUME
    return approve, deny


def _message(run: Run, title: str, blocks: list[Block]) -> Message:
    last = status_line(run)
    return Message(text=fallback(f"{shorten(title, TITLE)}\n{last}"), blocks=[*blocks, context(last)])


def _buttons(approve: ActionId, deny: ActionId, value: str) -> Block:
    return {
        "type": "actions",
        "block_id": BlockId.DECISION.value,
        "elements": [
            button("Approve", approve, value, "primary"),
            button("Deny", deny, value, "danger"),
            button("Details", ActionId.DETAILS, value),
        ],
    }


def _facts(run: Run) -> list[str]:
    """Say for whom and where."""
    upn = f" ({run.target.upn})" if run.target.upn else ""
    return [f"For: {run.requester.name or 'you'}{upn}", f"Device: {_device(run)}"]


def _device(run: Run) -> str:
    names = sorted({execution.device_name for execution in run.executions if execution.device_name})
    device = run.target.device
    if names and (device is None or len(names) > 1):
        return ", ".join(names)
    if device is not None:
        return " · ".join(part for part in (device.name or "the chosen one", device.platform) if part)
    return "the most recently used one"


def _story(run: Run) -> list[str]:
    """Say what happened so far, oldest first."""
    lines = [run.target.note]
    if run.approval is not None:
        lines += _approval_lines(run, run.approval)
    if len(run.executions) > 1:
        lines.append(_executions_line(run))
    lines += [line for execution in run.executions if execution.resume for line in _resume_story(execution.resume)]
    lines += [f"Nexthink says: {execution.details}" for execution in run.executions if _has_something_to_say(execution)]
    lines += [run.note, f"Reference: {run.id}"]
    told = list(dict.fromkeys(line for line in lines if line))
    return [*told[:MOST_LINES], *told[-1:]] if len(told) > MOST_LINES else told


def _has_something_to_say(execution: Execution) -> bool:
    return bool(execution.details) and execution.state.has_ended and execution.state is not ExecutionState.SUCCEEDED


def _approval_lines(run: Run, approval: Approval) -> list[str]:
    """Say who was asked, who agreed, and what came of it."""
    verdict = approval.verdict
    lines = [_verdict_line(vote) for vote in approval.votes if vote != verdict]
    if verdict is not None:
        lines.append(_verdict_line(verdict))
    elif run.state is RunState.AWAITING_APPROVAL:
        more = f" {approval.missing} more needed." if approval.votes else ""
        until = date_and_time(approval.expires_at)
        lines.append(f"{_named(approval.deciders)} is asked to approve, until {until}.{more}")
    elif run.state is RunState.EXPIRED:
        lines.append(f"The approval expired at {date_and_time(approval.expires_at)}.")
    return lines


def _executions_line(run: Run) -> str:
    count = Counter(execution.state for execution in run.executions)
    ended = ", ".join(f"{number} {state.value}" for state, number in count.items())
    return f"Nexthink made {len(run.executions)} executions of this, more than expected; all are followed: {ended}."


def _resume_story(resume: Resume) -> list[str]:
    by_state = {
        DecisionState.OPEN: f"{_named(resume.deciders)} is asked to decide, until {date_and_time(resume.expires_at)}.",
        DecisionState.EXPIRED: f"Nobody decided until {date_and_time(resume.expires_at)}.",
        DecisionState.CLOSED: "It ended without a decision." if resume.verdict is None else "",
    }
    decided = _verdict_line(resume.verdict) if resume.verdict else ""
    return [line for line in (decided or by_state.get(resume.state, ""), resume.note) if line]


def _verdict_line(verdict: Verdict) -> str:
    word = "Approved" if verdict.choice is Choice.APPROVE else "Denied"
    said = f" “{verdict.reason}”" if verdict.reason else ""
    return f"{word} by {verdict.name} at {clock_time(verdict.at)}.{said}"


def _named(groups: tuple[str, ...]) -> str:
    return " or ".join(groups)
