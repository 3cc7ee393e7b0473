"""Hands what people do to the app, over the transport that it has; logs it, and sends events again.

https://docs.slack.dev/apis/events-api/
"""

import asyncio
import time
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.playground.slack.delivery.envelope import Delivery, Envelope, Kind, Transport, UndeliveredError
from bot.playground.slack.delivery.mishaps import Fate, Mishaps
from bot.playground.slack.delivery.request_url import RequestUrl
from bot.playground.slack.delivery.sockets import Sockets
from bot.playground.slack.installation import Installation


class Deliveries:
    """The way to the app, whichever transport is switched on."""

    def __init__(self, install: Installation) -> None:
        self.sockets = Sockets(install)
        self.request_url = RequestUrl(install)
        self.mishaps = Mishaps()
        self._install = install
        self._transport: Transport = self.sockets
        self._last_event: tuple[Envelope, str] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._has_stopped = False

    @property
    def transport(self) -> str:
        """Name the transport that is switched on: socket or http."""
        return self._transport.name

    @property
    def connections(self) -> int:
        """Count the ways to the app that are open; 0 means that nothing arrives."""
        return self._transport.connections

    async def use_http(self, url: str) -> Delivery:
        """Deliver over HTTP from now on, if the address answers Slack's challenge; Socket Mode is then off."""
        started = time.perf_counter()
        try:
            await self.request_url.verify(url)
        except UndeliveredError as failed:
            return Delivery(ok=False, error=failed.error, ms=_since(started))
        self._transport = self.request_url
        await self.sockets.switch_off()
        self._install.workspace.changes.announce()
        return Delivery(ok=True, ms=_since(started))

    def use_sockets(self) -> None:
        """Deliver over Socket Mode from now on; HTTP is then off."""
        self.sockets.switch_on()
        self._transport = self.sockets
        self._install.workspace.changes.announce()

    async def deliver(self, kind: Kind, summary: str, payload: Mapping[str, Any]) -> Delivery:
        """Hand a payload over and wait for its ack, as long as Slack waits."""
        envelope = Envelope(kind, payload)
        if kind is Kind.EVENT:
            self._last_event = envelope, summary
        delivery, failed = await self._send(envelope, summary)
        if failed is not None and failed.may_retry and kind is Kind.EVENT:
            self.spawn(self._retry(envelope, summary, failed.reason))
        return delivery

    async def deliver_again(self) -> Delivery:
        """Send the last event once more, as a retry after a time-out; raise `LookupError` where there was none."""
        if self._last_event is None:
            raise LookupError("no event was sent yet")
        envelope, summary = self._last_event
        again = Envelope(envelope.kind, envelope.payload, attempt=1, reason=self._transport.timeout_reason)
        delivery, _ = await self._send(again, f"{summary} (again)")
        return delivery

    def clear(self) -> None:
        """Let everything go well again; the transport stays."""
        self.mishaps.clear()
        if self._transport is self.sockets:
            self.sockets.clear()

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do something beside; it ends at the latest when the server stops, and does not begin after."""
        if self._has_stopped:
            work.close()
            return
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """End what goes on, close every connection."""
        self._has_stopped = True
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.sockets.close()
        await self.request_url.close()

    async def _retry(self, envelope: Envelope, summary: str, reason: str) -> None:
        for attempt, pause in enumerate(self._transport.retries, 1):
            await self._install.clock.sleep(pause)
            again = Envelope(envelope.kind, envelope.payload, attempt=attempt, reason=reason)
            _, failed = await self._send(again, f"{summary} (retry {attempt})")
            if failed is None or not failed.may_retry:
                return
            reason = failed.reason

    async def _send(self, envelope: Envelope, summary: str) -> tuple[Delivery, UndeliveredError | None]:
        """Send with whatever mishap is due."""
        fate = self.mishaps.next_fate()
        await self._install.clock.sleep(timedelta(seconds=fate.delay_seconds))
        if fate.is_doubled:
            self.spawn(self._hand_over(envelope, f"{summary} (again)", Fate()))
        return await self._hand_over(envelope, summary, fate)

    async def _hand_over(
        self, envelope: Envelope, summary: str, fate: Fate
    ) -> tuple[Delivery, UndeliveredError | None]:
        """Send once and log it; return how it ended, and the failure where it failed."""
        wire, started = self._install.workspace.wire, time.perf_counter()
        seq = wire.add(self._install.clock(), "to_app", envelope.kind, summary, envelope.payload)
        failed: UndeliveredError | None = None
        delivery = Delivery(ok=True)
        try:
            payload = await self._transport.send(envelope)
            if fate.loses_ack:
                await self._lose_ack(started)
            delivery = replace(delivery, payload=payload, ms=_since(started))
            more: dict[str, Any] = {"ack": payload}
        except UndeliveredError as error:
            failed, more = error, {"error": error.error, **error.facts}
            delivery = Delivery(ok=False, error=error.error, ms=_since(started))
        wire.finish(seq, delivery.ms, ok=delivery.ok, more=more)
        return delivery, failed

    async def _lose_ack(self, started: float) -> None:
        """Wait for the rest of the time that an ack has, as Slack does where none arrives."""
        limit = self._install.settings.ack_timeout.total_seconds()
        await asyncio.sleep(limit - (time.perf_counter() - started))
        raise UndeliveredError("operation_timeout", self._transport.timeout_reason)


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
