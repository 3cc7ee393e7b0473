"""A schedule: one story, the kills that cut it, and the trouble that comes with it; written down in one line."""

import dataclasses
from collections.abc import Mapping
from random import Random

from tests.chaos.kills import AT_COMMIT, AT_REQUEST, COMMIT, Kill, Moment, read_kill
from tests.chaos.stories import APPROVAL, RESUME, START, STORIES, UNCERTAIN, Story, varied
from tests.chaos.trouble import OF_ALL, OF_NEXTHINK, OF_SLACK, Trouble, read_trouble

MOST_KILLS, MOST_TROUBLES = 3, 3
COMMITS = 45
"""As many as a whole story has, about."""
UNCERTAIN_EVERY = 5
"""Every so manieth seed tells of a start whose answer is lost."""
_NEXTHINK = ("execute", "trigger", "nql", "details", "token", "list")
_SLACK = (
    "chat.postMessage",
    "chat.update",
    "chat.postEphemeral",
    "users.info",
    "views.open",
    "views.update",
    "apps.connections.open",
    "conversations.history",
    "conversations.open",
    "auth.test",
    "delivery",
    "delivery",
    "delivery",
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """What is played."""

    name: str
    story: Story
    transport: str = "socket"
    kills: tuple[Kill, ...] = ()
    """One for each life of a process, in the order of their starts."""
    troubles: tuple[Trouble, ...] = ()

    def __str__(self) -> str:
        """Say it in a line."""
        parts = [self.name, self.story.name, self.transport, *map(str, self.kills), *map(str, self.troubles)]
        return " ".join(parts)


def from_seed(seed: int) -> Schedule:
    """Make the schedule of a seed."""
    random = Random(seed)  # noqa: S311 - the same seed must give the same schedule
    story = random.choice((START, APPROVAL, RESUME, RESUME)) if seed % UNCERTAIN_EVERY else UNCERTAIN
    return Schedule(
        name=f"seed {seed}",
        story=varied(story, random),
        transport=random.choice(("socket", "socket", "http")),
        kills=tuple(_kill(random) for _ in range(random.choice((0, 1, 1, 2, 2, MOST_KILLS)))),
        troubles=tuple(_trouble(random) for _ in range(random.randint(0, MOST_TROUBLES))),
    )


def _kill(random: Random) -> Kill:
    if random.random() < 0.4:
        return Kill(COMMIT, random.choice(AT_COMMIT), random.randint(1, COMMITS))
    if random.random() < 0.3:
        return Kill(random.choice(("nexthink:*", "slack:*", "*")), random.choice(AT_REQUEST), random.randint(1, 30))
    places = [f"nexthink:{name}" for name in _NEXTHINK[:3] * 3 + _NEXTHINK] + [f"slack:{name}" for name in _SLACK]
    return Kill(random.choice(places), random.choice(AT_REQUEST), random.choice((1, 1, 1, 2, 2, 3, 4)))


def _trouble(random: Random) -> Trouble:
    place = random.choice(("nexthink", "nexthink", "slack", "slack", "all"))
    number = random.choice((1, 1, 1, 2, 2, 3, 4, 5))
    if place == "nexthink":
        return Trouble(f"nexthink:{random.choice(_NEXTHINK[:3] * 2 + _NEXTHINK)}", number, random.choice(OF_NEXTHINK))
    if place == "slack":
        return Trouble(f"slack:{random.choice(_SLACK[:3] * 3 + _SLACK[:-3])}", number, random.choice(OF_SLACK))
    return Trouble("*", random.randint(5, 40), random.choice(OF_ALL))


def read_schedule(text: str) -> Schedule:
    """Read `STORY TRANSPORT [KILL | TROUBLE]…`, as a systematic list writes them."""
    story, transport, *parts = text.split()
    kills = tuple(read_kill(part) for part in parts if "/" in part)
    troubles = tuple(read_trouble(part) for part in parts if "/" not in part)
    return Schedule(name="given", story=STORIES[story], transport=transport, kills=kills, troubles=troubles)


def systematic(story: Story, transport: str, seen: Mapping[str, int], commits: int) -> list[Schedule]:
    """List every point at which a story, told once without trouble, can be killed."""
    requests = [
        Kill(place, moment, number)
        for place, count in sorted(seen.items())
        for number in range(1, count + 1)
        for moment in AT_REQUEST
    ]
    at_commits = [Kill(COMMIT, moment, number) for number in range(1, commits + 1) for moment in (Moment.AFTER,)]
    return [Schedule(name="list", story=story, transport=transport, kills=(kill,)) for kill in requests + at_commits]
