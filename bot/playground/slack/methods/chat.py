"""The methods that write messages.

https://docs.slack.dev/reference/methods/chat.postMessage
"""

from bot.playground.slack.messages import Content, edit, post, read_content, require_content
from bot.playground.slack.methods.calls import Call, Json, Method
from bot.playground.slack.payloads import message_json
from bot.playground.slack.rate import Tier
from bot.playground.slack.refusal import RefusedError
from bot.playground.slack.workspace import Channel, Message

MAX_UPDATE_TEXT = 4_000
"""https://docs.slack.dev/reference/methods/chat.update"""
_COSTUME = ("username", "icon_emoji", "icon_url")


def chat_post_message(call: Call) -> Json:
    """Post to a channel, a direct conversation, or a person's direct conversation."""
    channel = _destination(call)
    content = _content(call)
    call.install.rate.take(channel.id)
    message = post(call.install, channel.id, content)
    answer = {"channel": channel.id, "ts": message.ts, "message": message_json(call.install.workspace, message)}
    return answer | _warned(content)


def chat_update(call: Call) -> Json:
    """Change one of the app's own messages."""
    channel = call.channel()
    message = _own_message(call, channel, "cant_update_message")
    if len(str(call.args.get("text") or "")) > MAX_UPDATE_TEXT:
        raise RefusedError("msg_too_long")
    content = require_content(read_content(call.install, call.args))
    changed = edit(call.install, message, content, keeps_rest=True)
    answer = {"channel": channel.id, "ts": message.ts, "text": changed.text}
    return answer | {"message": message_json(call.install.workspace, changed)} | _warned(content)


def chat_post_ephemeral(call: Call) -> Json:
    """Show a message to one person in a channel; nobody can change or delete it by a method."""
    channel = call.joined_channel()
    person = call.person(error="user_not_in_channel")
    if person.id not in channel.members:
        raise RefusedError("user_not_in_channel")
    content = _content(call)
    return {"message_ts": post(call.install, channel.id, content, only_for=person.id).ts} | _warned(content)


def chat_delete(call: Call) -> Json:
    """Take one of the app's own messages away."""
    channel = call.channel()
    message = _own_message(call, channel, "cant_delete_message")
    call.install.workspace.remove_message(channel.id, message.ts)
    return {"channel": channel.id, "ts": message.ts}


def chat_get_permalink(call: Call) -> Json:
    """Return the address of a message."""
    channel = call.channel()
    ts = str(call.required("message_ts"))
    message = call.install.workspace.message(channel.id, ts)
    if message is None or message.is_ephemeral:
        raise RefusedError("message_not_found")
    link = f"{call.install.url}/archives/{channel.id}/p{ts.replace('.', '')}"
    thread = f"?thread_ts={message.thread_ts}&cid={channel.id}" if message.thread_ts else ""
    return {"channel": channel.id, "permalink": link + thread}


def _content(call: Call) -> Content:
    if any(call.args.get(name) for name in _COSTUME):
        call.need_scope("chat:write.customize")
    return require_content(read_content(call.install, call.args))


def _warned(content: Content) -> Json:
    return {"warnings": content.warnings} if content.warnings else {}


def _destination(call: Call) -> Channel:
    workspace = call.install.workspace
    wanted = str(call.required("channel"))
    named = {f"#{channel.name}": channel.id for channel in workspace.channels.values() if channel.kind != "dm"}
    if wanted in workspace.people:
        wanted = workspace.dm_of(wanted).id
    by_id = {**call.args, "channel": named.get(wanted, wanted)}
    return Call(call.install, by_id, call.new_ticket).joined_channel(also_public=True)


def _own_message(call: Call, channel: Channel, foreign: str) -> Message:
    message = call.install.workspace.message(channel.id, str(call.required("ts")))
    if message is None or message.is_ephemeral:
        raise RefusedError("message_not_found")
    if message.user != call.install.workspace.app.bot_user_id:
        raise RefusedError(foreign)
    return message


METHODS = {
    "chat.postMessage": Method(chat_post_message, ("chat:write",)),
    "chat.update": Method(chat_update, ("chat:write",), Tier.THREE),
    "chat.postEphemeral": Method(chat_post_ephemeral, ("chat:write",), Tier.FOUR),
    "chat.delete": Method(chat_delete, ("chat:write",), Tier.THREE),
    "chat.getPermalink": Method(chat_get_permalink),
}
