"""The parts of a batch go out: each stored as sent before its call, each with a known outcome, none sent twice."""

import asyncio
import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta

from bot.domain.batch import SENDABLE, Batch, Part, PartState
from bot.domain.errors import Effect, NexthinkError
from bot.domain.run import Started
from bot.usecases.terminal.session import Terminal

AT_ONCE = 2
"""Parts on their way together."""
PATIENCE = timedelta(seconds=30)
"""How long a part that surely does not arrive is tried."""
PAUSES = (1.0, 2.0, 4.0, 8.0)
"""Seconds between the tries; the last one repeats."""
STOP_PATIENCE = 10.0
"""Seconds for which the answers of what is on its way are waited for, where the command is told to stop."""

STOPPING = "Stopping: the answers of what is on its way are waited for a little."
INTERRUPTED = "The command was stopped before the answer came."
STOPPED = "The command was stopped before it was sent."
TAKEN = "Another call of fixdesk sent it at the same time."


class Sender:
    """Sends what surely was not started of a batch; `batch` is how it stands, also after a failure."""

    def __init__(
        self, batch: Batch, terminal: Terminal, on_change: Callable[[Part], None], say: Callable[[str], None]
    ) -> None:
        self.batch = batch
        self._terminal = terminal
        self._on_change = on_change
        self._say = say
        self._pauses: set[asyncio.Future[object]] = set()
        self._is_over = False
        """Whether no further part goes out: told to stop, or Nexthink takes nothing from us now."""

    async def send(self) -> None:
        """Send the parts; raise `StoreError` where the store fails, after which nothing more is sent.

        Cancelled, it waits a little for what is on its way, and stores what then is not answered as unknown.
        """
        parts = iter([part for part in self.batch.parts if part.state in SENDABLE])
        workers = [asyncio.create_task(self._work(parts)) for _ in range(AT_ONCE)]
        try:
            await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
            self._send_no_more()
            await asyncio.wait(workers)
        except asyncio.CancelledError:
            self._send_no_more()
            self._say(STOPPING)
            await asyncio.wait(workers, timeout=STOP_PATIENCE)
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
            raise
        for worker in workers:
            worker.result()

    def _send_no_more(self) -> None:
        self._is_over = True
        for pause in self._pauses:
            pause.cancel()

    async def _work(self, parts: Iterator[Part]) -> None:
        for part in parts:
            if self._is_over:
                return
            await self._send(part)

    async def _send(self, part: Part) -> None:
        """Send a part, again only while it surely did not arrive and that may pass."""
        give_up_at = self._terminal.clock() + PATIENCE
        for pause in itertools.chain(PAUSES, itertools.repeat(PAUSES[-1])):
            error = await self._send_once(part)
            if error is None or not error.surely_not_done or not error.is_about_nexthink:
                return
            seconds = max(pause, error.retry_after or 0.0)
            if not error.may_pass or self._terminal.clock() + timedelta(seconds=seconds) > give_up_at:
                self._is_over = True
            if not self._is_over:
                await self._pause(seconds)
            if self._is_over:
                return
            part = self.batch.parts[part.ordinal]

    async def _pause(self, seconds: float) -> None:
        """Wait until the next try; a stop breaks it off at once, for nothing is on its way."""
        pause = asyncio.ensure_future(self._terminal.sleep(seconds))
        self._pauses.add(pause)
        try:
            await asyncio.wait([pause])
        finally:
            self._pauses.discard(pause)
            pause.cancel()

    async def _send_once(self, part: Part) -> NexthinkError | None:
        """Send a part once and store what came of it; return what went wrong."""
        sending = await self._claim(part)
        if sending is None:
            return None
        try:
            started = await self._terminal.nexthink.start_many(
                self.batch.workflow_id, part.targets, self.batch.parameters
            )
        except NexthinkError as error:
            await self._settle(sending, _state_after(error), note=str(error))
            return error
        except asyncio.CancelledError:
            await self._settle(sending, PartState.UNKNOWN, note=INTERRUPTED)
            raise
        await self._settle(sending, PartState.STARTED, started=started)
        return None

    async def _claim(self, part: Part) -> Part | None:
        """Store that a part goes out, and return it so; None where another call was first."""
        sending = part.move(PartState.SENDING, self._terminal.clock())
        try:
            is_mine = await self._store(part, sending)
        except asyncio.CancelledError:
            # The store may have taken it all the same.
            await self._store(sending, sending.move(PartState.NOT_STARTED, self._terminal.clock(), note=STOPPED))
            raise
        self._change(sending if is_mine else sending.move(PartState.UNKNOWN, self._terminal.clock(), note=TAKEN))
        return sending if is_mine else None

    async def _settle(self, sending: Part, state: PartState, *, note: str = "", started: Started | None = None) -> None:
        """Store what came of a part, also where a later call gave it up for lost meanwhile."""
        now = self._terminal.clock()
        request_id, execution_ids = (started.request_id, started.execution_ids) if started else ("", ())
        outcome = sending.move(state, now, note=note, request_id=request_id, execution_ids=execution_ids)
        self._change(outcome)
        if not await self._store(sending, outcome) and state is not PartState.UNKNOWN:
            await self._store(sending.move(PartState.UNKNOWN, now), outcome)

    async def _store(self, old: Part, new: Part) -> bool:
        facts = {"request_id": new.request_id, "executions": len(new.execution_ids), "note": new.note}
        entry = self._terminal.entry(
            f"part.{new.state}",
            batch=self.batch.id,
            part=new.ordinal,
            targets=len(new.targets),
            **{name: value for name, value in facts.items() if value},
        )
        return await self._terminal.store.replace_part(self.batch.id, old, new, entry)

    def _change(self, part: Part) -> None:
        self.batch = self.batch.with_part(part)
        self._on_change(part)


def _state_after(error: NexthinkError) -> PartState:
    """Name what a failure means for its part."""
    if error.effect is Effect.UNKNOWN:
        return PartState.UNKNOWN
    return PartState.NOT_STARTED if error.may_pass else PartState.REFUSED
