"""The message box: slash commands, messages, shortcuts and the Home tab.

https://docs.slack.dev/interactivity/implementing-slash-commands
"""

import re
from typing import Any, Literal

from bot.playground.slack import messages, payloads
from bot.playground.slack.delivery.envelope import Delivery, Kind
from bot.playground.slack.person.answer import Answer
from bot.playground.slack.person.builtin import BUILTIN_COMMANDS, BuiltinCommands
from bot.playground.slack.workspace import Channel, Message, Workspace

_URL = re.compile(r"https?://[^\s<>|]+")
_EVENTS = {"channel": "message.channels", "private": "message.groups", "dm": "message.im"}
_CHANNEL_TYPES = {"channel": "channel", "private": "group", "dm": "im"}


class Composer(BuiltinCommands):
    """What a person types."""

    async def command(self, line: str, channel: str | None = None) -> Answer:
        """Type a slash command into a channel."""
        here = self.channel(channel)
        name, _, text = line.strip().partition(" ")
        if name in BUILTIN_COMMANDS:
            return await self.builtin(name, text, here)
        known = self._install.manifest.commands.get(name)
        if known is None:
            sentence = f"`{name}` is not a command of this app."
            self._show_line(here, sentence)
            return Answer(ok=False, error="unknown_command", message=sentence)
        text = escape(self._workspace, text.strip()) if known.should_escape else text.strip()
        url = self._responses.issue(self.person_id, here.id)
        payload = payloads.command(self._install, self.person, here, (name, text), url)
        delivery = await self._deliveries.deliver(Kind.COMMAND, line, payload)
        answer = self._try(lambda: self._show_ack(delivery, here, line), name, delivery)
        if not answer.ok:
            self._show_line(here, answer.message)
        return answer

    async def say(self, text: str, channel: str | None = None, thread_ts: str | None = None) -> Answer:
        """Write a message into a channel, or into the thread of a message there."""
        here = self.channel(channel)
        if here.kind == "dm" and self._install.manifest.messages_tab_read_only:
            return Answer(ok=False, error="read_only", message="Sending messages to this app has been turned off.")
        if thread_ts and self._workspace.message(here.id, thread_ts) is None:
            return Answer(ok=False, error="thread_not_found", message="The message of this thread is gone.")
        message = self._write(here, escape(self._workspace, text), thread_ts)
        for kind in self._events(here, message.text):
            body = {"type": kind, "channel": here.id, "user": self.person_id, "text": message.text, "ts": message.ts}
            body |= {"thread_ts": thread_ts} if thread_ts else {}
            await self._send_event(body | {"event_ts": message.ts, "channel_type": _CHANNEL_TYPES[here.kind]})
        return Answer(ok=True)

    async def shortcut(self, callback_id: str, message: Message | None = None) -> Answer:
        """Run a shortcut, global or on a message that others see too."""
        known, kind = self._install.manifest.shortcuts.get(callback_id), "message" if message else "global"
        if known is None or known.type != kind:
            sentence = f"`{callback_id}` is not a {kind} shortcut of this app."
            return Answer(ok=False, error="unknown_shortcut", message=sentence)
        if message is not None and message.is_ephemeral:
            return Answer(ok=False, error="not_possible", message="There are no shortcuts on what only you can see.")
        if message is None:
            payload = payloads.shortcut(self._install, self.person, callback_id)
        else:
            url = self._responses.issue(self.person_id, message.channel, message.ts)
            source = self._source(message)
            payload = payloads.message_action(self._install, self.person, source, callback_id, url)
        return self._answer(await self._deliveries.deliver(Kind.INTERACTIVE, callback_id, payload), "The shortcut")

    async def open_home(self, tab: Literal["home", "messages"] = "home") -> Answer:
        """Open the app's Home tab, or its Messages."""
        if not self._install.manifest.home_tab or "app_home_opened" not in self._install.manifest.events:
            return Answer(ok=False, error="not_enabled", message="This app has no Home tab.")
        body: dict[str, Any] = {"type": "app_home_opened", "user": self.person_id, "channel": self.dm.id, "tab": tab}
        if tab == "home" and self.home is not None:
            body["view"] = payloads.view_json(self._workspace, self.home, self.home.values)
        return await self._send_event(body | {"event_ts": self._install.mint.ts()})

    def _show_ack(self, delivery: Delivery, channel: Channel, line: str) -> None:
        if not delivery.payload:
            return
        content = messages.require_content(messages.read_content(self._install, delivery.payload))
        is_public = delivery.payload.get("response_type") == "in_channel"
        if is_public:
            self._write(channel, line)
        messages.post(self._install, channel.id, content, only_for=None if is_public else self.person_id)

    def _write(self, channel: Channel, text: str, thread_ts: str | None = None) -> Message:
        ts, name = self._install.mint.ts(), self.person.name
        return self._workspace.put_message(
            Message(channel.id, ts, self.person_id, text, username=name, thread_ts=thread_ts)
        )

    def _events(self, channel: Channel, text: str) -> list[str]:
        bot = self._workspace.app.bot_user_id
        subscribed = self._install.manifest.events
        if bot not in channel.members:
            return []
        plain = ["message"] if _EVENTS[channel.kind] in subscribed else []
        return [*plain, *(["app_mention"] if "app_mention" in subscribed and f"<@{bot}>" in text else [])]


def escape(workspace: Workspace, text: str) -> str:
    """Write a typed text as Slack sends it: `<@U…>`, `<#C…|name>`, `<http://…>`, and `&`, `<`, `>` as entities."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    escaped = _URL.sub(lambda match: f"<{match.group()}>", escaped)
    names = {workspace.app.name: workspace.app.bot_user_id}
    names |= {name: person.id for person in workspace.people.values() for name in (person.name, person.user_name)}
    for name, user_id in names.items():
        escaped = re.sub(rf"(?<!\S)@{re.escape(name)}\b", f"<@{user_id}>", escaped, flags=re.IGNORECASE)
    for channel in workspace.channels.values():
        # The name of a private channel stays private.
        label = channel.name if channel.kind == "channel" else ""
        if channel.kind != "dm":
            escaped = re.sub(rf"(?<!\S)#{re.escape(channel.name)}\b", f"<#{channel.id}|{label}>", escaped)
    return escaped
