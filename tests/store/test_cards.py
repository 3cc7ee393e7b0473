"""Copies of cards."""

import dataclasses
from collections.abc import Callable

import pytest

from bot.domain.card import Card, CardRole
from bot.domain.run import Run, RunId
from bot.store.database import SqlStore

CARD = Card(run_id=RunId("one"), role=CardRole.RESUME, ordinal=1)
POSTED = dataclasses.replace(CARD, channel_id="C1", ts="1700000000.000100", shown_revision=4)


@pytest.fixture(autouse=True)
async def _run(store: SqlStore, make_run: Callable[..., Run]) -> None:
    """The run that the cards show."""
    await store.add_run(make_run())


async def test_copy_is_added_once(store: SqlStore) -> None:
    """A second copy for the same role and execution is refused, and changes nothing."""
    first = await store.add_card(CARD)
    second = await store.add_card(POSTED)

    assert (first, second) == (True, False)
    assert await store.cards_of(CARD.run_id) == [CARD]


async def test_copy_is_found_by_its_message_once_posted(store: SqlStore) -> None:
    """A message leads to its copy; a copy without a message is none."""
    await store.add_card(CARD)
    before = await store.card_at("", "")

    await store.update_card(POSTED)

    assert before is None
    assert await store.card_at("C1", POSTED.ts) == POSTED
    assert await store.card_at("C2", POSTED.ts) is None


async def test_copies_of_a_run_are_all_there(store: SqlStore) -> None:
    """A run's copies are told apart by role and execution."""
    others = [dataclasses.replace(CARD, ordinal=0), Card(run_id=CARD.run_id, role=CardRole.APPROVAL)]
    for card in (CARD, *others):
        await store.add_card(card)

    assert await store.cards_of(CARD.run_id) == [others[1], others[0], CARD]
    assert await store.cards_of(RunId("other")) == []


async def test_removed_copy_is_forgotten(store: SqlStore) -> None:
    """What surely was not posted leaves no trace, and may be added anew."""
    await store.add_card(CARD)

    await store.remove_card(CARD)

    assert await store.cards_of(CARD.run_id) == []
    assert await store.add_card(CARD)
