"""Reading a file of a hundred thousand targets, beside what csv alone takes for its lines."""

import csv
import io
import statistics
import time
from collections.abc import Callable

from bot.usecases.terminal.targets import read_targets

LINES = 100_000


def measure(rounds: int) -> list[str]:
    """Return the row: both medians and their ratio."""
    text = "upn\n" + "".join(f"user{number}@example.com\n" for number in range(LINES))
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(_seconds(lambda: read_targets(text.encode())))
        theirs.append(_seconds(lambda: list(csv.reader(io.StringIO(text)))))
    read, split = statistics.median(ours), statistics.median(theirs)
    named = f"reading {LINES:,} targets"
    return [f"{named:28}{1000 * read:7.0f} ms   csv alone {1000 * split:5.0f} ms      ratio {read / split:.1f}"]


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
