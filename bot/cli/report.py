"""What `fixdesk run` prints: what would be sent, what was sent, and how it went."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from bot.cli.exit import ExitStatus
from bot.cli.show import Screen
from bot.domain.batch import PERHAPS_STARTED, SENDABLE, Batch, Part, PartState
from bot.domain.run import ExecutionState
from bot.domain.targets import NamedTarget, fits_v1
from bot.policy.decide import Actor
from bot.usecases.terminal.batch import Plan
from bot.usecases.terminal.follow import Outcome

MAX_SHOWN = 20
"""Ids, parts and failures that are shown as text; JSON has them all."""
SHOWN_TARGETS = 5

UNKNOWN_RESULT = "Result unknown: it may have started"
_WORDS = {
    ExecutionState.SUCCEEDED: "done",
    ExecutionState.FAILED: "failed",
    ExecutionState.CANCELLED: "cancelled",
    ExecutionState.EXPIRED: "expired",
}
_NOTE = "where an identifier fits several, Nexthink takes the most recently active one"


def status_after(batch: Batch, outcome: Outcome | None) -> ExitStatus:
    """Return how a run ended, as far as it is known."""
    if any(part.state in PERHAPS_STARTED for part in batch.parts) or (outcome and outcome.trouble):
        return ExitStatus.UNKNOWN
    if not batch.is_started or (outcome and set(outcome.ended) - {ExecutionState.SUCCEEDED}):
        return ExitStatus.FAILED
    return ExitStatus.DONE


def show_plan(plan: Plan, actor: Actor, left: Batch | None, screen: Screen) -> ExitStatus:
    """Print what would be sent, of an earlier batch what is left, and whether the policy allows it."""
    is_allowed = plan.ruling.is_allowed
    rule = plan.ruling.rule.match if plan.ruling.rule else ""
    kinds = Counter("+".join(target) for target in plan.targets.targets)
    versions = Counter("V1" if fits_v1(part[0]) else "V2" for part in plan.parts)
    sendable = None if left is None else left.targets_in(*SENDABLE)
    screen.line("Dry run: nothing was sent.")
    screen.line(f"workflow: {plan.workflow.name} ({plan.workflow.id})")
    screen.line(f"targets: {len(plan.targets.targets):,} ({_counted(kinds, 'by ')}); {_NOTE}")
    screen.line(f"requests: {len(plan.parts)} ({_counted(versions, 'through ')})")
    if sendable is not None:
        screen.line(f"left to send of the earlier batch: {sendable:,} targets")
    screen.line(f"parameters: {_pairs(plan.parameters) or 'none'}")
    screen.line(
        f"first targets: {'; '.join(_pairs(_named(target)) for target in plan.targets.targets[:SHOWN_TARGETS])}"
    )
    screen.line(f"policy: {f'allowed for {actor.name} (rule {rule})' if is_allowed else plan.ruling.reason}")
    status = ExitStatus.DONE if is_allowed else ExitStatus.FAILED
    screen.document(
        {
            "status": int(status),
            "dry_run": True,
            "workflow": {"id": plan.workflow.id, "uuid": plan.workflow.uuid, "name": plan.workflow.name},
            "targets": len(plan.targets.targets),
            "duplicates": plan.targets.duplicates,
            "kinds": dict(kinds),
            "requests": len(plan.parts),
            "versions": dict(versions),
            "left": sendable,
            "parameters": dict(plan.parameters),
            "first_targets": [_named(target) for target in plan.targets.targets[:SHOWN_TARGETS]],
            "note": _NOTE,
            "actor": actor.name,
            "allowed": is_allowed,
            "rule": rule,
            "reason": plan.ruling.reason,
        }
    )
    return status


def show_sent(batch: Batch, screen: Screen) -> None:
    """Print what became of each part: how many targets were started, and of the others why not."""
    total = batch.targets_in(*PartState)
    screen.line(
        f"{batch.workflow_name} ({batch.workflow_id}): {_many(total, 'target')} in {_many(len(batch.parts), 'request')}"
    )
    screen.line(f"started: {batch.targets_in(PartState.STARTED):,}")
    screen.line(f"not started: {batch.targets_in(*SENDABLE):,}")
    screen.line(f"unknown: {batch.targets_in(*PERHAPS_STARTED):,}")
    others = [part for part in batch.parts if part.state is not PartState.STARTED]
    for part in others[:MAX_SHOWN]:
        screen.line(f"part {part.ordinal + 1} ({_many(len(part.targets), 'target')}): {_said(part)}")
    _show_more(len(others), screen)
    if len(batch.parts) == 1 and batch.is_started:
        _show_ids(batch.parts[0], screen)


def show_outcome(outcome: Outcome, screen: Screen) -> None:
    """Print how the executions ended."""
    for state, word in _WORDS.items():
        if outcome.ended[state]:
            screen.line(f"{word}: {outcome.ended[state]:,} of {outcome.expected:,}")
    others = [seen for seen in outcome.sightings if seen.state.has_ended and seen.state is not ExecutionState.SUCCEEDED]
    for seen in others[:MAX_SHOWN]:
        told = ", ".join(filter(None, (seen.device_name, seen.details)))
        screen.line(f"execution {seen.execution_id}: {_WORDS[seen.state]}{f' ({told})' if told else ''}")
    _show_more(len(others), screen)
    if outcome.trouble:
        screen.say(outcome.trouble)


def document_of(batch: Batch, duplicates: int, outcome: Outcome | None, status: ExitStatus) -> Mapping[str, Any]:
    """Return everything about a batch as JSON."""
    return {
        "status": int(status),
        "batch": batch.id,
        "workflow": {"id": batch.workflow_id, "uuid": batch.workflow_uuid, "name": batch.workflow_name},
        "actor": batch.actor,
        "rule": batch.rule,
        "parameters": dict(batch.parameters),
        "targets": {
            "total": batch.targets_in(*PartState),
            "started": batch.targets_in(PartState.STARTED),
            "not_started": batch.targets_in(*SENDABLE),
            "unknown": batch.targets_in(*PERHAPS_STARTED),
            "duplicates": duplicates,
        },
        "parts": [_part_document(part) for part in batch.parts],
        "outcome": _outcome_document(outcome) if outcome else None,
    }


def _part_document(part: Part) -> Mapping[str, Any]:
    return {
        "part": part.ordinal + 1,
        "targets": len(part.targets),
        "version": 1 if fits_v1(part.targets[0]) else 2,
        "state": part.state.value,
        "request_id": part.request_id,
        "execution_ids": list(part.execution_ids),
        "note": part.note,
    }


def _outcome_document(outcome: Outcome) -> Mapping[str, Any]:
    return {
        "expected": outcome.expected,
        **{word: outcome.ended[state] for state, word in _WORDS.items()},
        "trouble": outcome.trouble,
        "executions": [
            {
                "request_id": seen.request_id,
                "execution_id": seen.execution_id,
                "state": seen.state.value,
                "device": seen.device_name,
                "details": seen.details,
            }
            for seen in outcome.sightings
        ],
    }


def _said(part: Part) -> str:
    """Say what became of a part that was not started."""
    if part.state in PERHAPS_STARTED:
        return f"{UNKNOWN_RESULT}. {part.note}"
    if part.state is PartState.PENDING:
        return "surely not started: it was never tried"
    return f"surely not started. {part.note}"


def _show_ids(part: Part, screen: Screen) -> None:
    screen.line(f"request {part.request_id}")
    for execution_id in part.execution_ids[:MAX_SHOWN]:
        screen.line(f"execution {execution_id}")
    _show_more(len(part.execution_ids), screen)


def _show_more(count: int, screen: Screen) -> None:
    if count > MAX_SHOWN:
        screen.line(f"and {count - MAX_SHOWN:,} more; --json shows them all")


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _counted(counts: Mapping[str, int], word: str) -> str:
    return ", ".join(f"{count:,} {word}{name}" for name, count in counts.items())


def _pairs(values: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in values.items())


def _named(target: NamedTarget) -> Mapping[str, str]:
    return {identifier.value: value for identifier, value in target.items()}
