"""A start for many targets up to the moment before it is sent: planned, allowed, stored. `send` does the rest."""

import dataclasses
import enum
from collections.abc import Mapping
from datetime import timedelta

from bot.domain.audit import AuditEntry
from bot.domain.batch import PERHAPS_STARTED, SENDABLE, Batch, BatchId, Part, PartState, key_of, normalised, split
from bot.domain.errors import InvalidInputError, NotFoundError, TooLateError
from bot.domain.run import RunId
from bot.domain.targets import NamedTarget
from bot.domain.workflow import CORRELATION_PARAMETER, Workflow, WorkflowId
from bot.policy.decide import Actor, Ruling, may_run_for
from bot.policy.rules import Policy, Rule
from bot.usecases.form import Answer, fields_of, read_parameters
from bot.usecases.ports import Nexthink
from bot.usecases.terminal.session import Terminal, read_named
from bot.usecases.terminal.targets import TargetList

LOST_FOR = timedelta(days=1)
"""How long a start of unknown result keeps its targets from being started by another call."""
LOST = "The process that sent it ended before the answer came."
NOT_RECORDED = "No start of the same workflow, parameters and targets is recorded here; run it without --continue"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody asks for."""

    workflow_id: WorkflowId
    targets: TargetList
    given: Mapping[str, str]
    """Values by the ids of parameters."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be sent for an order, and whether it may be."""

    id: BatchId
    workflow: Workflow
    targets: TargetList
    parts: tuple[tuple[NamedTarget, ...], ...]
    parameters: Mapping[str, str]
    """As they are sent; as they were given where it may not be sent."""
    ruling: Ruling

    @property
    def key(self) -> str:
        """What an earlier batch of the same content is found by."""
        return key_of(self.workflow.id, self.parameters, self.targets.targets)


async def plan_batch(
    order: Order, batch_id: BatchId, actor: Actor, *, nexthink: Nexthink, policy: Policy | None
) -> Plan:
    """Read the workflow afresh and look at rights and parameters; nothing is sent or stored.

    Raises `NotFoundError` where the workflow cannot be started, and `InvalidInputError` with a sentence a parameter.
    """
    workflow = await read_named(order.workflow_id, nexthink)
    if not workflow.can_start:
        raise NotFoundError(f"{workflow.name} cannot be started: in Nexthink it is not active, or not open to the API")
    ruling = may_run_for(policy, actor, workflow, order.targets.upns)
    rule = ruling.rule if ruling.is_allowed else None
    return Plan(
        id=batch_id,
        workflow=workflow,
        targets=order.targets,
        parts=tuple(split(order.targets.targets)),
        parameters=_parameters(workflow, rule, order.given, batch_id) if rule else order.given,
        ruling=ruling,
    )


def _parameters(workflow: Workflow, rule: Rule, given: Mapping[str, str], batch_id: BatchId) -> dict[str, str]:
    """Return what is sent for each parameter, read as the form of Slack is; its defaults hold here too."""
    fields = {field.parameter.id: field for field in fields_of(workflow, rule)}
    known = {parameter.id for parameter in workflow.parameters}
    faults = {name: _why_not_given(name, known, tuple(fields)) for name in given if name not in fields}
    defaults = {name: field.rule.default for name, field in fields.items() if field.rule.default is not None}
    answers = {name: Answer(text=value) for name, value in (defaults | dict(given)).items()}
    try:
        values = read_parameters(workflow, rule, answers, RunId(batch_id))
    except InvalidInputError as error:
        raise InvalidInputError(faults | error.fields) from error
    if faults:
        raise InvalidInputError(faults)
    return values


def _why_not_given(name: str, known: set[str], asked: tuple[str, ...]) -> str:
    """Say why a parameter cannot be given."""
    if name == CORRELATION_PARAMETER:
        return "fixdesk fills this in itself; leave it out."
    if name in known:
        return "The policy fixes this; leave it out."
    return f"The workflow has no such parameter; it asks for: {', '.join(asked) or 'nothing'}."


class Guard(enum.Enum):
    """What keeps a batch from being stored."""

    NOTHING = enum.auto()
    """Somebody said so."""
    LOST = enum.auto()
    """Targets of which the result of an earlier start is unknown."""
    OPEN = enum.auto()
    """The same, and an earlier batch of the same content that is not settled."""


async def record_batch(plan: Plan, *, terminal: Terminal, guard: Guard) -> Batch:
    """Store a batch before anything is sent; raise `NotAllowedError`, which is recorded, where it may not be.

    Raises `TooLateError` where an earlier start is in the way.
    """
    rule = await require(plan, terminal)
    if guard is not Guard.NOTHING:
        await _require_nothing_lost(plan, terminal)
    now = terminal.clock()
    batch = Batch(
        id=plan.id,
        key=plan.key,
        workflow_id=plan.workflow.id,
        workflow_uuid=plan.workflow.uuid,
        workflow_name=plan.workflow.name,
        parameters=plan.parameters,
        actor=terminal.actor.name,
        rule=rule.match,
        created_at=now,
        parts=tuple(Part(ordinal=place, targets=targets, changed_at=now) for place, targets in enumerate(plan.parts)),
    )
    before = await terminal.store.add_batch(batch, _stored(batch, terminal), is_once=guard is Guard.OPEN)
    if before is not None:
        raise TooLateError(_why_not_again(before))
    return batch


async def _require_nothing_lost(plan: Plan, terminal: Terminal) -> None:
    """Raise `TooLateError` where some of the targets may have been started already, and nobody knows."""
    sent = await terminal.store.possibly_started(plan.workflow.id, terminal.clock() - LOST_FOR)
    lost = {normalised(target) for part in sent for target in part.targets}
    again = [target for target in plan.targets.targets if normalised(target) in lost]
    if not again:
        return
    before = await terminal.store.newest_batch(plan.key)
    if before is not None and before.is_in_the_way:
        raise TooLateError(_why_not_again(before))
    raise TooLateError(
        f"Of these targets {len(again):,} may have been started within the last day, beginning with "
        f"{', '.join(again[0].values())}: the result is unknown. Look in Nexthink, then leave them out, or say --again"
    )


async def require(plan: Plan, terminal: Terminal) -> Rule:
    """Return the rule that allows a plan; record a refusal, and raise it as `NotAllowedError`."""
    if not plan.ruling.is_allowed:
        rule = plan.ruling.rule
        refused = terminal.entry(
            "batch.not_allowed",
            workflow=plan.workflow.id,
            targets=len(plan.targets.targets),
            rule=rule.match if rule else "",
            why=plan.ruling.reason,
        )
        await terminal.store.add_audit(refused)
    return plan.ruling.require()


def _stored(batch: Batch, terminal: Terminal) -> AuditEntry:
    return terminal.entry(
        "batch.stored",
        batch=batch.id,
        key=batch.key,
        workflow=batch.workflow_id,
        parameters=dict(batch.parameters),
        rule=batch.rule,
        parts=len(batch.parts),
        targets=batch.targets_in(*PartState),
    )


def _why_not_again(before: Batch) -> str:
    """Say what is open of an earlier batch, and how to go on."""
    total = before.targets_in(*PartState)
    left, unknown = before.targets_in(*SENDABLE), before.targets_in(*PERHAPS_STARTED)
    return (
        f"The same targets were sent at {before.created_at:%Y-%m-%d %H:%M} UTC (batch {before.id}): of {total:,}, "
        f"{left:,} surely were not started, and of {unknown:,} the result is unknown. Say --continue to send what "
        "surely was not started, or --again to send everything once more"
    )


async def earlier_batch(plan: Plan, *, terminal: Terminal) -> Batch:
    """Return the newest batch of the same content, to go on with; parts that were lost on their way become unknown.

    Raises `NotAllowedError` as `record_batch` does, and `NotFoundError` where none is recorded.
    """
    await require(plan, terminal)
    batch = await terminal.store.newest_batch(plan.key)
    if batch is None:
        raise NotFoundError(NOT_RECORDED)
    sent = [part for part in batch.parts if part.state is PartState.SENDING]
    for part in sent:
        await _give_up(batch, part, terminal)
    # Whoever sent them may have been quicker, and alive.
    return await terminal.store.newest_batch(plan.key) or batch if sent else batch


async def _give_up(batch: Batch, part: Part, terminal: Terminal) -> None:
    """Give up a part that was on its way for lost; its sender, if it still lives, may yet store what came of it."""
    lost = part.move(PartState.UNKNOWN, terminal.clock(), note=LOST)
    entry = terminal.entry("part.unknown", batch=batch.id, part=part.ordinal, note=LOST)
    await terminal.store.replace_part(batch.id, part, lost, entry)
