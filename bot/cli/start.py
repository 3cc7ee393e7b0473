"""What `fixdesk run` does once its arguments are read: plan, store, send, follow, and say how it went."""

import asyncio
from pathlib import Path

from bot.cli.arguments import RunCall
from bot.cli.desk import new_id, opened_nexthink, opened_store, opened_terminal
from bot.cli.exit import ExitStatus
from bot.cli.report import document_of, show_outcome, show_plan, show_sent, status_after
from bot.cli.show import Advance, Screen
from bot.domain.batch import SENDABLE, Batch, BatchId, Part, PartState
from bot.domain.errors import ConfigurationError, NotFoundError, StoreError
from bot.policy.decide import Actor, identify_actor
from bot.policy.rules import Policy
from bot.store.engine import may_exist
from bot.usecases.ports import Nexthink
from bot.usecases.terminal.batch import NOT_RECORDED, Guard, Order, Plan, earlier_batch, plan_batch, record_batch
from bot.usecases.terminal.follow import MAX_FOLLOWED, Follower, Outcome
from bot.usecases.terminal.send import Sender
from bot.usecases.terminal.session import Terminal
from bot.usecases.terminal.targets import TargetList, read_targets, read_values


def _targets_of(call: RunCall) -> TargetList:
    """Return the targets of a call; raise `ConfigurationError` or `TargetsError` with all that is wrong."""
    targets = read_targets(_content(call.options.file)) if call.options.file else read_values(call.given)
    count = len(targets.targets)
    if call.options.waits and count > MAX_FOLLOWED:
        why = f"Nexthink shows at most {MAX_FOLLOWED:,} executions of a request, and there are {count:,} targets"
        raise ConfigurationError([f"--wait: {why}; leave it out, or split the file"])
    return targets


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError([f"--file: {path} cannot be read ({error.strerror})"]) from error


async def start(call: RunCall, screen: Screen) -> ExitStatus:
    """Carry a call out; raise what keeps it from being sent at all."""
    targets = await asyncio.to_thread(_targets_of, call)
    if targets.duplicates:
        screen.say(f"Targets that are named more than once: {targets.duplicates:,}. Each is sent once.")
    if call.options.is_dry_run:
        return await _rehearse(call, targets, screen)
    async with opened_terminal(call.options.acting_as) as terminal:
        plan = await _planned(call, targets, terminal.actor, terminal.nexthink, terminal.policy)
        if call.options.continues:
            batch = await earlier_batch(plan, terminal=terminal)
        else:
            batch = await record_batch(plan, terminal=terminal, guard=_guard(call))
        return await _Start(call, targets.duplicates, batch, terminal, screen).carry_out()


def _guard(call: RunCall) -> Guard:
    """Tell what an earlier start may keep from being sent: a file is not simply sent once more."""
    if call.options.again:
        return Guard.NOTHING
    return Guard.OPEN if call.options.file else Guard.LOST


async def _rehearse(call: RunCall, targets: TargetList, screen: Screen) -> ExitStatus:
    """Show what would be sent; nothing but the workflow's details is asked for, and nothing is stored."""
    async with opened_nexthink() as (settings, policy, nexthink):
        actor = identify_actor(policy, call.options.acting_as)
        plan = await _planned(call, targets, actor, nexthink, policy)
        left = await _left(plan, settings.fixdesk_database_url) if call.options.continues else None
    return show_plan(plan, actor, left, screen)


async def _planned(call: RunCall, targets: TargetList, actor: Actor, nexthink: Nexthink, policy: Policy | None) -> Plan:
    order = Order(workflow_id=call.workflow_id, targets=targets, given=call.parameters)
    return await plan_batch(order, BatchId(new_id()), actor, nexthink=nexthink, policy=policy)


async def _left(plan: Plan, url: str) -> Batch:
    """Return the earlier batch that `--continue` would go on with; no database is made."""
    batch = None
    if may_exist(url):
        async with opened_store(url) as store:
            batch = await store.newest_batch(plan.key)
    if batch is None:
        raise NotFoundError(NOT_RECORDED)
    return batch


class _Start:
    """A stored batch on its way; whatever happens, what is known of it is printed once."""

    def __init__(self, call: RunCall, duplicates: int, batch: Batch, terminal: Terminal, screen: Screen) -> None:
        self._call = call
        self._duplicates = duplicates
        self._terminal = terminal
        self._screen = screen
        self._sender = Sender(batch, terminal, self._part_changed, screen.say)
        self._outcome: Outcome | None = None
        self._settled: dict[int, int] = {}
        self._advance: Advance = lambda _: None

    async def carry_out(self) -> ExitStatus:
        """Send what can be sent, follow it where that is asked for, and return how it ended."""
        try:
            is_stored = await self._send()
            if self._call.options.waits:
                await self._follow()
        except asyncio.CancelledError:
            self._show_document(ExitStatus.INTERRUPTED)
            raise
        status = status_after(self._sender.batch, self._outcome)
        if status is ExitStatus.DONE and not is_stored:
            status = ExitStatus.FAILED
        self._show_document(status)
        return status

    async def _send(self) -> bool:
        """Send what can be sent, say what came of it, and return whether the store has all of that."""
        left = self._sender.batch.targets_in(*SENDABLE)
        if not left:
            self._screen.say("There is nothing left to send.")
        try:
            with self._screen.progress("Starting", left) as self._advance:
                await self._sender.send()
        except StoreError as error:
            self._screen.say(f"fixdesk: {error} Nothing more is sent.")
            return False
        finally:
            show_sent(self._sender.batch, self._screen)
            if self._call.options.file and self._sender.batch.targets_in(*SENDABLE):
                self._screen.say("Say --continue to send what surely was not started.")
        return True

    def _show_document(self, status: ExitStatus) -> None:
        self._screen.document(document_of(self._sender.batch, self._duplicates, self._outcome, status))

    def _part_changed(self, part: Part) -> None:
        goes_on = part.state in {PartState.SENDING, PartState.NOT_STARTED}
        self._settled[part.ordinal] = 0 if goes_on else len(part.targets)
        self._advance(sum(self._settled.values()))

    async def _follow(self) -> None:
        """Follow what was started until it has ended, or until it is clear that nobody can say."""
        started = [part for part in self._sender.batch.parts if part.state is PartState.STARTED]
        if not started:
            return
        follower = Follower(started, self._terminal)
        self._outcome = follower.outcome()
        try:
            with self._screen.progress("Running", self._outcome.expected) as self._advance:
                self._outcome = await follower.follow(self._seen, self._screen.say)
        finally:
            show_outcome(self._outcome, self._screen)

    def _seen(self, outcome: Outcome) -> None:
        self._outcome = outcome
        self._advance(sum(outcome.ended.values()))
