"""`make bench`: each figure beside what bounds it, measured in the same run, in interleaved rounds."""

import asyncio

from tests.bench import start

ROUNDS = 7


def main() -> None:
    """Print one line a figure: median of the rounds, what it is compared with, and the ratio."""
    figures = asyncio.run(start.measure(ROUNDS))
    for figure in figures:
        print(figure)  # noqa: T201 - the figures are the output


if __name__ == "__main__":
    main()
