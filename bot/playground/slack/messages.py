"""Put messages into conversations: check, post, edit, show to one person."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.playground.slack.installation import Installation
from bot.playground.slack.kit.reading import with_ids
from bot.playground.slack.kit.validate import check_message
from bot.playground.slack.refusal import RefusedError
from bot.playground.slack.workspace import Message

MAX_TEXT = 40_000
"""Longer texts are cut. https://docs.slack.dev/reference/methods/chat.postMessage"""


@dataclass(frozen=True, slots=True)
class Content:
    """What the app wants to say, checked and with every id filled in."""

    text: str
    blocks: list[dict[str, Any]] | None
    attachments: list[dict[str, Any]] | None = None
    metadata: dict[str, Any] | None = None
    thread_ts: str | None = None
    username: str = ""


def read_content(install: Installation, args: Mapping[str, Any]) -> Content:
    """Check a message's arguments; raise a refusal for what Slack would refuse."""
    blocks, attachments = args.get("blocks"), args.get("attachments")
    if blocks is not None and not isinstance(blocks, list):
        raise RefusedError("invalid_blocks_format")
    errors = check_message(blocks or [], attachments or [])
    if errors:
        raise RefusedError("invalid_blocks", errors, facts={"errors": errors})
    return Content(
        text=str(args.get("text") or "")[:MAX_TEXT],
        blocks=None if blocks is None else with_ids(blocks, install.mint.short),
        attachments=attachments,
        metadata=_metadata(args.get("metadata")),
        thread_ts=args.get("thread_ts"),
        username=str(args.get("username") or ""),
    )


def require_content(content: Content) -> Content:
    """Refuse a message that says nothing."""
    if not content.text and not content.blocks and not content.attachments:
        raise RefusedError("no_text")
    return content


def post(install: Installation, channel: str, content: Content, only_for: str | None = None) -> Message:
    """Post as the app, to everybody or to one person."""
    app = install.workspace.app
    return install.workspace.put_message(
        Message(
            channel=channel,
            ts=install.mint.ts(),
            user=app.bot_user_id,
            text=content.text,
            blocks=content.blocks or None,
            username=content.username or app.name,
            is_bot=True,
            only_for=only_for,
            thread_ts=content.thread_ts,
            metadata=content.metadata,
            attachments=content.attachments,
        )
    )


def edit(install: Installation, message: Message, content: Content, *, keeps_blocks: bool) -> Message:
    """Replace what one of the app's messages says."""
    blocks = message.blocks if keeps_blocks and content.blocks is None else content.blocks or None
    changed = replace(
        message,
        text=content.text,
        blocks=blocks,
        metadata=content.metadata or message.metadata,
        edited_ts=install.mint.ts(),
    )
    return install.workspace.put_message(changed)


def say_as_client(install: Installation, channel: str, person: str, text: str) -> Message:
    """Show a line of Slack's own client to one person."""
    line = Message(channel, install.mint.ts(), "USLACKBOT", text, username="Slack", only_for=person)
    return install.workspace.put_message(replace(line, is_client_line=True))


def _metadata(metadata: Any) -> dict[str, Any] | None:
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or not {"event_type", "event_payload"} <= metadata.keys():
        raise RefusedError("invalid_metadata_format")
    return metadata
