"""The policy as it stands now: read again when its file changes; a wrong one is told, and the old one stays."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from bot.domain.errors import ConfigurationError
from bot.policy.rules import Policy
from bot.usecases.desk import Desk

LOOK_EVERY = timedelta(seconds=2)
_Mark = tuple[int, int, int] | None
"""By which a change of the file is seen; None where it is gone."""

log = logging.getLogger(__name__)


class PolicyWatch:
    """Looks whether the file has changed, and lets every next decision follow it."""

    def __init__(self, path: Path, read: Callable[[Path], Policy | None], desk: Desk) -> None:
        """Take the file as it is now for the one that the desk works with."""
        self._path = path
        self._read = read
        self._desk = desk
        self._seen = _mark_of(path)
        self.loaded_at: datetime = desk.clock()
        self.faults: tuple[str, ...] = ()
        """What is wrong with the file as it is now; the policy before it holds."""

    async def watch(self) -> None:
        """Look again and again, for ever."""
        while True:
            await asyncio.sleep(LOOK_EVERY.total_seconds())
            try:
                await self.look()
            except Exception:
                # Whatever it is, this loop is the only one that looks.
                log.exception("The policy file could not be looked at")

    async def look(self) -> None:
        """Read the file where it has changed; a wrong one is told once."""
        mark = await asyncio.to_thread(_mark_of, self._path)
        if mark == self._seen:
            return
        self._seen = mark
        try:
            policy = await asyncio.to_thread(self._read, self._path)
        except ConfigurationError as error:
            self.faults = error.faults
            for fault in error.faults:
                log.error("The changed policy is wrong, so the one before it holds. %s", fault)  # noqa: TRY400 - the sentence says it all
            return
        if policy is not None:
            await self._desk.follow_policy(policy)
            self.faults, self.loaded_at = (), self._desk.clock()
            log.info("The changed policy holds from now on")


def _mark_of(path: Path) -> _Mark:
    try:
        facts = path.stat()
    except OSError:
        return None
    return (facts.st_mtime_ns, facts.st_size, facts.st_ino)
