"""The methods that read what was written: a channel's messages, and the replies in a thread.

https://docs.slack.dev/reference/methods/conversations.history
"""

import math
from collections.abc import Iterable

from bot.playground.slack.methods.calls import HISTORY_SCOPES, Call, Json, Method
from bot.playground.slack.methods.paging import page_of
from bot.playground.slack.payloads import message_json
from bot.playground.slack.rate import Tier
from bot.playground.slack.refusal import RefusedError
from bot.playground.slack.workspace import Channel, Message

MAX_THREAD = 1_000
"""https://docs.slack.dev/reference/methods/conversations.replies"""
_ANY_HISTORY = (*HISTORY_SCOPES.values(), "mpim:history")


def conversations_history(call: Call) -> Json:
    """Return a channel's messages, newest first; replies in threads are not among them."""
    channel = _readable(call)
    stored = call.install.workspace.messages.get(channel.id, {}).values()
    shown = (m for m in stored if m.thread_ts in (None, m.ts) or m.is_broadcast)
    found = _in_time(call, shown)
    page = page_of(call, found[::-1], lambda message: message.ts)
    messages = [_written(call, message) for message in page.items]
    return {"messages": messages, "has_more": bool(page.next_cursor), "pin_count": 0, **page.metadata}


def conversations_replies(call: Call) -> Json:
    """Return a thread, oldest first, its parent at the top."""
    channel = _readable(call)
    workspace = call.install.workspace
    named = workspace.message(channel.id, str(call.required("ts")))
    parent = workspace.message(channel.id, named.thread_ts or named.ts) if named is not None else None
    if parent is None or parent.is_ephemeral:
        raise RefusedError("thread_not_found")
    replies = _in_time(call, workspace.replies(channel.id, parent.ts))
    page = page_of(call, [parent, *replies], lambda message: message.ts, MAX_THREAD)
    messages = [_written(call, message) for message in page.items]
    return {"messages": messages, "has_more": bool(page.next_cursor), **page.metadata}


def _readable(call: Call) -> Channel:
    channel = call.channel()
    call.need_scope(HISTORY_SCOPES[channel.kind])
    if call.install.workspace.app.bot_user_id not in channel.members:
        raise RefusedError("not_in_channel")
    return channel


def _in_time(call: Call, messages: Iterable[Message]) -> list[Message]:
    """Return those between `oldest` and `latest`, the two themselves only with `inclusive`."""
    oldest, latest = _time(call, "oldest", 0.0), _time(call, "latest", math.inf)
    found = [message for message in messages if not message.is_ephemeral]
    if call.flag("inclusive"):
        return [message for message in found if oldest <= float(message.ts) <= latest]
    return [message for message in found if oldest < float(message.ts) < latest]


def _time(call: Call, name: str, default: float) -> float:
    given = call.args.get(name)
    if not given:
        return default
    try:
        time = float(given)
    except (TypeError, ValueError):
        time = math.nan
    if not math.isfinite(time):
        raise RefusedError(f"invalid_ts_{name}")
    return time


def _written(call: Call, message: Message) -> Json:
    facts = message_json(call.install.workspace, message)
    if not call.flag("include_all_metadata"):
        facts.pop("metadata", None)
    if message.thread_ts not in (None, message.ts):
        parent = call.install.workspace.message(message.channel, str(message.thread_ts))
        return facts | ({"parent_user_id": parent.user} if parent is not None else {})
    replies = call.install.workspace.replies(message.channel, message.ts)
    if not replies:
        return facts
    users = list(dict.fromkeys(reply.user for reply in replies))
    return facts | {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users": users,
        "reply_users_count": len(users),
        "latest_reply": replies[-1].ts,
    }


METHODS = {
    "conversations.history": Method(conversations_history, _ANY_HISTORY, Tier.THREE),
    "conversations.replies": Method(conversations_replies, _ANY_HISTORY, Tier.THREE),
}
