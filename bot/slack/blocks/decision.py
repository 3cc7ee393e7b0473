"""The modals beside a decision: why it was taken, and everything that it is about."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.decision import Choice
from bot.domain.run import Run
from bot.slack.blocks.text import Block, context, header, input_block, plain, section, shorten
from bot.slack.ids import ActionId, BlockId, ViewId

REASON = 500
"""How much may be written beside a decision."""
_VERBS: Mapping[Choice, str] = {Choice.APPROVE: "Approve", Choice.DENY: "Deny"}
_LABELS: Mapping[Choice, str] = {Choice.APPROVE: "Comment", Choice.DENY: "Reason"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DecisionContext:
    """What the modal remembers of the question; nothing in it is trusted as a right."""

    question: str = ""
    """A run's id, with an execution's place behind a dot where it is about a pause."""
    choice: str = Choice.DENY.value
    is_decided: bool = False
    """Whether the press has decided already, and only its reason is asked for."""
    channel_id: str = ""

    def dump(self) -> str:
        """Return the text for private_metadata."""
        return json.dumps(dataclasses.asdict(self))


def load_decision(text: str) -> DecisionContext | None:
    """Read private_metadata back; None for a foreign one."""
    try:
        read = json.loads(text)
        wanted = DecisionContext(**read)
        Choice(wanted.choice)
    except (ValueError, TypeError):
        return None
    return wanted if all(type(value) is type(default) for value, default in _pairs(wanted)) else None


def _pairs(wanted: DecisionContext) -> list[tuple[Any, Any]]:
    return list(zip(dataclasses.astuple(wanted), dataclasses.astuple(DecisionContext()), strict=True))


def split_question(question: str) -> tuple[str, int | None]:
    """Return the run that a question is about, and the place of its execution, None where it is about the start."""
    run_id, _, ordinal = question.partition(".")
    return run_id, int(ordinal) if ordinal.isdecimal() else None


def reason_view(run: Run, wanted: DecisionContext) -> Block:
    """Return the modal that asks why."""
    choice = Choice(wanted.choice)
    about = f"{run.workflow.name}, asked for by {run.requester.name}"
    told = f"You {choice.past} this. {run.requester.name} reads what you write here." if wanted.is_decided else ""
    element = {
        "type": "plain_text_input",
        "action_id": ActionId.REASON.value,
        "multiline": True,
        "max_length": REASON,
    }
    blocks = [section(about), *([context(told)] if told else [])]
    return {
        "type": "modal",
        "callback_id": ViewId.DECISION.value,
        "title": plain("Why?" if wanted.is_decided else _VERBS[choice], 24),
        "submit": plain("Send" if wanted.is_decided else _VERBS[choice], 24),
        "close": plain("Close" if wanted.is_decided else "Cancel", 24),
        "private_metadata": wanted.dump(),
        "blocks": [*blocks, input_block(BlockId.REASON, _LABELS[choice], element, optional=True)],
    }


def reason_of(view: Mapping[str, Any]) -> str:
    """Return what was written, without blanks around it."""
    values = (view.get("state") or {}).get("values") or {}
    written = values.get(BlockId.REASON, {}).get(ActionId.REASON, {}).get("value")
    return str(written or "").strip()[:REASON]


def details_view(run: Run, about: str, values: Sequence[tuple[str, str]], fingerprint: str) -> Block:
    """Return everything that a decision is about: the request in full, and the hash by which it is pinned."""
    facts = [
        f"Asked for by {run.requester.name} ({run.requester.upn}).",
        f"Workflow: {run.workflow.id}, version {run.workflow.version or 'not told'}",
        f"Runs for: {run.target.upn}",
        f"Device: {_device(run)}",
    ]
    shown = [section(f"{label}: {shorten(value, 2000)}") for label, value in values]
    blocks = [
        header(run.workflow.name),
        *([section(about)] if about.strip() else []),
        *map(section, facts),
        *shown,
        context(f"What is approved is what runs. SHA-256 of all of it: {fingerprint}"),
        context(f"Reference: {run.id}"),
    ]
    return {
        "type": "modal",
        "callback_id": ViewId.NOTICE.value,
        "title": plain("Details", 24),
        "close": plain("Close", 24),
        "blocks": blocks[:100],
    }


def _device(run: Run) -> str:
    device = run.target.device
    if device is None:
        return "the one that was used last, as Nexthink sees it"
    return " · ".join(part for part in (device.name, device.platform, device.collector_uid) if part)
