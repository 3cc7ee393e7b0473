"""A simulated tenant: its workflows, its people, and what has been started."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from random import Random

from bot.playground.nexthink.catalog import Catalog
from bot.playground.nexthink.directory import Directory
from bot.playground.nexthink.executions import Executions
from bot.playground.nexthink.login import Tokens
from bot.playground.nexthink.nql import NQL
from bot.playground.nexthink.presence import Presence
from bot.playground.nexthink.settings import Settings, Switches
from bot.playground.seed import SeedPerson


@dataclass(frozen=True, slots=True)
class Tenant:
    """Everything that a simulated tenant consists of."""

    catalog: Catalog
    directory: Directory
    presence: Presence
    executions: Executions
    tokens: Tokens
    nql: NQL
    switches: Switches


def build_tenant(
    people: Iterable[SeedPerson], catalog: Catalog, clock: Callable[[], datetime], settings: Settings
) -> Tenant:
    """Join the parts of a tenant around one clock, one set of switches and one source of chance."""
    # With the time in it, the ids of a playground that is started again are not those of the last time.
    random = Random(f"{settings.seed} {clock().isoformat()}")  # noqa: S311 - ids of a simulation, no secrets
    switches, directory, presence = Switches(settings), Directory(people), Presence(clock)
    executions = Executions(directory, presence, clock, switches, random)
    return Tenant(
        catalog=catalog.copy(),
        directory=directory,
        presence=presence,
        executions=executions,
        tokens=Tokens(clock, switches, random),
        nql=NQL(directory, presence, executions, clock, switches),
        switches=switches,
    )
