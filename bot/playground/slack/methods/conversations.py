"""The methods about channels.

https://docs.slack.dev/reference/methods/conversations.info
"""

from bot.playground.slack.methods.calls import HISTORY_SCOPES, READ_SCOPES, Call, Json, Method
from bot.playground.slack.payloads import message_json
from bot.playground.slack.refusal import RefusedError, missing
from bot.playground.slack.workspace import Channel

DEFAULT_PAGE = 100
"""https://docs.slack.dev/reference/methods/conversations.history"""


def conversations_open(call: Call) -> Json:
    """Return the direct conversation with one person."""
    workspace = call.install.workspace
    if call.args.get("channel"):
        return {"channel": {"id": call.channel().id}}
    users = [user for user in str(call.args.get("users") or "").split(",") if user]
    if not users:
        raise missing("users")
    if len(users) > 1:
        raise RefusedError("too_many_users")
    person = workspace.people.get(users[0])
    if person is None:
        raise RefusedError("user_not_found")
    if person.deleted:
        raise RefusedError("user_disabled")
    return {"channel": {"id": workspace.dm_of(person.id).id}}


def conversations_info(call: Call) -> Json:
    """Return one channel."""
    channel = call.channel()
    call.need_scope(READ_SCOPES[channel.kind])
    return {"channel": _channel(call, channel)}


def conversations_members(call: Call) -> Json:
    """Return the ids of a channel's members."""
    channel = call.channel()
    call.need_scope(READ_SCOPES[channel.kind])
    return {"members": sorted(channel.members), "response_metadata": {"next_cursor": ""}}


def conversations_history(call: Call) -> Json:
    """Return a channel's messages, newest first."""
    channel = call.channel()
    call.need_scope(HISTORY_SCOPES[channel.kind])
    workspace = call.install.workspace
    if workspace.app.bot_user_id not in channel.members:
        raise RefusedError("not_in_channel")
    oldest, latest = str(call.args.get("oldest") or "0"), str(call.args.get("latest") or "99999999999")
    limit = int(call.args.get("limit") or DEFAULT_PAGE)
    stored = workspace.messages.get(channel.id, {}).values()
    found = [m for m in stored if not m.is_ephemeral and float(oldest) <= float(m.ts) <= float(latest)]
    newest_first = [message_json(workspace, message) for message in reversed(found)]
    return {"messages": newest_first[:limit], "has_more": len(newest_first) > limit}


def _channel(call: Call, channel: Channel) -> Json:
    is_dm = channel.kind == "dm"
    facts: Json = {
        "id": channel.id,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "private",
        "is_im": is_dm,
        "is_private": channel.kind != "channel",
        "is_archived": channel.is_archived,
        "is_member": call.install.workspace.app.bot_user_id in channel.members,
    }
    if is_dm:
        return facts | {"user": next(iter(channel.members - {call.install.workspace.app.bot_user_id}))}
    return facts | {"name": channel.name, "topic": {"value": channel.topic}, "num_members": len(channel.members)}


METHODS = {
    "conversations.open": Method(conversations_open, ("im:write", "mpim:write")),
    "conversations.info": Method(conversations_info, tuple(READ_SCOPES.values())),
    "conversations.members": Method(conversations_members, tuple(READ_SCOPES.values())),
    "conversations.history": Method(conversations_history, tuple(HISTORY_SCOPES.values())),
}
