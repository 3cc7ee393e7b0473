"""Build the payloads that Slack sends to an app.

https://docs.slack.dev/reference/interaction-payloads
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.playground.slack.files import file_json
from bot.playground.slack.installation import Installation
from bot.playground.slack.kit.reading import initial_values
from bot.playground.slack.workspace import Channel, Message, Person, View, Workspace

Json = dict[str, Any]
_VERIFICATION_TOKEN = "verification"  # noqa: S105 - the deprecated field carries no secret
_VIEW_DEFAULTS: Mapping[str, Any] = {
    "callback_id": "",
    "private_metadata": "",
    "title": None,
    "submit": None,
    "close": None,
    "clear_on_close": False,
    "notify_on_close": False,
    "external_id": "",
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where an interaction happened: a view, or a message in a channel."""

    view: View | None = None
    message: Message | None = None
    channel: Channel | None = None


def view_json(workspace: Workspace, view: View, values: Mapping[str, Any]) -> Json:
    """Write a view as Slack gives it to the app."""
    app = workspace.app
    return {
        **_VIEW_DEFAULTS,
        **view.body,
        "id": view.id,
        "team_id": workspace.team_id,
        "hash": view.hash,
        "state": {"values": values},
        "root_view_id": view.root_view_id,
        "previous_view_id": view.previous_view_id,
        "app_id": app.id,
        "app_installed_team_id": workspace.team_id,
        "bot_id": app.bot_id,
    }


def message_json(workspace: Workspace, message: Message) -> Json:
    """Write a message as Slack gives it to the app."""
    facts: Json = {
        "type": "message",
        "ts": message.ts,
        "user": message.user,
        "team": workspace.team_id,
        "text": message.text,
    }
    if message.is_bot:
        facts |= {"bot_id": workspace.app.bot_id, "app_id": workspace.app.id}
        # Slack gives the name only where the app took another one for this message.
        facts |= {"username": message.username} if message.username != workspace.app.name else {}
    if message.edited_ts:
        facts["edited"] = {"user": message.user, "ts": message.edited_ts}
    if message.is_broadcast:
        facts["subtype"] = "thread_broadcast"
    optional = {
        "blocks": message.blocks,
        "thread_ts": message.thread_ts,
        "metadata": message.metadata,
        "attachments": message.attachments,
        "reactions": [
            {"name": name, "users": list(users), "count": len(users)} for name, users in message.reactions.items()
        ],
        "files": [file_json(workspace.files[file_id]) for file_id in message.files],
    }
    return facts | {key: value for key, value in optional.items() if value}


def command(install: Installation, person: Person, channel: Channel, line: tuple[str, str], response_url: str) -> Json:
    """Write the payload of a slash command; `line` is the command and its text."""
    workspace = install.workspace
    return {
        "token": _VERIFICATION_TOKEN,
        "team_id": workspace.team_id,
        "team_domain": workspace.domain,
        "channel_id": channel.id,
        "channel_name": _payload_name(channel),
        "user_id": person.id,
        "user_name": person.user_name,
        "command": line[0],
        "text": line[1],
        "api_app_id": workspace.app.id,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": install.triggers.issue(person.id),
    }


def block_actions(install: Installation, person: Person, source: Source, action: Json, response_url: str) -> Json:
    """Write the payload of a pressed button or a chosen option."""
    payload = _interaction(install, "block_actions", person) | _container(install, person, source)
    payload["trigger_id"] = install.triggers.issue(person.id, source.view.id if source.view else None)
    payload["actions"] = [{**action, "action_ts": install.mint.ts()}]
    if source.message is not None:
        payload["state"] = {"values": _message_values(install, person, source.message)}
        payload["response_url"] = response_url
    return payload


def block_suggestion(install: Installation, person: Person, source: Source, asked: tuple[str, str], query: str) -> Json:
    """Write the payload of a type-ahead request; `asked` is the block_id and action_id."""
    payload = _interaction(install, "block_suggestion", person) | _container(install, person, source)
    return payload | {"block_id": asked[0], "action_id": asked[1], "value": query}


def view_submission(install: Installation, person: Person, view: View, response_urls: list[Json]) -> Json:
    """Write the payload of a submitted modal, every input in its state."""
    return _interaction(install, "view_submission", person) | {
        "trigger_id": install.triggers.issue(person.id, view.id),
        "view": view_json(install.workspace, view, view.values),
        "response_urls": response_urls,
    }


def view_closed(install: Installation, person: Person, view: View, *, is_cleared: bool) -> Json:
    """Write the payload of a closed modal, without what was typed."""
    closed = view_json(install.workspace, view, {})
    return _interaction(install, "view_closed", person) | {"view": closed, "is_cleared": is_cleared}


def shortcut(install: Installation, person: Person, callback_id: str) -> Json:
    """Write the payload of a global shortcut."""
    payload = _shortcut(install, "shortcut", person, callback_id)
    del payload["user"]["name"]
    return payload


def message_action(install: Installation, person: Person, source: Source, callback_id: str, response_url: str) -> Json:
    """Write the payload of a shortcut on a message."""
    if source.message is None or source.channel is None:
        raise ValueError("a message shortcut needs a message and its channel")
    return _shortcut(install, "message_action", person, callback_id) | {
        "message_ts": source.message.ts,
        "channel": {"id": source.channel.id, "name": _payload_name(source.channel)},
        "message": message_json(install.workspace, source.message),
        "response_url": response_url,
    }


def event(install: Installation, event_body: Json) -> Json:
    """Wrap an event as the Events API does."""
    workspace = install.workspace
    authorization = {
        "enterprise_id": None,
        "team_id": workspace.team_id,
        "user_id": workspace.app.bot_user_id,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": _VERIFICATION_TOKEN,
        "team_id": workspace.team_id,
        "api_app_id": workspace.app.id,
        "type": "event_callback",
        "event_id": install.mint.id("Ev"),
        "event_time": int(install.clock().timestamp()),
        "authorizations": [authorization],
        "event": event_body,
    }


def _interaction(install: Installation, kind: str, person: Person) -> Json:
    workspace = install.workspace
    name = person.user_name
    return {
        "type": kind,
        "user": {"id": person.id, "username": name, "name": name, "team_id": person.team_id or workspace.team_id},
        "team": {"id": workspace.team_id, "domain": workspace.domain},
        "enterprise": None,
        "is_enterprise_install": False,
        "api_app_id": workspace.app.id,
        "token": _VERIFICATION_TOKEN,
    }


def _shortcut(install: Installation, kind: str, person: Person, callback_id: str) -> Json:
    payload = _interaction(install, kind, person)
    # Unlike other interactions a shortcut does not name the app.
    # https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload
    del payload["api_app_id"]
    return payload | {
        "callback_id": callback_id,
        "trigger_id": install.triggers.issue(person.id),
        "action_ts": install.mint.ts(),
    }


def _container(install: Installation, person: Person, source: Source) -> Json:
    if source.view is not None:
        view = view_json(install.workspace, source.view, source.view.values)
        return {"container": {"type": "view", "view_id": source.view.id}, "view": view}
    if source.message is None or source.channel is None:
        raise ValueError("an interaction needs a view, or a message and its channel")
    message = source.message
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.only_for == person.id,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    return {
        "container": container,
        "channel": {"id": source.channel.id, "name": _payload_name(source.channel)},
        "message": message_json(install.workspace, message),
    }


def _message_values(install: Installation, person: Person, message: Message) -> Json:
    chosen = install.workspace.message_values.get((message.channel, message.ts, person.id))
    return initial_values(message.blocks or [], chosen)


def _payload_name(channel: Channel) -> str:
    # Slack names direct messages and private channels this way in payloads.
    # https://docs.slack.dev/interactivity/implementing-slash-commands
    return {"dm": "directmessage", "private": "privategroup"}.get(channel.kind, channel.name)
