"""What one person has in front of them: the modal on top, else the messages; and how things on it are found by name."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.playground.slack.kit.reading import Json, all_elements
from bot.playground.slack.person.client import Client
from bot.playground.slack.person.seat import Name, Place
from bot.playground.slack.workspace import View


@dataclass(frozen=True, slots=True)
class Found:
    """A control, and where it stands."""

    place: Place
    block: Json
    element: Json

    @property
    def ids(self) -> Name:
        """Return its block_id and action_id."""
        return self.block["block_id"], self.element["action_id"]

    @property
    def kind(self) -> str:
        """Return the type of the element."""
        return str(self.element["type"])


class Screen:
    """What a person sees."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @property
    def modal(self) -> View | None:
        """Return the modal on top, or None."""
        return self._client.views[-1] if self._client.views else None

    @property
    def places(self) -> list[Place]:
        """Return where things can be seen and pressed: the modal alone while there is one, else the newest first."""
        if self.modal is not None:
            return [self.modal]
        home = [self._client.home] if self._client.home is not None else []
        return [*sorted(self._client.messages, key=lambda message: message.ts, reverse=True), *home]

    @property
    def words(self) -> str:
        """Return everything that can be read."""
        return "\n---\n".join(place.words for place in self.places) or "nothing"

    def holding(self, words: tuple[str, ...]) -> Place | None:
        """Return the first place that holds all these words."""
        return next((place for place in self.places if all(word in place.words for word in words)), None)

    def find(self, name: str) -> Found | None:
        """Return the control with a label, a text, a placeholder or an id."""
        for place in self.places:
            for block, element in all_elements(place.blocks or []):
                if name in _names(block, element):
                    return Found(place, block, element)
        return None

    def submits(self, button: str) -> bool:
        """Tell whether this is the text of the modal's submit button."""
        return self.modal is not None and _text(self.modal.body.get("submit")) == button

    def closes(self, button: str) -> bool:
        """Tell whether this is the text of the modal's close button."""
        return self.modal is not None and (_text(self.modal.body.get("close")) or "Cancel") == button


def _names(block: Json, element: Json) -> Iterator[str]:
    yield element["action_id"]
    yield block["block_id"]
    texts = (block.get("label"), element.get("text"), element.get("placeholder"))
    yield from (text for text in map(_text, texts) if text)


def _text(text: Json | None) -> str:
    return str(text["text"]) if isinstance(text, dict) else ""
