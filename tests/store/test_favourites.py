"""Favourites: stored once each, the latest first, forgotten on request."""

from datetime import timedelta

from bot.domain.usage import Favourite
from bot.domain.workflow import WorkflowId
from bot.store.database import SqlStore
from tests.domain.values import NOON


def starred(slack_id: str, workflow_id: str, minutes: int = 0) -> Favourite:
    """Return a favourite."""
    since = NOON + timedelta(minutes=minutes)
    return Favourite(slack_id=slack_id, workflow_id=WorkflowId(workflow_id), since=since)


async def test_favourites_are_kept_the_latest_first(store: SqlStore) -> None:
    """A second star changes nothing, and one person's leaves the other's alone."""
    for favourite in (starred("UADA", "#a"), starred("UADA", "#b", 1), starred("UGRACE", "#a", 2)):
        await store.add_favourite(favourite)
    await store.add_favourite(starred("UADA", "#a", 9))

    kept = [(one.slack_id, one.workflow_id) for one in await store.favourites()]
    assert kept == [("UGRACE", "#a"), ("UADA", "#b"), ("UADA", "#a")]

    await store.remove_favourite("UADA", WorkflowId("#b"))
    await store.remove_favourite("UADA", WorkflowId("#b"))
    assert await store.favourites() == [starred("UGRACE", "#a", 2), starred("UADA", "#a")]
