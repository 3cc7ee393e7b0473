"""What Slack sends, read once: who did what, where. Text in it is untrusted; ids in it are looked up again."""

import dataclasses
import enum
import re
from collections.abc import Mapping
from typing import Any

JSON = Mapping[str, Any]


class Kind(enum.Enum):
    """What a person did."""

    COMMAND = "slash_command"
    ACTION = "block_actions"
    OPTIONS = "block_suggestion"
    SUBMISSION = "view_submission"
    CLOSED = "view_closed"
    SHORTCUT = "shortcut"
    MESSAGE_SHORTCUT = "message_action"
    EVENT = "event_callback"
    OTHER = "other"


_KINDS = {kind.value: kind for kind in Kind}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """One thing that one person did.

    See: https://docs.slack.dev/reference/interaction-payloads
    """

    kind: Kind
    name: str
    """The command, action id or callback id."""
    slack_id: str
    channel_id: str = ""
    trigger_id: str = ""
    response_url: str = ""
    text: str = ""
    """What was typed: a command's words, or a type-ahead's query."""
    action: JSON = dataclasses.field(default_factory=dict)
    view: JSON = dataclasses.field(default_factory=dict)
    message_ts: str = ""
    block_id: str = ""

    @property
    def occurrence(self) -> str:
        """Slack's name of this one press, the same when it is delivered twice."""
        return str(self.action.get("action_ts") or self.trigger_id)

    @property
    def view_id(self) -> str:
        """The modal it happened in, empty where it was a message."""
        return str(self.view.get("id", ""))


def read_interaction(body: JSON) -> Interaction:
    """Read a payload; what is missing is empty, and an unknown one is `Kind.OTHER`."""
    if "command" in body:
        return _read_command(body)
    kind = _KINDS.get(str(body.get("type")), Kind.OTHER)
    view = _part(body, "view")
    action = _part({"first": next(iter(body.get("actions") or ()), None)}, "first")
    name = action.get("action_id") or body.get("action_id") or body.get("callback_id") or view.get("callback_id")
    container = _part(body, "container")
    return Interaction(
        kind=kind,
        name=str(name or ""),
        slack_id=str(_part(body, "user").get("id", "")),
        channel_id=str(_part(body, "channel").get("id") or container.get("channel_id", "")),
        trigger_id=str(body.get("trigger_id", "")),
        response_url=str(body.get("response_url", "")),
        text=str(body.get("value") or ""),
        action=action,
        view=view,
        message_ts=str(container.get("message_ts", "")),
        block_id=str(body.get("block_id", "")),
    )


def _read_command(body: JSON) -> Interaction:
    return Interaction(
        kind=Kind.COMMAND,
        name=str(body["command"]),
        slack_id=str(body.get("user_id", "")),
        channel_id=str(body.get("channel_id", "")),
        trigger_id=str(body.get("trigger_id", "")),
        response_url=str(body.get("response_url", "")),
        text=typed_words(str(body.get("text") or "")),
    )


def typed_words(text: str) -> str:
    """Return what a person typed: mentions go, links keep their words, entities become the characters again.

    See: https://docs.slack.dev/interactivity/implementing-slash-commands
    """
    without_mentions = re.sub(r"<[@#!][^>]*>", " ", text)
    with_labels = re.sub(r"<(?:[^>|]*\|)?([^>|]*)>", r"\1", without_mentions)
    unescaped = with_labels.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return " ".join(unescaped.split())


def _part(body: JSON, name: str) -> JSON:
    """Return an inner object; Slack sends null for some where there is nothing."""
    part = body.get(name)
    return part if isinstance(part, Mapping) else {}
