"""Queries about cards: the copies of a run's card and where they are."""

from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.card import Card, CardRole
from bot.domain.run import RunId
from bot.store.tables import cards
from bot.store.upsert import insert_into


async def add(connection: AsyncConnection, card: Card) -> bool:
    """Insert a copy; False where it is there already."""
    statement = insert_into(connection, cards).values(_encode(card)).on_conflict_do_nothing()
    added = await connection.execute(statement)
    return added.rowcount == 1


async def change(connection: AsyncConnection, card: Card) -> None:
    """Write where a copy is and what it shows."""
    await connection.execute(update(cards).where(_is(card)).values(_encode(card)))


async def remove(connection: AsyncConnection, card: Card) -> None:
    """Delete a copy."""
    await connection.execute(delete(cards).where(_is(card)))


async def of_run(connection: AsyncConnection, run_id: RunId) -> list[Card]:
    """Return a run's copies in a steady order."""
    query = select(cards).where(cards.c.run_id == run_id).order_by(cards.c.role, cards.c.ordinal)
    return [_decode(row) for row in await connection.execute(query)]


async def at(connection: AsyncConnection, channel_id: str, ts: str) -> Card | None:
    """Return the copy that a message is; copies that are not posted yet are no message."""
    query = select(cards).where(cards.c.channel_id == channel_id, cards.c.ts == ts, cards.c.ts != "")
    row = (await connection.execute(query)).first()
    return None if row is None else _decode(row)


def _is(card: Card) -> ColumnElement[bool]:
    return and_(cards.c.run_id == card.run_id, cards.c.role == card.role.value, cards.c.ordinal == card.ordinal)


def _encode(card: Card) -> dict[str, Any]:
    return {
        "run_id": card.run_id,
        "role": card.role.value,
        "ordinal": card.ordinal,
        "channel_id": card.channel_id,
        "ts": card.ts,
        "shown_revision": card.shown_revision,
    }


def _decode(row: Row[Any]) -> Card:
    return Card(
        run_id=RunId(row.run_id),
        role=CardRole(row.role),
        ordinal=row.ordinal,
        channel_id=row.channel_id,
        ts=row.ts,
        shown_revision=row.shown_revision,
    )
