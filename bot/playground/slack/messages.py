"""Put messages into conversations: check, post, edit, show to one person."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.playground.slack.installation import Installation
from bot.playground.slack.kit import limits
from bot.playground.slack.kit.reading import with_ids
from bot.playground.slack.kit.validate import check_message, metadata_error
from bot.playground.slack.refusal import RefusedError
from bot.playground.slack.workspace import Message

MAX_TEXT = 40_000
"""Longer texts are cut. https://docs.slack.dev/reference/methods/chat.postMessage"""
MAX_MARKDOWN = 12_000
"""https://docs.slack.dev/reference/methods/chat.postMessage"""
_EVENT_TYPE = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Content:
    """What the app wants to say, checked and with every id filled in."""

    text: str
    blocks: list[dict[str, Any]] | None
    attachments: list[dict[str, Any]] | None = None
    metadata: dict[str, Any] | None = None
    """None where the app does not speak of it, empty where it shall go."""
    thread_ts: str | None = None
    is_broadcast: bool = False
    username: str = ""
    warnings: tuple[str, ...] = ()


def read_content(install: Installation, args: Mapping[str, Any]) -> Content:
    """Check a message's arguments; raise a refusal for what Slack would refuse."""
    text, blocks = _text_and_blocks(args)
    attachments = _attachments(args.get("attachments"))
    errors = check_message(blocks or [], attachments or [])
    if errors:
        raise RefusedError("invalid_blocks", errors, facts={"errors": errors})
    metadata, warnings = _metadata(args.get("metadata"))
    return Content(
        text=text[:MAX_TEXT],
        blocks=None if blocks is None else with_ids(blocks, install.mint.short),
        attachments=attachments,
        metadata=metadata,
        thread_ts=str(args["thread_ts"]) if args.get("thread_ts") else None,
        is_broadcast=str(args.get("reply_broadcast")).lower() in {"true", "1"},
        username=str(args.get("username") or ""),
        warnings=warnings,
    )


def thread_of(install: Installation, channel: str, ts: str | None) -> str | None:
    """Return the parent of the thread that a time stamp names; refuse what cannot have replies."""
    if ts is None:
        return None
    message = install.workspace.message(channel, ts)
    if message is None:
        raise RefusedError("thread_not_found")
    if message.is_ephemeral:
        raise RefusedError("cannot_reply_to_message")
    # The time stamp of a reply leads to the thread that it stands in.
    return message.thread_ts or message.ts


def require_content(content: Content) -> Content:
    """Refuse a message that says nothing."""
    if not content.text and not content.blocks and not content.attachments:
        raise RefusedError("no_text")
    return content


def post(install: Installation, channel: str, content: Content, only_for: str | None = None) -> Message:
    """Post as the app, to everybody or to one person."""
    app = install.workspace.app
    thread_ts = thread_of(install, channel, content.thread_ts)
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
            thread_ts=thread_ts,
            metadata=content.metadata or None,
            attachments=content.attachments or None,
            is_broadcast=content.is_broadcast and thread_ts is not None,
        )
    )


def edit(install: Installation, message: Message, content: Content, *, keeps_rest: bool) -> Message:
    """Replace what one of the app's messages says; what is left out stays, or goes as well.

    A new text takes the blocks away in any case. https://docs.slack.dev/reference/methods/chat.update
    """
    blocks, attachments, metadata = content.blocks, content.attachments, content.metadata
    if keeps_rest:
        blocks = message.blocks if blocks is None and not content.text else blocks
        attachments = message.attachments if attachments is None else attachments
    changed = replace(
        message,
        text=content.text,
        blocks=blocks or None,
        attachments=attachments or None,
        metadata=(message.metadata if metadata is None else metadata) or None,
        is_broadcast=message.is_broadcast or (content.is_broadcast and message.thread_ts is not None),
        edited_ts=install.mint.ts(),
    )
    return install.workspace.put_message(changed)


def say_as_client(install: Installation, channel: str, person: str, text: str) -> Message:
    """Show a line of Slack's own client to one person."""
    line = Message(channel, install.mint.ts(), "USLACKBOT", text, username="Slack", only_for=person)
    return install.workspace.put_message(replace(line, is_client_line=True))


def _text_and_blocks(args: Mapping[str, Any]) -> tuple[str, list[Any] | None]:
    text, blocks, markdown = str(args.get("text") or ""), args.get("blocks"), args.get("markdown_text")
    if blocks is not None and not isinstance(blocks, list):
        raise RefusedError("invalid_blocks_format")
    if not markdown:
        return text, blocks
    if text or blocks:
        raise RefusedError("markdown_text_conflict")
    if len(str(markdown)) > MAX_MARKDOWN:
        raise RefusedError("msg_too_long")
    return str(markdown), [{"type": "markdown", "text": str(markdown)}]


def _attachments(attachments: Any) -> list[dict[str, Any]] | None:
    if attachments is None:
        return None
    if not isinstance(attachments, list) or not all(isinstance(one, dict) for one in attachments):
        raise RefusedError("invalid_attachments")
    if len(attachments) > limits.ATTACHMENTS.maximum:
        raise RefusedError("too_many_attachments")
    return attachments


def _metadata(metadata: Any) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    if metadata is None or metadata == {}:
        return metadata, ()
    if error := metadata_error(metadata):
        raise RefusedError(error)
    if not _EVENT_TYPE.fullmatch(metadata["event_type"]):
        # Slack warns and posts without it. https://docs.slack.dev/messaging/message-metadata
        return None, ("invalid_metadata_schema",)
    return dict(metadata), ()
