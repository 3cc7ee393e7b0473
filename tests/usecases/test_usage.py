"""The usage in memory: what is noted while it is read anew is not lost."""

from pathlib import Path

import pytest

from bot.domain.usage import Favourite
from bot.domain.workflow import WorkflowId
from bot.store.database import SqlStore
from bot.usecases.usage import UsageLog
from tests.usecases.fakes import SettableClock

STARRED = WorkflowId("#starred")


async def test_star_during_a_reading_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list that was read is older than the star."""
    store = await SqlStore.open(f"sqlite+aiosqlite:///{tmp_path / 'fixdesk.db'}")
    log = UsageLog(store=store, clock=SettableClock())
    read = store.favourites

    async def starred_meanwhile() -> list[Favourite]:
        found = await read()
        await log.star("UADA", STARRED)
        log.note("UADA", WorkflowId("#run"))
        return found

    monkeypatch.setattr(store, "favourites", starred_meanwhile)
    await log.load()

    assert log.usage.first_choices("UADA") == [STARRED, "#run"]
    await store.close()
