"""The state of the local Slack apart from any transport: people, channels, messages and modals."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from bot.playground.slack.changes import Changes
from bot.playground.slack.files import StoredFile
from bot.playground.slack.kit.reading import readable
from bot.playground.slack.suggestion import Suggestion
from bot.playground.slack.wire import WireLog

Kind = Literal["channel", "private", "dm"]
MAX_VIEWS_IN_STACK = 3
"""https://docs.slack.dev/surfaces/modals"""


@dataclass(frozen=True, slots=True)
class App:
    """Who the app is in this workspace."""

    name: str = "fixdesk"
    id: str = "A0FIXDESK"
    bot_user_id: str = "U0FIXDESK"
    bot_id: str = "B0FIXDESK"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a Slack account."""

    id: str
    name: str
    email: str = ""
    title: str = ""
    tz: str = "Europe/London"
    locale: str = "en-GB"
    team_id: str = ""
    """Empty for the workspace's own team."""
    is_email_confirmed: bool | None = True
    """None leaves the field out, as Slack sometimes does."""
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_bot: bool = False
    deleted: bool = False

    @property
    def user_name(self) -> str:
        """Return the short name that payloads carry."""
        return self.name.lower().replace(" ", ".")


@dataclass(frozen=True, slots=True)
class Channel:
    """A conversation and who is in it."""

    id: str
    name: str
    members: frozenset[str] = frozenset()
    kind: Kind = "channel"
    topic: str = ""
    is_archived: bool = False
    is_read_only: bool = False
    """Whether its owners let only a few people post."""


@dataclass(frozen=True, slots=True)
class UserGroup:
    """A group that can be mentioned, such as @service-desk."""

    id: str
    handle: str
    name: str
    members: tuple[str, ...] = ()
    is_disabled: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """What stands in a conversation."""

    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: list[dict[str, Any]] | None = None
    username: str = ""
    is_bot: bool = False
    edited_ts: str | None = None
    only_for: str | None = None
    """The one person who sees it: an ephemeral message."""
    is_client_line: bool = False
    """A line of Slack's own client, such as a time-out."""
    thread_ts: str | None = None
    metadata: dict[str, Any] | None = None
    attachments: list[dict[str, Any]] | None = None
    is_broadcast: bool = False
    """A reply in a thread that is shown in the channel too."""
    reactions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The emoji's name → who reacted with it."""
    files: tuple[str, ...] = ()
    """The ids of the files that were shared with it."""

    @property
    def is_ephemeral(self) -> bool:
        """Say whether only one person sees it."""
        return self.only_for is not None

    @property
    def words(self) -> str:
        """Return everything in it that a person can read."""
        return "\n".join([self.text, *readable(self.blocks or [])])


@dataclass(frozen=True, slots=True)
class View:
    """A modal or a Home tab as one person has it open."""

    id: str
    person: str
    hash: str
    body: dict[str, Any]
    """The definition as the app gave it, with every id filled in."""
    root_view_id: str
    previous_view_id: str | None = None
    values: Mapping[str, Mapping[str, dict[str, Any]]] = field(default_factory=dict)
    """What is filled in: block_id → action_id → the element's state."""

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """Return its blocks."""
        blocks: list[dict[str, Any]] = self.body["blocks"]
        return blocks

    @property
    def title(self) -> str:
        """Return the text of its title, empty on a Home tab."""
        return str(self.body.get("title", {}).get("text", ""))

    @property
    def callback_id(self) -> str:
        """Return the app's name for it."""
        return str(self.body.get("callback_id", ""))

    @property
    def external_id(self) -> str:
        """Return the app's own unique id for it."""
        return str(self.body.get("external_id", ""))

    @property
    def words(self) -> str:
        """Return everything in it that a person can read."""
        return "\n".join([self.title, *readable(self.blocks)])


class Workspace:
    """People, channels, messages and modal stacks; `changes` tells of every change."""

    def __init__(
        self,
        people: Iterable[Person],
        channels: Iterable[Channel] = (),
        groups: Iterable[UserGroup] = (),
        *,
        app: App | None = None,
        name: str = "Example Corp",
    ) -> None:
        self.name = name
        self.team_id = "T0LOCAL"
        self.domain = "local"
        self.app = app or App()
        self.people = {person.id: person for person in people}
        self.channels = {channel.id: channel for channel in channels}
        self.groups = {group.id: group for group in groups}
        self.suggestions: tuple[Suggestion, ...] = ()
        """What a newcomer may type; the page shows them."""
        self.messages: dict[str, dict[str, Message]] = {}
        self.message_values: dict[tuple[str, str, str], dict[str, dict[str, dict[str, Any]]]] = {}
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.files: dict[str, StoredFile] = {}
        self.changes = Changes()
        self.wire = WireLog(self.changes)
        for person in self.people.values():
            self.dm_of(person.id)

    def person(self, who: str) -> Person:
        """Return a person by id or name."""
        for person in self.people.values():
            if who in (person.id, person.name):
                return person
        raise LookupError(f"nobody here is called {who!r}; there are {', '.join(p.name for p in self.people.values())}")

    def put_person(self, person: Person) -> None:
        """Add or replace a person, for example one who has left."""
        self.people[person.id] = person
        self.dm_of(person.id)
        self.changes.announce()

    def channel(self, which: str) -> Channel:
        """Return a channel by id or name."""
        for channel in self.channels.values():
            if which in (channel.id, channel.name) and (channel.kind != "dm" or which == channel.id):
                return channel
        raise LookupError(
            f"there is no channel {which!r}; there are {', '.join(c.name for c in self.channels.values())}"
        )

    def put_channel(self, channel: Channel) -> None:
        """Add or replace a channel."""
        self.channels[channel.id] = channel
        self.changes.announce()

    def set_member(self, channel_id: str, user_id: str, *, is_member: bool) -> None:
        """Let somebody, or the bot, join or leave a channel."""
        channel = self.channels[channel_id]
        members = channel.members | {user_id} if is_member else channel.members - {user_id}
        self.put_channel(replace(channel, members=frozenset(members)))

    def dm_of(self, person_id: str) -> Channel:
        """Return a person's direct conversation with the app, made when first asked for."""
        channel_id = f"D{person_id[1:]}"
        if channel_id not in self.channels:
            members = frozenset({person_id, self.app.bot_user_id})
            self.channels[channel_id] = Channel(channel_id, self.app.name, members, "dm")
        return self.channels[channel_id]

    def channels_of(self, person_id: str) -> list[Channel]:
        """Return the channels a person is in, the direct conversation with the app last."""
        mine = [channel for channel in self.channels.values() if person_id in channel.members]
        return sorted(mine, key=lambda channel: channel.kind == "dm")

    def put_message(self, message: Message) -> Message:
        """Add a message or replace the one with its time stamp."""
        self.messages.setdefault(message.channel, {})[message.ts] = message
        self.changes.announce()
        return message

    def remove_message(self, channel_id: str, ts: str) -> None:
        """Take a message away."""
        self.messages.get(channel_id, {}).pop(ts, None)
        self.changes.announce()

    def message(self, channel_id: str, ts: str) -> Message | None:
        """Return a message, or None where there is none."""
        return self.messages.get(channel_id, {}).get(ts)

    def replies(self, channel_id: str, thread_ts: str) -> list[Message]:
        """Return the replies in a thread, oldest first."""
        messages = self.messages.get(channel_id, {}).values()
        return [m for m in messages if m.thread_ts == thread_ts and m.ts != thread_ts and not m.is_ephemeral]

    def visible_to(self, person_id: str, channel_id: str) -> list[Message]:
        """Return the messages of a channel that a person sees, oldest first."""
        messages = self.messages.get(channel_id, {}).values()
        return [message for message in messages if message.only_for in (None, person_id)]

    def stack(self, person_id: str) -> list[View]:
        """Return a person's open modals, the top one last."""
        return self.stacks.setdefault(person_id, [])

    def view(self, view_id: str) -> View | None:
        """Return an open modal or a Home tab, or None where there is none."""
        modals = (view for stack in self.stacks.values() for view in stack)
        return next((view for view in (*modals, *self.homes.values()) if view.id == view_id), None)

    def view_called(self, external_id: str) -> View | None:
        """Return the open view with the app's own id, or None."""
        modals = (view for stack in self.stacks.values() for view in stack)
        return next((v for v in (*modals, *self.homes.values()) if external_id and v.external_id == external_id), None)

    def put_view(self, view: View) -> View:
        """Replace an open modal or Home tab in place."""
        stack = self.stack(view.person)
        for at, old in enumerate(stack):
            if old.id == view.id:
                stack[at] = view
        if self.homes.get(view.person, view).id == view.id and view.body["type"] == "home":
            self.homes[view.person] = view
        self.changes.announce()
        return view

    def set_stack(self, person_id: str, views: list[View]) -> None:
        """Replace a person's stack of modals."""
        self.stacks[person_id] = views
        self.changes.announce()
