"""Slack's own commands: invite the app into a channel, and take it out again.

https://slack.com/help/articles/201259356-Slash-commands-in-Slack
"""

from collections.abc import Mapping
from typing import Any

from bot.playground.slack import payloads
from bot.playground.slack.delivery.envelope import Kind
from bot.playground.slack.person.answer import Answer
from bot.playground.slack.person.seat import Seat
from bot.playground.slack.workspace import Channel, Message

BUILTIN_COMMANDS: Mapping[str, str] = {
    "/invite": "Add an app to this channel",
    "/remove": "Take an app out of this channel",
}
_CHANNEL_TYPES = {"channel": "C", "private": "G"}


class BuiltinCommands(Seat):
    """What Slack does by itself, without asking the app."""

    async def builtin(self, name: str, text: str, here: Channel) -> Answer:
        """Invite or remove the app; whatever stands in the way is told in the channel."""
        app = self._workspace.app
        is_member, joins = app.bot_user_id in here.members, name == "/invite"
        if here.kind == "dm":
            return self._say_no(here, f"`{name}` does not work in a direct conversation.")
        if text.strip().lower() not in {f"@{app.name}".lower(), f"<@{app.bot_user_id}>".lower()}:
            return self._say_no(here, f"`{name}` works for the app here: `{name} @{app.name}`.")
        if is_member == joins:
            return self._say_no(here, f"{app.name} is {'already' if joins else 'not'} in this channel.")
        self._workspace.set_member(here.id, app.bot_user_id, is_member=joins)
        did = "was added to" if joins else "was removed from"
        line = f"{did} <#{here.id}|{here.name}> by <@{self.person_id}>"
        ts = self._install.mint.ts()
        self._workspace.put_message(Message(here.id, ts, app.bot_user_id, line, username=app.name))
        return await self._tell_app(here, ts) if joins else Answer(ok=True)

    async def _tell_app(self, here: Channel, ts: str) -> Answer:
        if "member_joined_channel" not in self._install.manifest.events:
            return Answer(ok=True)
        workspace = self._workspace
        return await self._send_event(
            {
                "type": "member_joined_channel",
                "user": workspace.app.bot_user_id,
                "channel": here.id,
                "channel_type": _CHANNEL_TYPES[here.kind],
                "team": workspace.team_id,
                "inviter": self.person_id,
                "event_ts": ts,
            }
        )

    async def _send_event(self, body: Mapping[str, Any]) -> Answer:
        payload = payloads.event(self._install, dict(body))
        return self._answer(await self._deliveries.deliver(Kind.EVENT, str(body["type"]), payload), "The event")

    def _say_no(self, here: Channel, sentence: str) -> Answer:
        self._show_line(here, sentence)
        return Answer(ok=False, error="not_possible", message=sentence)
