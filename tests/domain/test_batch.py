"""Batches: the moves of a part, the split into requests, and the key that finds a batch again."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.batch import MOVES, SENDABLE, Batch, BatchId, Part, PartState, key_of, split
from bot.domain.run import ExecutionId, IllegalMoveError
from bot.domain.targets import MAX_TARGETS, Identifier, NamedTarget, fits_v1
from bot.domain.workflow import WorkflowId
from tests.domain.values import NOON

ADA: NamedTarget = {Identifier.UPN: "ada@example.com"}
GRACE: NamedTarget = {Identifier.UPN: "grace@example.com"}
WORKFLOW = WorkflowId("#reset_vpn")

UPNS = st.integers(0, 50).map(lambda number: {Identifier.UPN: f"user{number}@example.com"})
SIDS = st.integers(0, 50).map(lambda number: {Identifier.SID: f"S-1-5-{number}"})


def a_part(state: PartState = PartState.PENDING) -> Part:
    """Return a part in a state."""
    return Part(ordinal=0, targets=(ADA,), changed_at=NOON, state=state)


@pytest.mark.parametrize(("before", "after"), list(itertools.product(PartState, PartState)))
def test_part_moves_only_as_the_table_says(before: PartState, after: PartState) -> None:
    """Any other move is a fault of the program."""
    if after in MOVES.get(before, frozenset()):
        assert a_part(before).move(after, NOON).state is after
    else:
        with pytest.raises(IllegalMoveError):
            a_part(before).move(after, NOON)


def test_only_what_surely_was_not_started_is_sent() -> None:
    """Nothing that was started, or may have been, ever gets on its way again."""
    assert {state for state, after in MOVES.items() if PartState.SENDING in after} == SENDABLE
    assert SENDABLE.isdisjoint({PartState.STARTED, PartState.UNKNOWN, PartState.SENDING})


def test_move_forgets_what_no_longer_holds() -> None:
    """Neither an old note nor old ids stay."""
    refused = a_part(PartState.SENDING).move(PartState.REFUSED, NOON, note="no")

    started = refused.move(PartState.SENDING, NOON).move(
        PartState.STARTED, NOON, request_id="q-1", execution_ids=(ExecutionId("e-1"),)
    )

    assert (refused.note, started.note, started.request_id) == ("no", "", "q-1")


@pytest.mark.parametrize("count", [1, MAX_TARGETS, MAX_TARGETS + 1, 2 * MAX_TARGETS])
def test_split_fills_each_request(count: int) -> None:
    """One request takes 10,000 targets, and the last one the rest."""
    targets = [{Identifier.UPN: f"user{number}@example.com"} for number in range(count)]

    parts = list(split(targets))

    assert [one for part in parts for one in part] == targets
    assert [len(part) for part in parts[:-1]] == [MAX_TARGETS] * (len(parts) - 1)
    assert 0 < len(parts[-1]) <= MAX_TARGETS


@given(st.lists(UPNS | SIDS))
def test_split_parts_versions_and_loses_nobody(targets: list[NamedTarget]) -> None:
    """Each request goes through one version, and every target is in exactly one."""
    parts = list(split(targets))

    assert all(len({fits_v1(target) for target in part}) == 1 for part in parts)
    assert sorted(str(one) for part in parts for one in part) == sorted(map(str, targets))


@given(st.lists(UPNS | SIDS, min_size=1), st.randoms())
def test_key_does_not_look_at_order_case_or_repetition(targets: list[NamedTarget], chance: random.Random) -> None:
    """The same people are the same batch, however the file was sorted or written."""
    shuffled = [{identifier: value.upper() for identifier, value in target.items()} for target in targets]
    chance.shuffle(shuffled)

    assert key_of(WORKFLOW, {}, targets) == key_of(WORKFLOW, {}, [*shuffled, shuffled[0]])


def test_key_tells_contents_apart() -> None:
    """Another workflow, parameter or target is another batch; the correlation id is none of them."""
    plain = key_of(WORKFLOW, {"a": "1"}, [ADA])

    assert plain == key_of(WORKFLOW, {"a": "1", "correlation_id": "b-7"}, [ADA])
    others = [
        key_of(WorkflowId("#other"), {"a": "1"}, [ADA]),
        key_of(WORKFLOW, {"a": "2"}, [ADA]),
        key_of(WORKFLOW, {"a": "1"}, [GRACE]),
        key_of(WORKFLOW, {"a": "1"}, [ADA, GRACE]),
        key_of(WORKFLOW, {"a": "1"}, [{**ADA, Identifier.SID: "S-1-5-1"}]),
    ]
    assert len({plain, *others}) == 6


@pytest.mark.parametrize(
    ("states", "is_in_the_way"),
    [
        ((PartState.STARTED, PartState.STARTED), False),
        ((PartState.REFUSED,), False),
        ((PartState.STARTED, PartState.REFUSED), True),
        ((PartState.PENDING,), True),
        ((PartState.SENDING,), True),
        ((PartState.NOT_STARTED,), True),
        ((PartState.UNKNOWN,), True),
    ],
)
def test_batch_is_in_the_way_while_it_may_start_twice(states: tuple[PartState, ...], *, is_in_the_way: bool) -> None:
    """Only one that was started or refused as a whole leaves the way free."""
    batch = Batch(
        id=BatchId("b-1"),
        key="k",
        workflow_id=WORKFLOW,
        workflow_uuid="w-1",
        workflow_name="Reset VPN",
        parameters={},
        actor="operator",
        rule="*",
        created_at=NOON,
        parts=tuple(map(a_part, states)),
    )

    assert batch.is_in_the_way is is_in_the_way
