"""The methods that write messages.

https://docs.slack.dev/reference/methods/chat.postMessage
"""

from bot.playground.slack.kit.limits import UPDATE_TEXT
from bot.playground.slack.messages import edit, post, read_content, require_content
from bot.playground.slack.methods.calls import Call, Json, Method
from bot.playground.slack.payloads import message_json
from bot.playground.slack.refusal import RefusedError
from bot.playground.slack.workspace import Channel, Message


def chat_post_message(call: Call) -> Json:
    """Post to a channel, a direct conversation, or a person's direct conversation."""
    channel = _destination(call)
    if call.args.get("username") or call.args.get("icon_emoji") or call.args.get("icon_url"):
        call.need_scope("chat:write.customize")
    content = require_content(read_content(call.install, call.args))
    call.install.rate.take(channel.id)
    message = post(call.install, channel.id, content)
    return {"channel": channel.id, "ts": message.ts, "message": message_json(call.install.workspace, message)}


def chat_update(call: Call) -> Json:
    """Change one of the app's own messages."""
    channel = call.channel()
    message = _own_message(call, channel, "cant_update_message")
    if len(str(call.args.get("text") or "")) > UPDATE_TEXT:
        raise RefusedError("msg_too_long")
    content = require_content(read_content(call.install, call.args))
    # Left-out blocks stay, an empty list takes them away. https://docs.slack.dev/reference/methods/chat.update
    changed = edit(call.install, message, content, keeps_blocks=True)
    answer = {"channel": channel.id, "ts": message.ts, "text": changed.text}
    return answer | {"message": message_json(call.install.workspace, changed)}


def chat_post_ephemeral(call: Call) -> Json:
    """Show a message to one person in a channel."""
    channel = call.joined_channel()
    person = call.person(error="user_not_in_channel")
    if person.id not in channel.members:
        raise RefusedError("user_not_in_channel")
    content = require_content(read_content(call.install, call.args))
    return {"message_ts": post(call.install, channel.id, content, only_for=person.id).ts}


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
    return {"channel": channel.id, "permalink": f"{call.install.url}/archives/{channel.id}/p{ts.replace('.', '')}"}


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
    "chat.update": Method(chat_update, ("chat:write",)),
    "chat.postEphemeral": Method(chat_post_ephemeral, ("chat:write",)),
    "chat.delete": Method(chat_delete, ("chat:write",)),
    "chat.getPermalink": Method(chat_get_permalink),
}
