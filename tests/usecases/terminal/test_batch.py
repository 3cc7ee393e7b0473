"""A start for many up to its sending: what is planned, who may, what is stored and recorded."""

import dataclasses
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.batch import BatchId, Part, PartState
from bot.domain.errors import (
    InvalidInputError,
    NexthinkError,
    NexthinkFault,
    NotAllowedError,
    NotFoundError,
    TooLateError,
)
from bot.domain.targets import Identifier
from bot.domain.workflow import Parameter, WorkflowId
from bot.policy.decide import Actor
from bot.policy.rules import read_policy
from bot.usecases.terminal.batch import LOST, LOST_FOR, Guard, Order, Plan, earlier_batch, plan_batch, record_batch
from bot.usecases.terminal.session import Terminal
from bot.usecases.terminal.targets import TargetList, read_values
from tests.domain.values import a_workflow
from tests.usecases.fakes import FakeNexthink, HeldStore, SettableClock

POLICY = read_policy(
    """
version: 1
people: {domains: [example.com]}
workflows:
  - match: "#reset_vpn"
    run_by: everyone
    for: anyone
    parameters:
      ticket: {pattern: "INC\\\\d+"}
      fixed: {value: always}
      usual: {default: normal}
      extra: {optional: true}
  - {match: "#device", run_by: everyone}
""",
    "policy.yaml",
)
TWO = read_values({Identifier.UPN: ("ada@example.com", "grace@example.com")})
MORE = read_values({Identifier.UPN: ("new@example.com", "ADA@example.com", "grace@example.com")})
PARAMETERS = tuple(Parameter(id=name) for name in ("ticket", "fixed", "usual", "extra", "correlation_id"))


@pytest.fixture
def terminal(store: HeldStore) -> Terminal:
    """A terminal of the operator, over stand-ins and a real store."""
    nexthink = FakeNexthink()
    nexthink.workflows[WorkflowId("#reset_vpn")] = a_workflow(parameters=PARAMETERS)
    clock = SettableClock()

    async def sleep(seconds: float) -> None:
        clock.advance(seconds=seconds)

    return Terminal(
        nexthink=nexthink,
        store=store,
        policy=POLICY,
        actor=Actor(),
        clock=clock,
        new_id=lambda: "b-1",
        sleep=sleep,
    )


async def plan(
    terminal: Terminal,
    workflow: str = "#reset_vpn",
    given: Mapping[str, str] | None = None,
    targets: TargetList = TWO,
    name: str = "b-1",
) -> Plan:
    """Plan a start."""
    order = Order(
        workflow_id=WorkflowId(workflow), targets=targets, given={"ticket": "INC1"} if given is None else given
    )
    nexthink = terminal.nexthink
    return await plan_batch(order, BatchId(name), terminal.actor, nexthink=nexthink, policy=terminal.policy)


async def actions(terminal: Terminal) -> list[str]:
    """Return what was recorded."""
    assert isinstance(terminal.store, HeldStore)
    return [row.entry.action for row in await terminal.store.audit_rows()]


async def test_plan_fills_the_parameters_as_the_form_does(terminal: Terminal) -> None:
    """Fixed ones, defaults and the correlation id come by themselves; optional ones may be left out."""
    planned = await plan(terminal)

    assert planned.parameters == {
        "ticket": "INC1",
        "fixed": "always",
        "usual": "normal",
        "correlation_id": "b-1",
    }
    assert planned.ruling.is_allowed
    assert [len(part) for part in planned.parts] == [2]


async def test_wrong_parameters_are_named_all_at_once(terminal: Terminal) -> None:
    """By their ids: strangers, fixed ones, blank and missing ones, and those of the wrong form."""
    given = {"stranger": "x", "fixed": "never", "correlation_id": "mine", "usual": " ", "ticket": "REQ1"}

    with pytest.raises(InvalidInputError) as caught:
        await plan(terminal, given=given)

    said = caught.value.fields
    assert said.keys() == given.keys()
    assert said["stranger"] == "The workflow has no such parameter; it asks for: ticket, usual, extra."
    assert said["fixed"] == "The policy fixes this; leave it out."
    assert said["usual"].startswith("This is required")
    assert said["ticket"].endswith(r"INC\d+")


async def test_parameter_that_cannot_be_given_is_refused_alone(terminal: Terminal) -> None:
    """It is never dropped in silence."""
    with pytest.raises(InvalidInputError) as caught:
        await plan(terminal, given={"ticket": "INC1", "stranger": "x"})

    assert caught.value.fields.keys() == {"stranger"}


@pytest.mark.parametrize(
    ("changes", "why"), [({"is_active": False}, "it is not active"), ({"is_api_enabled": False}, "not open to the API")]
)
async def test_workflow_that_cannot_start_is_refused(terminal: Terminal, changes: dict[str, Any], why: str) -> None:
    """Nexthink would refuse it too."""
    assert isinstance(terminal.nexthink, FakeNexthink)
    terminal.nexthink.workflows[WorkflowId("#reset_vpn")] = dataclasses.replace(a_workflow(), **changes)

    with pytest.raises(NotFoundError, match=why):
        await plan(terminal)


async def test_unknown_workflow_is_told_from_trouble(terminal: Terminal) -> None:
    """Only the first is a mistake of the call."""
    assert isinstance(terminal.nexthink, FakeNexthink)
    with pytest.raises(NotFoundError, match="knows no workflow #nope"):
        await plan(terminal, "#nope")
    terminal.nexthink.fail("read_workflow", NexthinkFault.FORBIDDEN)

    with pytest.raises(NexthinkError):
        await plan(terminal)


async def test_batch_is_stored_with_its_parts_before_anything_is_sent(terminal: Terminal) -> None:
    """And recorded in the same breath."""
    planned = await plan(terminal)

    batch = await record_batch(planned, terminal=terminal, guard=Guard.OPEN)

    assert await terminal.store.newest_batch(planned.key) == batch
    assert (batch.actor, batch.rule, batch.workflow_uuid) == ("operator", "#reset_vpn", "w-1")
    assert [(part.state, part.targets) for part in batch.parts] == [(PartState.PENDING, TWO.targets)]
    assert await actions(terminal) == ["batch.stored"]


async def test_refusal_is_recorded_and_nothing_is_stored(terminal: Terminal) -> None:
    """For a new batch and for one to go on with alike."""
    planned = await plan(terminal, "#device", {})

    for step in (
        record_batch(planned, terminal=terminal, guard=Guard.NOTHING),
        earlier_batch(planned, terminal=terminal),
    ):
        with pytest.raises(NotAllowedError, match="The operator is not allowed to run The device fix"):
            await step

    assert await terminal.store.newest_batch(planned.key) is None
    assert await actions(terminal) == ["batch.not_allowed"] * 2


async def test_same_content_is_sent_once_unless_that_is_wanted(terminal: Terminal) -> None:
    """As long as parts of it are not started; the mend is said."""
    first = await plan(terminal)
    await record_batch(first, terminal=terminal, guard=Guard.OPEN)
    second = await plan(terminal, name="b-2")

    with pytest.raises(TooLateError, match=r"of 2, 2 surely were not started, .* Say --continue .* or --again"):
        await record_batch(second, terminal=terminal, guard=Guard.OPEN)
    again = await record_batch(second, terminal=terminal, guard=Guard.NOTHING)

    assert again.id == "b-2"
    assert (await earlier_batch(second, terminal=terminal)).id == "b-2"


@pytest.mark.parametrize("guard", [Guard.LOST, Guard.OPEN])
@pytest.mark.parametrize("states", [(PartState.SENDING,), (PartState.SENDING, PartState.UNKNOWN)])
async def test_target_of_unknown_result_is_not_started_by_another_call(
    terminal: Terminal, guard: Guard, states: tuple[PartState, ...]
) -> None:
    """Neither by the same words nor among others, unless that is wanted."""
    batch = await record_batch(await plan(terminal), terminal=terminal, guard=guard)
    await settle(terminal, batch.parts[0], *states)
    among_others = await plan(terminal, name="b-2", targets=MORE)

    with pytest.raises(TooLateError, match="the result is unknown"):
        await record_batch(await plan(terminal, name="b-3"), terminal=terminal, guard=guard)
    with pytest.raises(
        TooLateError, match=r"Of these targets 2 may have been started .* leave them out, or say --again"
    ):
        await record_batch(among_others, terminal=terminal, guard=guard)
    assert (await record_batch(among_others, terminal=terminal, guard=Guard.NOTHING)).id == "b-2"


async def test_unknown_result_is_history_after_a_day(terminal: Terminal) -> None:
    """The same fix may be wanted again."""
    batch = await record_batch(await plan(terminal), terminal=terminal, guard=Guard.LOST)
    await settle(terminal, batch.parts[0], PartState.SENDING, PartState.UNKNOWN)
    assert isinstance(terminal.clock, SettableClock)
    terminal.clock.now += LOST_FOR + timedelta(seconds=1)

    assert (await record_batch(await plan(terminal, name="b-2"), terminal=terminal, guard=Guard.LOST)).id == "b-2"


async def test_target_that_surely_was_not_started_is_in_nobodys_way(terminal: Terminal) -> None:
    """A call that never arrived may be typed again."""
    batch = await record_batch(await plan(terminal), terminal=terminal, guard=Guard.LOST)
    await settle(terminal, batch.parts[0], PartState.SENDING, PartState.NOT_STARTED)

    assert (await record_batch(await plan(terminal, name="b-2"), terminal=terminal, guard=Guard.LOST)).id == "b-2"


@pytest.mark.parametrize("outcome", [PartState.STARTED, PartState.REFUSED])
async def test_settled_content_may_be_sent_again(terminal: Terminal, outcome: PartState) -> None:
    """A fix that worked yesterday may be wanted today, and what Nexthink refused as a whole may be tried anew."""
    batch = await record_batch(await plan(terminal), terminal=terminal, guard=Guard.OPEN)
    await settle(terminal, batch.parts[0], PartState.SENDING, outcome)

    again = await record_batch(await plan(terminal, name="b-2"), terminal=terminal, guard=Guard.OPEN)

    assert again.id == "b-2"


async def test_part_that_was_on_its_way_is_given_up_for_lost(terminal: Terminal) -> None:
    """Its process died, so that nobody knows what came of it."""
    batch = await record_batch(await plan(terminal), terminal=terminal, guard=Guard.OPEN)
    await settle(terminal, batch.parts[0], PartState.SENDING)

    found = await earlier_batch(await plan(terminal, name="b-2"), terminal=terminal)

    assert [(part.state, part.note) for part in found.parts] == [(PartState.UNKNOWN, LOST)]
    assert await terminal.store.newest_batch(found.key) == found
    assert (await actions(terminal))[-1] == "part.unknown"


async def test_nothing_to_go_on_with_is_said(terminal: Terminal) -> None:
    """Other parameters are another batch."""
    await record_batch(await plan(terminal), terminal=terminal, guard=Guard.OPEN)

    with pytest.raises(NotFoundError, match="run it without --continue"):
        await earlier_batch(await plan(terminal, given={"ticket": "INC2"}), terminal=terminal)


async def settle(terminal: Terminal, part: Part, *states: PartState) -> None:
    """Move a stored part."""
    for state in states:
        moved = part.move(state, terminal.clock())
        assert await terminal.store.replace_part(BatchId("b-1"), part, moved, terminal.entry("test"))
        part = moved
