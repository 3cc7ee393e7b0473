"""One call of the Web API: its arguments, and the checks that many methods share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.playground.slack.installation import Installation
from bot.playground.slack.rate import Tier
from bot.playground.slack.refusal import RefusedError, missing
from bot.playground.slack.workspace import Channel, Person

Json = dict[str, Any]
READ_SCOPES = {"channel": "channels:read", "private": "groups:read", "dm": "im:read"}
HISTORY_SCOPES = {"channel": "channels:history", "private": "groups:history", "dm": "im:history"}


@dataclass(frozen=True, slots=True)
class Call:
    """A call whose token was accepted."""

    install: Installation
    args: Mapping[str, Any]
    new_ticket: Callable[[], str]

    def required(self, name: str) -> Any:
        """Return an argument that must be there."""
        value = self.args.get(name)
        if value in (None, ""):
            raise missing(name)
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return an argument that is true or false, however it is written."""
        value = self.args.get(name)
        return default if value in (None, "") else str(value).lower() in {"true", "1"}

    def need_scope(self, *scopes: str) -> None:
        """Refuse unless the app has one of the scopes."""
        granted = self.install.manifest.scopes
        if scopes and not granted.intersection(scopes):
            facts = {"needed": ",".join(scopes), "provided": ",".join(sorted(granted))}
            raise RefusedError("missing_scope", facts=facts)

    def person(self, name: str = "user", error: str = "user_not_found") -> Person:
        """Return the person whom an argument names."""
        person = self.install.workspace.people.get(str(self.required(name)))
        if person is None:
            raise RefusedError(error)
        return person

    def channel(self) -> Channel:
        """Return the channel that the app can see under its id."""
        workspace = self.install.workspace
        channel = workspace.channels.get(str(self.required("channel")))
        if channel is None or (channel.kind != "channel" and workspace.app.bot_user_id not in channel.members):
            raise RefusedError("channel_not_found")
        return channel

    def joined_channel(self, *, also_public: bool = False) -> Channel:
        """Return a channel that the app may write to."""
        channel = self.channel()
        may_write_publicly = also_public and "chat:write.public" in self.install.manifest.scopes
        if self.install.workspace.app.bot_user_id not in channel.members and not may_write_publicly:
            raise RefusedError("not_in_channel")
        if channel.is_archived:
            raise RefusedError("is_archived")
        if channel.is_read_only:
            raise RefusedError("restricted_action_read_only_channel")
        if channel.kind == "dm" and not self.install.manifest.messages_tab:
            raise RefusedError("messages_tab_disabled")
        return channel


@dataclass(frozen=True, slots=True)
class Method:
    """A method: what it does, which scopes open it, how often it may be called and which token it takes."""

    run: Callable[[Call], Json]
    scopes: tuple[str, ...] = ()
    """One of them is enough."""
    tier: Tier | None = None
    """None where Slack speaks of special limits."""
    is_app_level: bool = False
    """Whether it takes the xapp- token instead of the xoxb- one."""
    needs_token: bool = True
    needs_post: bool = False
    """Whether Slack refuses the other HTTP verbs."""
