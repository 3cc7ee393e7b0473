"""The methods about channels and who is in them.

https://docs.slack.dev/reference/methods/conversations.info
"""

from collections.abc import Iterable

from bot.playground.slack.methods.calls import READ_SCOPES, Call, Json, Method
from bot.playground.slack.methods.paging import page_of
from bot.playground.slack.rate import Tier
from bot.playground.slack.refusal import RefusedError, missing
from bot.playground.slack.workspace import Channel

_KINDS = {"public_channel": "channel", "private_channel": "private", "im": "dm", "mpim": ""}
_ANY_READ = (*READ_SCOPES.values(), "mpim:read")


def conversations_open(call: Call) -> Json:
    """Return the direct conversation with one person; there are none with several in this workspace."""
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
    channel = workspace.dm_of(person.id)
    return {"channel": _described(call, channel) if call.flag("return_im") else {"id": channel.id}}


def conversations_info(call: Call) -> Json:
    """Return one channel."""
    channel = call.channel()
    call.need_scope(READ_SCOPES[channel.kind])
    described = _described(call, channel)
    if not call.flag("include_num_members"):
        described.pop("num_members", None)
    return {"channel": described}


def conversations_members(call: Call) -> Json:
    """Return the ids of a channel's members."""
    channel = call.channel()
    call.need_scope(READ_SCOPES[channel.kind])
    page = page_of(call, sorted(channel.members), str)
    return {"members": list(page.items), **page.metadata}


def conversations_list(call: Call) -> Json:
    """Return the channels of some kinds: the public ones, and others where the app is."""
    return _listed(call, call.install.workspace.channels.values())


def users_conversations(call: Call) -> Json:
    """Return the channels that a person, or the app, is in."""
    workspace = call.install.workspace
    user = str(call.args.get("user") or workspace.app.bot_user_id)
    if user != workspace.app.bot_user_id:
        call.person()
    return _listed(call, (channel for channel in workspace.channels.values() if user in channel.members))


def conversations_join(call: Call) -> Json:
    """Let the app into a public channel."""
    workspace, channel = call.install.workspace, call.channel()
    if channel.kind != "channel":
        raise RefusedError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise RefusedError("is_archived")
    was_in = workspace.app.bot_user_id in channel.members
    workspace.set_member(channel.id, workspace.app.bot_user_id, is_member=True)
    joined = {"channel": _described(call, workspace.channels[channel.id])}
    return joined | ({"warnings": ["already_in_channel"]} if was_in else {})


def _listed(call: Call, channels: Iterable[Channel]) -> Json:
    types = [name.strip() for name in str(call.args.get("types") or "public_channel").split(",")]
    if not _KINDS.keys() >= set(types):
        raise RefusedError("invalid_types")
    kinds = {_KINDS[name] for name in types}
    for kind in sorted(kinds & READ_SCOPES.keys()):
        call.need_scope(READ_SCOPES[kind])
    bot, hides_archived = call.install.workspace.app.bot_user_id, call.flag("exclude_archived")
    seen = [
        channel
        for channel in channels
        if channel.kind in kinds
        and (channel.kind == "channel" or bot in channel.members)
        and not (hides_archived and channel.is_archived)
    ]
    page = page_of(call, sorted(seen, key=lambda channel: channel.id), lambda channel: channel.id)
    return {"channels": [_described(call, channel) for channel in page.items], **page.metadata}


def _described(call: Call, channel: Channel) -> Json:
    bot, is_dm = call.install.workspace.app.bot_user_id, channel.kind == "dm"
    facts: Json = {
        "id": channel.id,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "private",
        "is_im": is_dm,
        "is_mpim": False,
        "is_private": channel.kind != "channel",
        "is_archived": channel.is_archived,
        "is_member": bot in channel.members,
        "context_team_id": call.install.workspace.team_id,
    }
    if is_dm:
        return facts | {"user": next(iter(channel.members - {bot})), "is_open": True}
    return facts | {
        "name": channel.name,
        "name_normalized": channel.name,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "is_general": channel.name == "general",
        "is_read_only": channel.is_read_only,
        "num_members": len(channel.members),
    }


METHODS = {
    "conversations.open": Method(conversations_open, ("im:write", "mpim:write"), Tier.THREE),
    "conversations.info": Method(conversations_info, _ANY_READ, Tier.THREE),
    "conversations.members": Method(conversations_members, _ANY_READ, Tier.FOUR),
    "conversations.list": Method(conversations_list, _ANY_READ, Tier.TWO),
    "conversations.join": Method(conversations_join, ("channels:join",), Tier.THREE),
    "users.conversations": Method(users_conversations, _ANY_READ, Tier.THREE),
}
