"""A store on a real file and on a real PostgreSQL, and plain values to put into it."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.domain.run import Requester, Run, RunId, Send, Target, WorkflowRef
from bot.domain.work import NewWork, WorkKind
from bot.domain.workflow import WorkflowId
from bot.store.database import SqlStore

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def noon() -> datetime:
    """A time to count from."""
    return NOON


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database; whatever is stored, both databases give it back alike."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite+aiosqlite:///{tmp_path / 'fixdesk.db'}"


@pytest.fixture
async def store(url: str) -> AsyncIterator[SqlStore]:
    """An open, empty store."""
    store = await SqlStore.open(url)
    yield store
    await store.close()


@pytest.fixture
def make_run() -> Callable[..., Run]:
    """A plain run under a name, with whatever is to differ."""

    def make(name: str = "one", **changes: Any) -> Run:
        plain: dict[str, Any] = {
            "id": RunId(name),
            "view_id": f"V-{name}",
            "requester": Requester(slack_id="U1", name="Ada", upn="ada@example.com"),
            "workflow": WorkflowRef(id=WorkflowId("#reset_vpn"), uuid="w-1", name="Reset VPN", version="3"),
            "target": Target(upn="ada@example.com", send=Send.USER),
            "parameters": {"reason": "slow"},
            "created_at": NOON,
        }
        return Run(**{**plain, **changes})

    return make


@pytest.fixture
def make_work() -> Callable[..., NewWork]:
    """A plain row of work under an identity, with whatever is to differ."""

    def make(identity: str = "one", **changes: Any) -> NewWork:
        return NewWork(**{"kind": WorkKind.SHOW, "identity": identity, "due_at": NOON, **changes})

    return make
