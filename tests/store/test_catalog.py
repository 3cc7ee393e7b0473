"""The last good catalog."""

import dataclasses
from datetime import datetime, timedelta

from bot.domain.workflow import Catalog, Needs, Parameter, Workflow, WorkflowId
from bot.store.database import SqlStore

FULL = Workflow(
    id=WorkflowId("#reset_vpn"),
    uuid="w-1",
    name="Réinitialiser le VPN",
    description="For <everyone> & all",
    needs=Needs.DEVICE,
    version="3",
    parameters=(
        Parameter(id="reason"),
        Parameter(id="mode", options=("soft", "hard"), allow_custom_value=False, description="How"),
    ),
    is_active=False,
    is_api_enabled=False,
)
PLAIN = Workflow(id=WorkflowId("#b"), uuid="w-2", name="B")


async def test_catalog_is_none_before_it_was_saved(store: SqlStore) -> None:
    """An empty store has no last good copy."""
    assert await store.load_catalog() is None


async def test_catalog_comes_back_as_it_was_saved(store: SqlStore, noon: datetime) -> None:
    """Every field of every workflow survives, whether it has a value of its own or not."""
    for whole in (FULL, FULL.parameters[1]):
        assert all(getattr(whole, field.name) != field.default for field in dataclasses.fields(whole))
    catalog = Catalog(workflows={FULL.id: FULL, PLAIN.id: PLAIN}, fetched_at=noon)

    await store.save_catalog(catalog)

    assert await store.load_catalog() == catalog


async def test_catalog_is_replaced_as_a_whole(store: SqlStore, noon: datetime) -> None:
    """A workflow that is gone from Nexthink is gone here."""
    await store.save_catalog(Catalog(workflows={FULL.id: FULL, PLAIN.id: PLAIN}, fetched_at=noon))
    later = Catalog(workflows={PLAIN.id: PLAIN}, fetched_at=noon + timedelta(hours=1))

    await store.save_catalog(later)

    assert await store.load_catalog() == later
