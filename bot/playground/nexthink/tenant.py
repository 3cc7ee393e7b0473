"""A simulated tenant: its workflows, its people, and what has been started."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.playground.nexthink.catalog import Catalog
from bot.playground.nexthink.directory import Directory
from bot.playground.nexthink.executions import Executions
from bot.playground.nexthink.login import Tokens
from bot.playground.nexthink.nql import NQL
from bot.playground.nexthink.settings import Settings
from bot.playground.seed import SeedPerson


@dataclass(frozen=True, slots=True)
class Tenant:
    """Everything that a simulated tenant consists of."""

    catalog: Catalog
    directory: Directory
    executions: Executions
    tokens: Tokens
    nql: NQL
    settings: Settings


def build_tenant(
    people: Iterable[SeedPerson], catalog: Catalog, clock: Callable[[], datetime], settings: Settings
) -> Tenant:
    """Join the parts of a tenant around one clock."""
    directory = Directory(people)
    executions = Executions(directory, clock, settings)
    return Tenant(
        catalog=catalog.copy(),
        directory=directory,
        executions=executions,
        tokens=Tokens(clock, settings),
        nql=NQL(directory, executions, clock, settings),
        settings=settings,
    )
