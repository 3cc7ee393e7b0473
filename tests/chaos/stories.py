"""What is told again and again, each time with other trouble: a start, an approval, a resume."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Mapping
from random import Random

from bot.playground.slack.workspace import Message
from tests.chaos.people import Person
from tests.chaos.trouble import Trouble


@dataclasses.dataclass(frozen=True, slots=True)
class Press:
    """Somebody decides."""

    who: str
    button: str
    times: int = 1


@dataclasses.dataclass(frozen=True, slots=True)
class Story:
    """Ada asks for something, and others decide on it at the same time."""

    name: str
    words: str
    answers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    presses: tuple[Press, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    """Without which it would be another story."""

    async def tell(self, person: Callable[[str], Person]) -> None:
        """Let it happen."""
        await person(_ADA).ask_for(self.words, self.answers)
        await asyncio.gather(*(self._decide(person(press.who), press) for press in self.presses))

    def _decide(self, person: Person, press: Press) -> Awaitable[None]:
        return person.press(press.button, is_copy, press.times)


def is_copy(message: Message) -> bool:
    """Tell whether a message is a copy of a card."""
    return message.metadata is not None


_ADMIN = {"Action": "grant", "Hours": "4", "Reason": "A driver"}
_MIGRATION = {"Upgrade window": "tonight"}
_ADA, _GRACE, _ALAN = "Ada Example", "Grace Example", "Alan Example"

START = Story("start", "teams cache")
APPROVAL = Story("approval", "manage local admin permission", _ADMIN, (Press(_GRACE, "Approve"), Press(_ALAN, "Deny")))
RESUME = Story("resume", "windows 11 migration", _MIGRATION, (Press(_GRACE, "Approve", 2), Press(_ALAN, "Deny")))
UNCERTAIN = Story(
    "uncertain",
    "teams cache",
    presses=(Press(_ADA, "Start again", 2),),
    troubles=(Trouble("nexthink:execute", 1, "cut_before"),),
)
STORIES = {story.name: story for story in (START, APPROVAL, RESUME, UNCERTAIN)}


def varied(story: Story, random: Random) -> Story:
    """Return a story whose people decide otherwise."""
    if story is UNCERTAIN:
        button = random.choice(("Start again", "Start again", "Check again", "Leave it"))
        lost = dataclasses.replace(story.troubles[0], kind=random.choice(("cut_before", "cut_after", "hang", "away")))
        return dataclasses.replace(story, presses=(Press(_ADA, button, random.choice((1, 2))),), troubles=(lost,))

    def press(one: Press) -> Press:
        return Press(one.who, random.choice(("Approve", "Approve", "Deny")), random.choice((1, 1, 2)))

    presses = [press(one) for one in story.presses]
    random.shuffle(presses)
    return dataclasses.replace(story, presses=tuple(presses[: random.choice((1, 2, 2))]))
