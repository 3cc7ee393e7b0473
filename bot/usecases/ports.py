"""What the use cases need from outside: owned here, filled by `nexthink`, `store` and `slack`, joined in `app.py`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.audit import AuditEntry
from bot.domain.batch import Batch, BatchId, Part
from bot.domain.card import Card
from bot.domain.person import Profile
from bot.domain.resumption import Resumption, ResumptionState
from bot.domain.run import Device, ExecutionId, Followed, Run, RunId, Sighting, Started, Target
from bot.domain.targets import NamedTarget
from bot.domain.usage import Favourite, Use
from bot.domain.work import NewWork, Work
from bot.domain.workflow import Catalog, Workflow, WorkflowId


class Clock(Protocol):
    """The time."""

    def __call__(self) -> datetime:
        """Return the time now, aware and in UTC."""


class Nexthink(Protocol):
    """Nexthink's API. Every method raises `NexthinkError`."""

    async def list_workflows(self) -> list[Workflow]:
        """Return the active workflows that the API may start, merged by id."""

    async def read_workflow(self, workflow_id: WorkflowId) -> Workflow:
        """Return one workflow with its active version; `NOT_FOUND` where there is none."""

    async def start(self, workflow_id: WorkflowId, target: Target, parameters: Mapping[str, str]) -> Started:
        """Start a run through V2. `surely_not_done` of a failure tells whether it may be sent again."""

    async def start_many(
        self, workflow_id: WorkflowId, targets: Sequence[NamedTarget], parameters: Mapping[str, str]
    ) -> Started:
        """Start a run for many users or devices, through the version of the endpoint that can name them."""

    async def trigger(self, workflow_uuid: str, execution_id: ExecutionId, parameters: Mapping[str, str]) -> None:
        """Fire the wait-for-event trigger of one execution."""

    async def devices_of(self, upn: str) -> list[Device]:
        """Return a person's devices in no promised order."""

    async def executions_of(self, request_id: str) -> list[Sighting]:
        """Return what is recorded of one request; none yet is no failure."""

    async def recent_executions(self) -> list[Sighting]:
        """Return what is recorded of every request of the last hour, at most 1,000 rows."""


class People(Protocol):
    """Slack's members."""

    async def profile(self, slack_id: str, *, fresh: bool = False) -> Profile:
        """Return what Slack says of somebody, asked anew if `fresh`; raise `NotAllowedError` for an unknown id."""

    def known(self, slack_id: str) -> Profile | None:
        """Return what is remembered of somebody without asking."""

    async def members_of(self, usergroup: str, *, fresh: bool = False) -> frozenset[str]:
        """Return who is in a Slack user group, asked anew if `fresh`; nobody where Slack does not know it."""

    def known_members(self, usergroup: str) -> frozenset[str]:
        """Return who was in it when it was asked last, without asking."""


class Store(Protocol):
    """What survives a restart. Each method is one transaction and raises `StoreError` where the database fails."""

    async def load_catalog(self) -> Catalog | None:
        """Return the last good copy."""

    async def save_catalog(self, catalog: Catalog) -> None:
        """Replace the last good copy."""

    async def add_run(self, run: Run, work: Sequence[NewWork] = (), entries: Sequence[AuditEntry] = ()) -> bool:
        """Store and record a new run with its work; False, and nothing is stored, where its modal started one."""

    async def run(self, run_id: RunId) -> Run | None:
        """Return a run as it is now."""

    async def replace_run(
        self, old: Run, new: Run, work: Sequence[NewWork] = (), entries: Sequence[AuditEntry] = ()
    ) -> bool:
        """Compare and set: store and record `new` with the work if the run is still at `old.revision`, else nothing."""

    async def followed_runs(self) -> list[Followed]:
        """Return the runs that are running, oldest first."""

    async def unanswered_runs(self, since: datetime) -> list[Run]:
        """Return the runs whose start went out and was not answered, oldest first.

        Those that were left at that are among them where they were sent since then.
        """

    async def requests_taken(self, request_ids: Collection[str]) -> set[str]:
        """Return which of some requests, in lower case, belong to a run or a batch."""

    async def runs_of(self, slack_id: str, limit: int) -> list[Run]:
        """Return a person's runs, newest first."""

    async def uses_since(self, since: datetime) -> list[Use]:
        """Return how often each person ran each workflow since then, and when last."""

    async def favourites(self) -> list[Favourite]:
        """Return everybody's favourites, the latest first."""

    async def add_favourite(self, favourite: Favourite) -> None:
        """Store a favourite; one that is there already stays as it is."""

    async def remove_favourite(self, slack_id: str, workflow_id: WorkflowId) -> None:
        """Forget a favourite, if it is one."""

    async def undecided_runs(self) -> list[Run]:
        """Return the runs with an open approval or an open resume, oldest first."""

    async def add_card(self, card: Card) -> bool:
        """Store a copy before it is posted; False where that copy exists."""

    async def update_card(self, card: Card) -> None:
        """Store where a copy went and what it shows."""

    async def remove_card(self, card: Card) -> None:
        """Forget a copy that surely was not posted."""

    async def cards_of(self, run_id: RunId) -> list[Card]:
        """Return every copy of a run's card."""

    async def card_at(self, channel_id: str, ts: str) -> Card | None:
        """Return the copy that a message is."""

    async def add_work(self, work: NewWork) -> bool:
        """Store a row of work; False where a row that is not repeatable was there already."""

    async def claim_work(self, now: datetime, lease: timedelta, limit: int) -> list[Work]:
        """Claim rows that are due, oldest first; a claim that outlives its lease is due again."""

    async def finish_work(self, work: Work, now: datetime) -> None:
        """Mark a row as done, unless it was asked for again meanwhile: then it is due now."""

    async def postpone_work(self, work: Work, due_at: datetime) -> None:
        """Release a row until a time, or until now if it was asked for again meanwhile."""

    async def park_work(self, work: Work, now: datetime, reason: str) -> None:
        """Give a row up for good, with the reason kept."""

    async def next_due_at(self) -> datetime | None:
        """Return when the next row can be claimed: when it is due, or when a claim on it runs out."""

    @property
    def is_shared(self) -> bool:
        """Whether other processes may work off what is due here too."""

    async def renew_claims(self, work: Collection[Work], until: datetime) -> None:
        """Let claims that are still held last longer."""

    async def release_claims(self) -> None:
        """Make every claimed row due again, after a start of the only process; where there may be others, leave all."""

    async def forget_done_work(self, before: datetime) -> None:
        """Delete rows that were done before a time."""

    async def add_batch(self, batch: Batch, entry: AuditEntry, *, is_once: bool) -> Batch | None:
        """Store a batch before anything of it is sent, and record it.

        With `is_once` nothing is stored, and the batch is returned that is in the way, where the newest of its key is.
        """

    async def possibly_started(self, workflow_id: WorkflowId, since: datetime) -> list[Part]:
        """Return the parts of a workflow's batches that may have started, changed since a time."""

    async def newest_batch(self, key: str) -> Batch | None:
        """Return the newest batch of a key as it is now."""

    async def replace_part(self, batch_id: BatchId, old: Part, new: Part, entry: AuditEntry) -> bool:
        """Compare and set: store and record `new` if the part still has the state of `old`, else nothing and False."""

    async def run_of(self, execution_id: ExecutionId) -> Run | None:
        """Return the run that an execution belongs to; ids are compared without regard to case."""

    async def starter_of(self, execution_id: ExecutionId) -> str:
        """Return who started the batch that an execution belongs to, "" where there is none."""

    async def claim_resumption(
        self, wanted: Resumption, entry: AuditEntry, free: Collection[ResumptionState]
    ) -> Resumption | None:
        """Claim the trigger of an execution, and record it, where it has no claim or one in a state that is free.

        Otherwise nothing is stored, and the claim is returned that is in the way.
        """

    async def settle_resumption(self, outcome: Resumption, entry: AuditEntry) -> None:
        """Store and record what came of a claim that was taken."""

    async def add_audit(self, entry: AuditEntry) -> None:
        """Record something that changes nothing else here."""

    async def check_writable(self) -> None:
        """Write once for real; raise `StoreError` where that fails."""
