"""Everything that one person sees, as one JSON object for the page."""

import dataclasses
import json
from functools import lru_cache
from typing import Any

from bot.playground.slack.delivery.deliveries import Deliveries
from bot.playground.slack.installation import Installation
from bot.playground.slack.payloads import view_json
from bot.playground.slack.person.builtin import BUILTIN_COMMANDS
from bot.playground.slack.wire import KEPT, WireEntry
from bot.playground.slack.workspace import Channel, Message, Person, UserGroup

Json = dict[str, Any]
_COLOURS = ("#2f6fab", "#8a4baf", "#2e7d5b", "#b25a1d", "#a83a5b", "#52606d", "#17757f", "#7a5c1e")


def snapshot(install: Installation, person_id: str, deliveries: Deliveries) -> str:
    """Return what a person sees now, as JSON text."""
    workspace = install.workspace
    channels = workspace.channels_of(person_id)
    shown = {
        "type": "snapshot",
        "workspace": workspace.name,
        "ahead_seconds": install.clock.ahead.total_seconds(),
        "app": _app(install, deliveries),
        "commands": _commands(install),
        "shortcuts": _shortcuts(install),
        "suggestions": [dataclasses.asdict(suggestion) for suggestion in workspace.suggestions],
        "me": person_id,
        "people": [_person(at, person) for at, person in enumerate(workspace.people.values())],
        "groups": [_group(person_id, group) for group in workspace.groups.values()],
        "channels": [_channel(install, person_id, channel) for channel in channels],
        "messages": {c.id: _messages(install, person_id, c.id) for c in channels},
        "views": [view_json(workspace, view, view.values) for view in workspace.stack(person_id)],
        "home": _home(install, person_id),
    }
    # The wire is by far the largest part and its entries hardly change, so each is written once.
    wire = ",".join(_wire_entry(entry) for entry in workspace.wire)
    return f'{json.dumps(shown)[:-1]}, "wire": [{wire}]}}'


def _app(install: Installation, deliveries: Deliveries) -> Json:
    app, manifest = install.workspace.app, install.manifest
    return {
        "id": app.id,
        "name": app.name,
        "bot_user_id": app.bot_user_id,
        "connected": deliveries.connections > 0,
        "transport": deliveries.transport,
        "connections": deliveries.connections,
        "home_tab": manifest.home_tab,
        "messages_tab": manifest.messages_tab,
        "is_read_only": manifest.messages_tab_read_only,
    }


def _home(install: Installation, person_id: str) -> Json | None:
    view = install.workspace.homes.get(person_id)
    return None if view is None else view_json(install.workspace, view, view.values)


def _commands(install: Installation) -> list[Json]:
    app = install.workspace.app.name
    own = [
        {"command": c.command, "description": c.description, "usage_hint": c.usage_hint, "by": app}
        for c in install.manifest.commands.values()
    ]
    return own + [
        {"command": command, "description": description, "usage_hint": f"@{app}", "by": "Slack"}
        for command, description in BUILTIN_COMMANDS.items()
    ]


def _shortcuts(install: Installation) -> list[Json]:
    shortcuts = install.manifest.shortcuts.values()
    return [
        {"callback_id": s.callback_id, "name": s.name, "type": s.type, "description": s.description} for s in shortcuts
    ]


def _person(at: int, person: Person) -> Json:
    initials = "".join(word[0] for word in person.name.split()[:2]).upper()
    colour = _COLOURS[at % len(_COLOURS)]
    return {"id": person.id, "name": person.name, "title": person.title, "initials": initials, "color": colour}


def _group(person_id: str, group: UserGroup) -> Json:
    return {"id": group.id, "handle": group.handle, "name": group.name, "has_me": person_id in group.members}


def _channel(install: Installation, person_id: str, channel: Channel) -> Json:
    visible = install.workspace.visible_to(person_id, channel.id)
    return {
        "id": channel.id,
        "name": channel.name,
        "kind": channel.kind,
        "topic": channel.topic,
        "bot_is_member": install.workspace.app.bot_user_id in channel.members,
        "latest": visible[-1].ts if visible else "",
    }


def _messages(install: Installation, person_id: str, channel_id: str) -> list[Json]:
    workspace = install.workspace
    chosen = workspace.message_values
    return [
        {**_message(install, message), "values": chosen.get((channel_id, message.ts, person_id), {})}
        for message in workspace.visible_to(person_id, channel_id)
    ]


def _message(install: Installation, message: Message) -> Json:
    files = [install.workspace.files[file_id] for file_id in message.files]
    return {
        "ts": message.ts,
        "user": message.user,
        "username": message.username,
        "is_bot": message.is_bot,
        "text": message.text,
        "blocks": message.blocks,
        "edited": message.edited_ts is not None,
        "ephemeral": message.is_ephemeral,
        "client": message.is_client_line,
        "thread_ts": message.thread_ts,
        "broadcast": message.is_broadcast,
        "attachments": message.attachments,
        "reactions": [{"name": name, "users": list(users)} for name, users in message.reactions.items()],
        "files": [{"id": file.id, "name": file.title or file.name, "size": len(file.content)} for file in files],
    }


@lru_cache(maxsize=2 * KEPT)
def _wire_entry(entry: WireEntry) -> str:
    return json.dumps(
        {
            "seq": entry.seq,
            "at": entry.at.isoformat().replace("+00:00", "Z"),
            "direction": entry.direction,
            "kind": entry.kind,
            "summary": entry.summary,
            "ms": entry.ms,
            "ok": entry.ok,
            "body": entry.body,
        }
    )
