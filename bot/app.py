"""The composition root: settings into clients, clients into use cases, use cases into Slack; start and stop."""

import asyncio
import contextlib
import dataclasses
import logging
import random
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from aiohttp.web import RouteDef
from pydantic import SecretStr

from bot.clock import utc_now
from bot.domain.errors import NexthinkError, StoreError
from bot.domain.run import RunId
from bot.domain.signal import Signal, SignalOutcome
from bot.domain.thesaurus import Thesaurus
from bot.domain.work import Work, WorkKind
from bot.nexthink.client import NexthinkClient
from bot.policy.rules import Devices, Policy
from bot.settings import Settings, load_policy
from bot.slack.background import Background
from bot.slack.connection import SlackConnection, Tokens
from bot.slack.decision import Decisions
from bot.slack.dispatch import Dispatcher
from bot.slack.fallback import Fallbacks
from bot.slack.lists import Lists
from bot.slack.modal import Modals
from bot.slack.people import SlackPeople
from bot.slack.presses import Presses
from bot.slack.reminders import Reminders
from bot.slack.request_url import RequestUrl
from bot.slack.run import RunForms
from bot.slack.search import Search
from bot.slack.sockets import Sockets
from bot.slack.status import Cards
from bot.slack.transport import Transport
from bot.slack.uncertain import Settlements
from bot.store.database import SqlStore
from bot.tenancy import connected_nexthink
from bot.thesaurus.files import load_thesaurus
from bot.usecases.approval import expire_approval
from bot.usecases.catalog import WorkflowCatalog
from bot.usecases.desk import Desk
from bot.usecases.device import DeviceFinder
from bot.usecases.due import follow_now, reconcile_now
from bot.usecases.offloop import off_loop
from bot.usecases.policy import PolicyWatch
from bot.usecases.ports import Clock
from bot.usecases.reconcile import reconcile_runs
from bot.usecases.resume import expire_resume, fire
from bot.usecases.run import begin_run, give_up_run
from bot.usecases.signal import take_signal, take_signal_again
from bot.usecases.start import start_run
from bot.usecases.status import Follower
from bot.usecases.usage import UsageLog
from bot.usecases.work import Handler, Worker
from bot.web.health import Health, HealthPages
from bot.web.hook import Hook
from bot.web.server import WebServer

ACK_PATIENCE = timedelta(seconds=3)
TASK_PATIENCE = timedelta(seconds=3)
WORK_PATIENCE = timedelta(seconds=6)
"""Together with the closing of connections they stay well under the 15 s in which SIGTERM must end the process."""
FOLLOW_AGAIN = timedelta(minutes=1)

_PRESSED = frozenset({WorkKind.DECIDE, WorkKind.ANSWER, WorkKind.EXPLAIN, WorkKind.WITHDRAW, WorkKind.SETTLE})

log = logging.getLogger(__name__)


@dataclasses.dataclass(slots=True, kw_only=True)
class Vitals:
    """The parts that readiness looks at, as far as they are up."""

    web: WebServer | None = None
    store: SqlStore | None = None
    transport: Transport | None = None
    catalog: WorkflowCatalog | None = None
    nexthink: NexthinkClient | None = None
    worker: Worker | None = None
    hook: Hook | None = None
    policy: PolicyWatch | None = None
    is_stopping: bool = False

    def hear(self, take: Callable[[Signal], Awaitable[SignalOutcome]]) -> None:
        """Let the hook, where there is one, take signals from now on."""
        if self.hook is not None:
            self.hook.take = take

    def watch_policy(self, path: Path | None, desk: Desk) -> None:
        """Prepare to follow the policy file, where there is one."""
        if path is not None:
            self.policy = PolicyWatch(path, load_policy, desk)

    async def refused(self) -> str:
        """Wait until Slack lets nothing through any more for good, and say what an operator has to mend."""
        if self.transport is None:
            raise RuntimeError("a bot that is up has a way in")
        return await self.transport.refused()

    async def check(self) -> Health:
        """Look whether a press would arrive now: a way in and a real write; Nexthink is shown beside it."""
        slack_fault, facts = await self.transport.check() if self.transport else ("not started", {})
        faults = {
            "process": "stopping" if self.is_stopping else "",
            "slack": slack_fault,
            "catalog": "" if self.catalog and self.catalog.index else "there is none yet: Nexthink was not reached",
            "database": await self._database_fault(),
            "worker": "" if self.worker and self.worker.is_running else "nobody works off what is due",
        }
        return Health(
            faults={part: fault for part, fault in faults.items() if fault},
            facts={**facts, "nexthink": self._nexthink(), "policy": self._policy()},
        )

    def _policy(self) -> dict[str, Any]:
        if self.policy is None:
            return {"loaded_at": None, "faults": []}
        return {"loaded_at": self.policy.loaded_at.isoformat(), "faults": list(self.policy.faults)}

    async def _database_fault(self) -> str:
        if self.store is None:
            return "it is not open yet"
        try:
            await self.store.check_writable()
        except StoreError as error:
            return str(error)
        return ""

    def _nexthink(self) -> dict[str, Any]:
        failure = (self.nexthink and self.nexthink.trouble) or (self.catalog and self.catalog.failure)
        fetched_at = self.catalog.fetched_at if self.catalog else None
        return {
            "trouble": failure.fault.value if failure else None,
            "catalog_fetched_at": fetched_at.isoformat() if fetched_at else None,
        }


@contextlib.asynccontextmanager
async def running_bot(settings: Settings, policy: Policy | None, *, clock: Clock = utc_now) -> AsyncIterator[Vitals]:
    """Run the bot for as long as the context lasts; leaving it finishes what was accepted and closes everything.

    Raises `ConfigurationError` for what an operator has to mend.
    """
    vitals = Vitals()
    try:
        async with contextlib.AsyncExitStack() as closing:
            transport = await closing.enter_async_context(_served(settings, vitals, clock))
            store = vitals.store = await SqlStore.open(settings.fixdesk_database_url)
            closing.push_async_callback(store.close)
            slack = SlackConnection(api_url=settings.slack_api_url, tokens=_tokens(settings))
            closing.push_async_callback(slack.close)
            client = connected_nexthink(settings, clock=clock)
            nexthink = vitals.nexthink = await closing.enter_async_context(client)
            team_id, thesaurus = await asyncio.gather(
                slack.check(), off_loop(load_thesaurus, settings.fixdesk_thesaurus)
            )
            people = SlackPeople(client=slack.client, team_id=team_id, clock=clock)
            desk = _desk(nexthink, store, people, policy, thesaurus, clock)
            vitals.catalog = desk.catalog
            await asyncio.gather(desk.catalog.load(), desk.usage.load())
            vitals.watch_policy(settings.fixdesk_policy, desk)
            async with _working(desk, slack, transport, vitals.policy) as worker:
                vitals.worker = worker
                vitals.hear(partial(_take_signal, desk=desk, worker=worker))
                log.info("fixdesk is up")
                try:
                    yield vitals
                finally:
                    vitals.is_stopping = True
    finally:
        if vitals.is_stopping:
            log.info("fixdesk has stopped")


@contextlib.asynccontextmanager
async def _served(settings: Settings, vitals: Vitals, clock: Clock) -> AsyncIterator[Transport]:
    """Serve the bot's own address: health, and Slack's requests where they come over HTTP."""
    transport, routes = _transport(settings, clock)
    vitals.transport = transport
    if settings.fixdesk_hook_secret is not None:
        vitals.hook = Hook(_reveal(settings.fixdesk_hook_secret))
        routes = [*routes, *vitals.hook.routes()]
    vitals.web = WebServer([*HealthPages(vitals.check).routes(), *routes])
    await vitals.web.start(settings.fixdesk_http_host, settings.fixdesk_http_port)
    try:
        yield transport
    finally:
        await vitals.web.stop()


def _tokens(settings: Settings) -> Tokens:
    app_token = settings.slack_app_token if settings.slack_transport == "socket" else None
    return Tokens(bot=_reveal(settings.slack_bot_token), app=_reveal(app_token))


def _reveal(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


def _transport(settings: Settings, clock: Clock) -> tuple[Transport, list[RouteDef]]:
    """Return the way in that the settings choose, and what it needs of the web server."""
    if settings.slack_transport == "socket":
        return Sockets(_reveal(settings.slack_app_token)), []
    request_url = RequestUrl(_reveal(settings.slack_signing_secret), clock)
    return request_url, request_url.routes()


def _desk(
    nexthink: NexthinkClient,
    store: SqlStore,
    people: SlackPeople,
    policy: Policy | None,
    thesaurus: Thesaurus,
    clock: Clock,
) -> Desk:
    """Join the ports for the use cases; mypy checks here that each adapter fits its port."""
    return Desk(
        nexthink=nexthink,
        store=store,
        people=people,
        catalog=WorkflowCatalog(nexthink=nexthink, store=store, policy=policy, clock=clock, thesaurus=thesaurus),
        devices=DeviceFinder(nexthink=nexthink, rules=policy.devices if policy else Devices(), clock=clock),
        usage=UsageLog(store=store, clock=clock),
        policy=policy,
        clock=clock,
        new_id=lambda: secrets.token_hex(8),
    )


@contextlib.asynccontextmanager
async def _working(
    desk: Desk, slack: SlackConnection, transport: Transport, policy: PolicyWatch | None
) -> AsyncIterator[Worker]:
    """Answer Slack and work off what is due; at the end take nothing more and finish what was accepted."""
    worker = Worker(store=desk.store, clock=desk.clock)
    background = Background()
    surfaces = _surfaces(desk, slack, worker, background)
    dispatcher = surfaces.dispatcher
    await desk.store.add_work(follow_now(desk.clock()))
    await desk.store.add_work(reconcile_now(desk.clock()))
    loops = [
        asyncio.create_task(worker.run(surfaces.handlers, partial(_give_up, desk, surfaces.presses))),
        asyncio.create_task(_keep_catalog(desk)),
        *([asyncio.create_task(policy.watch())] if policy else []),
    ]
    for loop in loops:
        loop.add_done_callback(_log_end)
    try:
        await transport.listen(slack.app(dispatcher))
        yield worker
    finally:
        await dispatcher.drain(ACK_PATIENCE)
        await transport.hang_up()
        await background.drain(TASK_PATIENCE)
        await worker.stop(WORK_PATIENCE)
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        await desk.catalog.stop()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Surfaces:
    """What answers Slack at once, and what works off the rest."""

    dispatcher: Dispatcher
    handlers: dict[WorkKind, Handler]
    presses: Presses


def _surfaces(desk: Desk, slack: SlackConnection, worker: Worker, background: Background) -> _Surfaces:
    """Make every surface and join their tables."""
    cards, modals = Cards(desk=desk, client=slack.client), Modals(slack.client)
    presses = Presses(desk=desk, client=slack.client, cards=cards, worker=worker)
    decisions = Decisions(desk=desk, presses=presses, cards=cards, modals=modals, background=background)
    settlements, reminders = Settlements(desk=desk, presses=presses), Reminders(desk=desk, client=slack.client)
    forms = RunForms(desk=desk, modals=modals, background=background, worker=worker)
    lists = Lists(desk=desk, client=slack.client, background=background)
    search = Search(desk=desk, modals=modals, forms=forms, lists=lists, background=background)
    fallbacks = Fallbacks(presses=presses, background=background)
    tables = (search.table(), forms.table(), decisions.table(), settlements.table())
    return _Surfaces(
        dispatcher=Dispatcher(*tables, fallbacks=fallbacks.by_kind()),
        handlers=work_handlers(desk, cards, decisions, settlements, reminders),
        presses=presses,
    )


async def _take_signal(signal: Signal, *, desk: Desk, worker: Worker) -> SignalOutcome:
    outcome = await take_signal(signal, desk=desk)
    worker.wake()
    return outcome


def _log_end(loop: "asyncio.Task[None]") -> None:
    if not loop.cancelled() and loop.exception() is not None:
        log.critical("A part of fixdesk has ended; restart it", exc_info=loop.exception())


async def _keep_catalog(desk: Desk) -> None:
    """Refresh the catalog for ever, unevenly so that replicas do not ask together; soon after a failure.

    What was run meanwhile, also by other replicas, is read with it.
    """
    catalog = desk.catalog
    while True:
        try:
            await catalog.refresh()
            await desk.usage.load()
        except NexthinkError as error:
            log.warning("The catalog could not be refreshed: %s %s", error, catalog.age_note())
        except Exception:
            # Whatever it is, this loop is the only one that brings a catalog.
            log.exception("The catalog could not be refreshed or kept")
        await asyncio.sleep(catalog.next_refresh_in.total_seconds() * random.uniform(0.8, 1.2))  # noqa: S311 - jitter, no secret


async def _give_up(desk: Desk, presses: Presses, work: Work) -> datetime | None:
    """End a run whose next step fails again and again, tell whoever pressed; what is for every run is only put off."""
    if work.kind in {WorkKind.BEGIN, WorkKind.START}:
        await give_up_run(RunId(work.subject["run_id"]), desk=desk)
    elif work.kind in _PRESSED:
        await presses.give_up(work)
    return desk.clock() + FOLLOW_AGAIN if work.kind in {WorkKind.FOLLOW, WorkKind.RECONCILE} else None


def work_handlers(
    desk: Desk, cards: Cards, decisions: Decisions, settlements: Settlements, reminders: Reminders
) -> dict[WorkKind, Handler]:
    """Name the handler of each kind of work."""
    follower = Follower(desk)

    async def trigger(work: Work) -> datetime | None:
        return await fire(_run_id(work), int(work.subject["ordinal"]), work.attempts, desk=desk)

    async def expire(work: Work) -> datetime | None:
        return await expire_resume(_run_id(work), desk=desk)

    async def signal(work: Work) -> datetime | None:
        pause = await take_signal_again(Signal(**work.subject), work.attempts, desk=desk)
        return None if pause is None else desk.clock() + pause

    async def follow(_: Work) -> datetime | None:
        return await follower.follow_runs()

    async def reconcile(_: Work) -> datetime | None:
        return await reconcile_runs(desk=desk)

    return {
        WorkKind.BEGIN: _attempting(begin_run, desk),
        WorkKind.START: _attempting(start_run, desk),
        WorkKind.RECONCILE: reconcile,
        WorkKind.SETTLE: settlements.settle,
        WorkKind.FOLLOW: follow,
        WorkKind.SHOW: cards.show,
        WorkKind.DECIDE: decisions.decide,
        WorkKind.EXPLAIN: decisions.explain,
        WorkKind.WITHDRAW: decisions.withdraw,
        WorkKind.REMIND: reminders.remind,
        WorkKind.ESCALATE: reminders.escalate,
        WorkKind.EXPIRE_APPROVAL: _ending(expire_approval, desk),
        WorkKind.ANSWER: decisions.answer,
        WorkKind.TRIGGER: trigger,
        WorkKind.SIGNAL: signal,
        WorkKind.EXPIRE_RESUME: expire,
    }


class _Attempt(Protocol):
    async def __call__(self, run_id: RunId, attempts: int, *, desk: Desk) -> datetime | None: ...


class _End(Protocol):
    async def __call__(self, run_id: RunId, *, desk: Desk) -> None: ...


def _run_id(work: Work) -> RunId:
    return RunId(work.subject["run_id"])


def _attempting(step: _Attempt, desk: Desk) -> Handler:
    """Make a handler of a step that counts its attempts."""

    async def handle(work: Work) -> datetime | None:
        return await step(_run_id(work), work.attempts, desk=desk)

    return handle


def _ending(step: _End, desk: Desk) -> Handler:
    """Make a handler of a step that is taken once."""

    async def handle(work: Work) -> None:
        await step(_run_id(work), desk=desk)

    return handle
