"""Group commit: what waits to be written at the same time goes into one transaction.

A commit waits for the disk, so that rows written one by one take as many waits. Here, while one transaction is on its
way, later rows gather, and the first of them to get its turn writes them all. Nobody is answered before the commit.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy.exc import OperationalError

from bot.domain.errors import StoreError
from bot.domain.work import NewWork

_Waiting = list[tuple[NewWork, asyncio.Future[bool]]]


class GroupCommit:
    """Write rows of work together, each with an answer of its own. Whoever calls `add` must not be cancelled in it."""

    def __init__(self, write: Callable[[Sequence[NewWork]], Awaitable[list[bool]]]) -> None:
        self._write = write
        self._waiting: _Waiting = []
        self._turn = asyncio.Lock()

    async def add(self, work: NewWork) -> bool:
        """Return what `write` said of the row, once it is committed."""
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, answer))
        async with self._turn:
            if not answer.done():
                await self._write_waiting()
        return await answer

    async def _write_waiting(self) -> None:
        group, self._waiting = self._waiting, []
        await self._write_group(group)

    async def _write_group(self, group: _Waiting) -> None:
        try:
            answers = await self._write([work for work, _ in group])
        except StoreError as error:
            if len(group) > 1 and not isinstance(error.__cause__, OperationalError):
                await self._write_singly(group)
            else:
                _fail(group, error)
        else:
            for (_, answer), is_added in zip(group, answers, strict=True):
                answer.set_result(is_added)

    async def _write_singly(self, group: _Waiting) -> None:
        """Find out which row cannot be written: it must not take the others with it."""
        for waiting in group:
            await self._write_group([waiting])


def _fail(group: _Waiting, error: StoreError) -> None:
    for _, answer in group:
        answer.set_exception(error)
