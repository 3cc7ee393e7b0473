"""What the bot's processes find: an environment, a port, and the time that they share with the stand-ins."""

import contextlib
import os
import random
import socket
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from bot.clock import utc_now
from bot.playground.clock import Clock
from bot.playground.stand import Stand
from tests.chaos.bots import Bot
from tests.chaos.launcher import COMMITS_AT, NUMBER, SHARED_BYTES
from tests.scenarios.office import POLICY

BELOW_THOSE_GIVEN_BY_CHANCE = (15_000, 30_000)


class SharedTime:
    """The clock of all, and the file by which the bot's processes read it."""

    def __init__(self, path: Path) -> None:
        self.clock = Clock(utc_now)
        self.path = path
        path.write_bytes(bytes(SHARED_BYTES))

    @property
    def commits(self) -> int:
        """How many commits the latest life of the bot has had."""
        count: int = NUMBER.unpack_from(self.path.read_bytes(), COMMITS_AT)[0]
        return count

    def tell(self, bots: Sequence[Bot]) -> None:
        """Let each jump reach these."""

        def share() -> None:
            with self.path.open("r+b") as file:
                file.write(NUMBER.pack(self.clock.ahead // timedelta(microseconds=1)))
            for bot in bots:
                bot.wake()

        self.clock.on_jump.append(share)


def free_port() -> int:
    """Return a port that nobody has, nor is given by chance while the bot is away between two lives."""
    while True:
        port = random.randrange(*BELOW_THOSE_GIVEN_BY_CHANCE)  # noqa: S311 - no secret
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def port_of(number: int, port: int) -> dict[str, str]:
    """Slack's requests go to the first replica; the others take a free port."""
    return {"FIXDESK_HTTP_PORT": "0" if number else str(port)}


def environment_of(stand: Stand, folder: Path, transport: str) -> dict[str, str]:
    """Return what every replica has in its environment."""
    policy = folder / "policy.yaml"
    policy.write_text(POLICY, encoding="utf-8")
    plain = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {
        **plain,
        **stand.environment_of_bot(folder, transport),
        "FIXDESK_POLICY": str(policy),
    }
