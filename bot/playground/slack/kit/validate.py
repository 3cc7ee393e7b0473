"""Say what Slack would find wrong with a message, a view or a list of options.

What a block may hold stands in `blocks`, `elements` and `objects`; the numbers stand in `limits`.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from bot.playground.slack.kit import limits
from bot.playground.slack.kit.objects import OPTION, OPTION_GROUP
from bot.playground.slack.kit.problem import Problem, broken, missing, wrong_type
from bot.playground.slack.kit.schema import Items, Json
from bot.playground.slack.kit.together import block_problems, message_totals
from bot.playground.slack.kit.views import VIEWS


def check_message(blocks: list[Any], attachments: list[Any] | None = None) -> list[str]:
    """Return what is wrong with a message's blocks, in Slack's sentences."""
    return [str(problem) for problem in message_problems(blocks, attachments)]


def check_view(view: Any, kind: str) -> list[str]:
    """Return what is wrong with a modal or a Home tab, in Slack's sentences."""
    return [str(problem) for problem in view_problems(view, kind)]


def check_options(payload: Any) -> list[str]:
    """Return what is wrong with the answer to a type-ahead request, in Slack's sentences."""
    return [str(problem) for problem in _options_problems(payload)]


def message_problems(blocks: Any, attachments: Any = None) -> list[Problem]:
    """Return what is wrong with a message's blocks and with the blocks in its attachments."""
    problems = [*block_problems(blocks, "message", "/blocks")] if blocks else []
    if blocks and not isinstance(blocks, list):
        return problems
    problems += _attachment_problems(attachments or [])
    if not problems:
        inner = [block for attachment in attachments or [] for block in attachment.get("blocks") or []]
        problems += message_totals([*(blocks or []), *inner], "/blocks")
    return problems


def view_problems(view: Any, kind: str) -> list[Problem]:
    """Return what is wrong with a modal or a Home tab."""
    if not isinstance(view, dict):
        return [wrong_type("an object", "/view")]
    if view.get("type") != kind:
        return [broken(f"must be a valid view type: {kind}", "/view/type", "enum", [kind], view.get("type"))]
    problems = [*VIEWS[kind].check(view, "/view")]
    if view.get("blocks") is not None:
        problems += block_problems(view["blocks"], kind, "/view/blocks")
    if not problems:
        problems += _submit_problems(view)
    return problems


def is_too_large(view: Json) -> bool:
    """Say whether a view is too large as JSON."""
    return size_of(view) > limits.VIEW_BYTES.maximum


def size_of(value: Any) -> int:
    """Count the bytes of a value as JSON."""
    return len(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def metadata_error(metadata: Any) -> str:
    """Return the error string for a message's metadata, or an empty one where nothing is wrong.

    https://docs.slack.dev/messaging/message-metadata
    """
    if metadata is None:
        return ""
    if not isinstance(metadata, dict) or not _has_event(metadata):
        return "invalid_metadata_format"
    return "metadata_too_large" if size_of(metadata) > limits.METADATA_BYTES.maximum else ""


def _has_event(metadata: Mapping[str, Any]) -> bool:
    name, payload = metadata.get("event_type"), metadata.get("event_payload")
    return isinstance(name, str) and bool(name) and isinstance(payload, dict)


def _attachment_problems(attachments: Any) -> Iterator[Problem]:
    if not isinstance(attachments, list):
        yield wrong_type("an array", "/attachments")
        return
    if len(attachments) > limits.ATTACHMENTS.maximum:
        most = limits.ATTACHMENTS.maximum
        yield broken(f"no more than {most} items allowed", "/attachments", "max_items", most, len(attachments))
    for index, attachment in enumerate(attachments):
        if not isinstance(attachment, dict):
            yield wrong_type("an object", f"/attachments/{index}")
        elif attachment.get("blocks"):
            yield from block_problems(attachment["blocks"], "message", f"/attachments/{index}/blocks")


def _submit_problems(view: Json) -> Iterator[Problem]:
    has_input = any(block["type"] == "input" for block in view["blocks"])
    if view["type"] == "modal" and has_input and not view.get("submit"):
        yield missing("submit", "/view", " (required when an input block is in the blocks array)")


def _options_problems(payload: Any) -> Iterator[Problem]:
    if not isinstance(payload, dict) or len(payload.keys() & {"options", "option_groups"}) != 1:
        yield missing("options or option_groups", "")
        return
    # No match is a good answer, so these lists may be empty.
    if "options" in payload:
        yield from Items(OPTION, limits.OPTIONS, may_be_empty=True).check(payload["options"], "/options")
    else:
        groups = Items(OPTION_GROUP, limits.OPTION_GROUPS, may_be_empty=True)
        yield from groups.check(payload["option_groups"], "/option_groups")
