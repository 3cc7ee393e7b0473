"""`make bench`: each figure beside what bounds it, measured in the same run, in interleaved rounds."""

import asyncio

from tests.bench import acks, calls, follow, requests, search, start, targets, writes

ROUNDS = 7
CALL_ROUNDS = 3


async def measure() -> None:
    """Print one line a figure: median of the rounds, what it is compared with, and the ratio."""
    _print(await start.measure(ROUNDS))
    for rows in (requests.measure, acks.measure, writes.measure, calls.measure):
        _print(await rows(CALL_ROUNDS))
    _print(await follow.measure())
    _print(targets.measure(CALL_ROUNDS))
    _print(search.measure())


def _print(figures: list[str]) -> None:
    for figure in figures:
        print(figure, flush=True)  # noqa: T201 - the figures are the output


if __name__ == "__main__":
    asyncio.run(measure())
