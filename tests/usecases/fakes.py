"""Stand-ins for what the use cases need from outside: plain classes that fill the ports and can be told what to say."""

import asyncio
import dataclasses
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.domain.errors import NexthinkError, NexthinkFault, NotAllowedError
from bot.domain.person import Profile
from bot.domain.run import Device, ExecutionId, Run, RunId, RunState, Sighting, Started, Target
from bot.domain.targets import NamedTarget
from bot.domain.work import Work, WorkKind
from bot.domain.workflow import Workflow, WorkflowId
from bot.policy.rules import Policy, read_policy
from bot.store.database import SqlStore
from bot.usecases.catalog import WorkflowCatalog
from bot.usecases.desk import Desk
from bot.usecases.device import DeviceFinder
from bot.usecases.usage import UsageLog
from tests.domain.values import LAPTOP, NOON, a_run, a_workflow

POLICY = read_policy(
    """
version: 1
people: {domains: [example.com]}
groups: {helpdesk: {members: [grace@example.com, alan@example.com]}}
channels: {approvals: CAPPR}
workflows:
  - {match: "#reset_vpn", run_by: everyone, aliases: [tunnel]}
  - {match: "#device", run_by: everyone, send: device}
  - {match: "#approved", run_by: everyone, approval: {by: [helpdesk], expires: 8h}}
  - match: "#paused"
    run_by: everyone
    resume: {by: [helpdesk], approve: {decision: "yes", by: "{approver_upn}"}, deny: {decision: "no"}, expires: 24h}
  - {match: "#restart", run_by: [helpdesk]}
""",
    "policy.yaml",
)
WORKFLOWS = tuple(
    a_workflow(f"#{name}", name=f"The {name} fix", uuid=f"w-{name}")
    for name in ("reset_vpn", "device", "approved", "paused", "restart", "unruled")
)
STARTED = Started(request_id="q-1", execution_ids=(ExecutionId("e-1"),))


class SettableClock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        """Return the time that it shows."""
        return self.now

    def advance(self, **by: float) -> None:
        """Put it forward, by `minutes=2` for example."""
        self.now += timedelta(**by)


class FakeNexthink:
    """Answers with what it holds; what a test tells it to fail, hang or do meanwhile comes first."""

    def __init__(self) -> None:
        self.workflows = {workflow.id: workflow for workflow in WORKFLOWS}
        self.devices = [LAPTOP]
        self.started_as = STARTED
        self.sightings: dict[str, list[Sighting]] = defaultdict(list)
        self.calls: Counter[str] = Counter()
        self.asked_for: list[str] = []
        """The requests that were asked for one by one."""
        self.starts: list[tuple[str, Target, Mapping[str, str]]] = []
        self.bulk: list[tuple[str, tuple[NamedTarget, ...], Mapping[str, str]]] = []
        """Starts for many, in the order of their arrival."""
        self.triggers: list[tuple[str, str, Mapping[str, str]]] = []
        self.hanging: set[str] = set()
        """Calls that are never answered."""
        self.during: dict[str, Callable[[], Awaitable[None]]] = {}
        """What happens while a call is on its way."""
        self._failures: dict[str, list[NexthinkError]] = defaultdict(list)

    def fail(self, call: str, *faults: NexthinkFault, **facts: Any) -> None:
        """Let the next calls of a method fail, one after another."""
        self._failures[call] += [NexthinkError(fault, f"calling {call}", **facts) for fault in faults]

    async def list_workflows(self) -> list[Workflow]:
        """Return every workflow."""
        await self._called("list_workflows")
        return list(self.workflows.values())

    async def read_workflow(self, workflow_id: WorkflowId) -> Workflow:
        """Return one workflow."""
        await self._called("read_workflow")
        if workflow_id not in self.workflows:
            raise NexthinkError(NexthinkFault.NOT_FOUND, "reading a workflow")
        return self.workflows[workflow_id]

    async def start(self, workflow_id: WorkflowId, target: Target, parameters: Mapping[str, str]) -> Started:
        """Note a start, which arrives even where its answer is lost."""
        self.starts.append((workflow_id, target, parameters))
        await self._called("start")
        return self.started_as

    async def start_many(
        self, workflow_id: WorkflowId, targets: Sequence[NamedTarget], parameters: Mapping[str, str]
    ) -> Started:
        """Note a start, which arrives even where its answer is lost; each gets ids of its own."""
        self.bulk.append((workflow_id, tuple(targets), parameters))
        number = len(self.bulk)
        await self._called("start_many")
        ids = tuple(ExecutionId(f"e-{number}-{place}") for place in range(len(targets)))
        return Started(request_id=f"q-{number}", execution_ids=ids)

    async def trigger(self, workflow_uuid: str, execution_id: ExecutionId, parameters: Mapping[str, str]) -> None:
        """Note a trigger."""
        self.triggers.append((workflow_uuid, execution_id, parameters))
        await self._called("trigger")

    async def devices_of(self, upn: str) -> list[Device]:  # noqa: ARG002 - all people have the same ones
        """Return the devices."""
        await self._called("devices_of")
        return list(self.devices)

    async def executions_of(self, request_id: str) -> list[Sighting]:
        """Return what is recorded of one request."""
        self.asked_for.append(request_id)
        await self._called("executions_of")
        return list(self.sightings[request_id])

    async def recent_executions(self) -> list[Sighting]:
        """Return what is recorded of all requests."""
        await self._called("recent_executions")
        return [sighting for sightings in self.sightings.values() for sighting in sightings]

    async def _called(self, call: str) -> None:
        self.calls[call] += 1
        if call in self.during:
            await self.during[call]()
        if call in self.hanging:
            await asyncio.Event().wait()
        if self._failures[call]:
            raise self._failures[call].pop(0)


class FakePeople:
    """Members as Slack shows them now, and what is remembered of them."""

    def __init__(self) -> None:
        self.profiles = {one.slack_id: one for one in map(_profile, ("Ada", "Grace", "Alan"))}
        self.remembered = dict(self.profiles)
        self.groups: dict[str, frozenset[str]] = defaultdict(frozenset)
        self.failure: Exception | None = None

    async def profile(self, slack_id: str, *, fresh: bool = False) -> Profile:
        """Return a member, as Slack shows them now if `fresh`."""
        if not fresh and slack_id in self.remembered:
            return self.remembered[slack_id]
        if self.failure is not None:
            raise self.failure
        if slack_id not in self.profiles:
            raise NotAllowedError("You are not allowed to use fixdesk: Slack does not show who you are.")
        return self.profiles[slack_id]

    def known(self, slack_id: str) -> Profile | None:
        """Return what is remembered."""
        return self.remembered.get(slack_id)

    async def members_of(self, usergroup: str, *, fresh: bool = False) -> frozenset[str]:  # noqa: ARG002 - nothing is remembered
        """Return who is in a user group now."""
        if self.failure is not None:
            raise self.failure
        return self.groups[usergroup]

    def known_members(self, usergroup: str) -> frozenset[str]:
        """Return who is in it."""
        return self.groups[usergroup]


def _profile(name: str) -> Profile:
    return Profile(slack_id=f"U{name.upper()}", name=name, email=f"{name.lower()}@example.com")


class HeldStore(SqlStore):
    """A store that can do something else first when a run is about to be replaced."""

    before_replace: Callable[[], Awaitable[None]] | None = None

    async def replace_run(self, old: Run, new: Run, work: Any = (), entries: Any = ()) -> bool:
        """Let the held deed happen once, then compare and set as ever."""
        if self.before_replace is not None:
            deed, self.before_replace = self.before_replace, None
            await deed()
        return await super().replace_run(old, new, work, entries)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A desk over stand-ins and a real store, with a hold on each of them."""

    clock: SettableClock
    nexthink: FakeNexthink
    people: FakePeople
    store: HeldStore
    desk: Desk

    async def run(self, run_id: str = "r-1") -> Run:
        """Return a run as it is stored."""
        run = await self.store.run(RunId(run_id))
        assert run is not None
        return run

    async def keep(self, workflow: str = "#reset_vpn", **changes: Any) -> Run:
        """Store a run of a workflow, as it is to be found."""
        run = a_run(workflow=dataclasses.replace(a_run().workflow, id=WorkflowId(workflow)), **changes)
        assert await self.store.add_run(run)
        return run

    async def keep_running(self, number: int = 1, **changes: Any) -> Run:
        """Store a run that Nexthink knows under a number."""
        ids: dict[str, Any] = {"id": RunId(f"r-{number}"), "view_id": f"V-{number}", "request_id": f"q-{number}"}
        return await self.keep(**(ids | {"state": RunState.RUNNING, "started_at": self.clock.now} | changes))

    async def due(self, **after: float) -> list[Work]:
        """Claim what is due by a time after now."""
        return await self.store.claim_work(self.clock.now + timedelta(**after), timedelta(minutes=5), 100)

    async def kinds_due(self, **after: float) -> set[WorkKind]:
        """Claim what is due by a time after now, and name its kinds but for the cards."""
        return {work.kind for work in await self.due(**after)} - {WorkKind.SHOW}


async def make_bench(store: HeldStore, policy: Policy | None = POLICY) -> Bench:
    """Set a desk up, with the catalog read and Slack's people remembered."""
    clock, nexthink, people = SettableClock(), FakeNexthink(), FakePeople()
    names = (f"r-{number}" for number in range(1, 1000))
    desk = Desk(
        nexthink=nexthink,
        store=store,
        people=people,
        catalog=WorkflowCatalog(nexthink=nexthink, store=store, policy=policy, clock=clock),
        devices=DeviceFinder(nexthink=nexthink, rules=POLICY.devices, clock=clock),
        usage=UsageLog(store=store, clock=clock),
        policy=policy,
        clock=clock,
        new_id=lambda: next(names),
    )
    await desk.catalog.refresh()
    return Bench(clock=clock, nexthink=nexthink, people=people, store=store, desk=desk)
