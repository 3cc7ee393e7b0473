"""The methods about reactions to messages.

https://docs.slack.dev/reference/methods/reactions.add
"""

import re
from dataclasses import replace

from bot.playground.slack.methods.calls import Call, Json, Method
from bot.playground.slack.payloads import message_json
from bot.playground.slack.rate import Tier
from bot.playground.slack.refusal import RefusedError
from bot.playground.slack.workspace import Message

MAX_EMOJI = 23
"""Different ones on a message. https://docs.slack.dev/reference/methods/reactions.add"""
_NAME = re.compile(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?")


def reactions_add(call: Call) -> Json:
    """React to a message as the app."""
    message, name, bot = _message(call), _name(call), call.install.workspace.app.bot_user_id
    users = message.reactions.get(name, ())
    if bot in users:
        raise RefusedError("already_reacted")
    if not users and len(message.reactions) >= MAX_EMOJI:
        raise RefusedError("too_many_emoji")
    call.install.workspace.put_message(replace(message, reactions={**message.reactions, name: (*users, bot)}))
    return {}


def reactions_remove(call: Call) -> Json:
    """Take a reaction of the app back."""
    message, name, bot = _message(call), _name(call), call.install.workspace.app.bot_user_id
    users = message.reactions.get(name, ())
    if bot not in users:
        raise RefusedError("no_reaction")
    left = {**message.reactions, name: tuple(user for user in users if user != bot)}
    kept = {emoji: who for emoji, who in left.items() if who}
    call.install.workspace.put_message(replace(message, reactions=kept))
    return {}


def reactions_get(call: Call) -> Json:
    """Return a message with its reactions."""
    message = _message(call)
    facts = message_json(call.install.workspace, message)
    return {"type": "message", "channel": message.channel, "message": facts}


def _message(call: Call) -> Message:
    if not call.args.get("channel") or not call.args.get("timestamp"):
        raise RefusedError("no_item_specified")
    message = call.install.workspace.message(call.channel().id, str(call.args["timestamp"]))
    if message is None or message.is_ephemeral:
        raise RefusedError("message_not_found")
    return message


def _name(call: Call) -> str:
    name = str(call.required("name")).strip(":")
    if not _NAME.fullmatch(name):
        raise RefusedError("invalid_name")
    return name


METHODS = {
    "reactions.add": Method(reactions_add, ("reactions:write",), Tier.THREE),
    "reactions.remove": Method(reactions_remove, ("reactions:write",), Tier.TWO),
    "reactions.get": Method(reactions_get, ("reactions:read",), Tier.THREE),
}
