"""Where one person sits in front of Slack: who they are, what they see, and how their acts reach the app."""

from collections.abc import Callable, Sequence

from bot.playground.slack import messages
from bot.playground.slack.delivery.deliveries import Deliveries
from bot.playground.slack.delivery.envelope import Delivery
from bot.playground.slack.installation import Installation
from bot.playground.slack.kit.reading import Json, all_elements, find_element
from bot.playground.slack.payloads import Source
from bot.playground.slack.person.answer import Answer, answer_of, failure
from bot.playground.slack.refusal import RefusedError
from bot.playground.slack.responses import ResponseUrls
from bot.playground.slack.workspace import Channel, Message, Person, View

Place = View | Message
Name = str | tuple[str, str]
"""An action_id, a block_id, a button's text, or a block_id and action_id together."""


class Seat:
    """What every act of a person needs."""

    def __init__(self, person_id: str, install: Installation, deliveries: Deliveries, responses: ResponseUrls) -> None:
        self.person_id = person_id
        self._install = install
        self._workspace = install.workspace
        self._deliveries = deliveries
        self._responses = responses

    @property
    def person(self) -> Person:
        """Return who this is, as of now."""
        return self._workspace.people[self.person_id]

    @property
    def dm(self) -> Channel:
        """Return the direct conversation with the app."""
        return self._workspace.dm_of(self.person_id)

    @property
    def views(self) -> list[View]:
        """Return the open modals, the top one last."""
        return list(self._workspace.stack(self.person_id))

    @property
    def home(self) -> View | None:
        """Return the app's Home tab, if it has published one."""
        return self._workspace.homes.get(self.person_id)

    @property
    def messages(self) -> list[Message]:
        """Return every message this person sees, channel by channel."""
        mine = self._workspace.channels_of(self.person_id)
        return [message for channel in mine for message in self._workspace.visible_to(self.person_id, channel.id)]

    def channel(self, which: str | None) -> Channel:
        """Return a channel that this person is in, by id or name; the first where none is named."""
        mine = self._workspace.channels_of(self.person_id)
        found = mine[0] if which is None else self._workspace.channel(which)
        if self.person_id not in found.members:
            raise LookupError(f"{self.person.name} is not in {found.name}")
        return found

    def current(self, place: Place) -> Place:
        """Return a view or a message as it is now."""
        if isinstance(place, View):
            return self.open_view(place)
        return self._workspace.message(place.channel, place.ts) or place

    def open_view(self, view: View) -> View:
        """Return a view as it is now; it must still be open in front of this person."""
        shown = self._workspace.view(view.id)
        if shown is None or shown.person != self.person_id:
            raise LookupError(f"the view {view.title!r} is not open in front of {self.person.name}")
        return shown

    def _source(self, place: Place) -> Source:
        if isinstance(place, View):
            return Source(view=self.open_view(place))
        message = self._workspace.message(place.channel, place.ts) or place
        return Source(message=message, channel=self._workspace.channels[place.channel])

    def _answer(self, delivery: Delivery, what: str) -> Answer:
        return answer_of(delivery, what, self._install.settings.ack_timeout)

    def _refused(self, error: str, problems: Sequence[str], what: str, delivery: Delivery) -> Answer:
        """Log an ack that Slack would not accept, and say so."""
        wire = self._workspace.wire
        body = {"error": error, "messages": list(problems), "payload": delivery.payload}
        seq = wire.add(self._install.clock(), "from_app", "ack", f"refused: {error}", body)
        wire.finish(seq, delivery.ms, ok=False)
        return failure(error, what, self._install.settings.ack_timeout, delivery)

    def _show_line(self, channel: Channel, text: str) -> None:
        messages.say_as_client(self._install, channel.id, self.person_id, text)

    def _try(self, act: Callable[[], None], what: str, delivery: Delivery) -> Answer:
        """Do what an ack asks for; an ack that Slack would not accept is a failure."""
        try:
            act()
        except RefusedError as refused:
            return self._refused(refused.error, refused.messages, what, delivery)
        return self._answer(delivery, what)


def find(place: Place, name: Name, *, wanted: Callable[[Json], bool] = lambda _: True) -> tuple[Json, Json]:
    """Return the block and element with a name; an error tells what there is instead."""

    def matches(block: Json, element: Json) -> bool:
        ids = (block.get("block_id"), element.get("action_id"))
        text = element["text"]["text"] if isinstance(element.get("text"), dict) else None
        return wanted(element) and (ids == name if isinstance(name, tuple) else name in (*ids, text))

    blocks = place.blocks or []
    found = find_element(blocks, matches)
    if found is None:
        raise LookupError(f"there is no {name!r} to act on here; there are: {', '.join(_names(blocks)) or 'none'}")
    return found


def _names(blocks: list[Json]) -> list[str]:
    return [f"{block['block_id']}/{element['action_id']}" for block, element in all_elements(blocks)]
