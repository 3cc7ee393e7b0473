"""Say what Slack would find wrong with a message, a view or a list of options.

The tables stand in `tables` and `limits`; here are the rules that look at more than one field.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.playground.slack.kit import limits
from bot.playground.slack.kit.reading import all_elements, elements_of
from bot.playground.slack.kit.schema import Anything, ByType, Fields, Flag, Items, Rule, String, Text, error
from bot.playground.slack.kit.tables import BLOCKS, OPTION_GROUPS_LIST, OPTIONS_LIST, PLAIN

Json = dict[str, Any]

_TITLE = Text(limits.VIEW_TITLE, PLAIN)
_COMMON: Mapping[str, Rule] = {
    "type": String(),
    "blocks": Anything(),
    "private_metadata": String(limits.PRIVATE_METADATA, 0),
    "callback_id": String(limits.ID, 0),
    "external_id": String(limits.ID, 0),
}
# https://docs.slack.dev/reference/views/modal-views
_MODAL = Fields(
    {
        **_COMMON,
        "title": _TITLE,
        "submit": _TITLE,
        "close": _TITLE,
        "clear_on_close": Flag(),
        "notify_on_close": Flag(),
        "submit_disabled": Flag(),
    },
    ("type", "title", "blocks"),
)
# https://docs.slack.dev/reference/views/home-tab-views
_HOME = Fields(_COMMON, ("type", "blocks"))
_VIEWS = {"modal": _MODAL, "home": _HOME}


def check_message(blocks: list[Any], attachments: list[Any] | None = None) -> list[str]:
    """Return what is wrong with a message's blocks."""
    errors = list(_check_blocks(blocks, "message", "/blocks"))
    if len(attachments or []) > limits.ATTACHMENTS:
        errors.append(error(f"no more than {limits.ATTACHMENTS} items allowed", "/attachments"))
    return errors


def check_view(view: Json, kind: str) -> list[str]:
    """Return what is wrong with a modal or a Home tab."""
    if view.get("type") != kind:
        return [error(f"must be a valid view type: {kind}", "/view/type")]
    errors = list(_VIEWS[kind].check(view, "/view"))
    blocks = view.get("blocks")
    if blocks is None:
        return errors
    errors += _check_blocks(blocks, kind, "/view/blocks")
    if not errors:
        errors += _check_whole_view(view)
    return errors


def check_options(payload: Any) -> list[str]:
    """Return what is wrong with the answer to a type-ahead request."""
    if not isinstance(payload, dict) or len(payload.keys() & {"options", "option_groups"}) != 1:
        return [error("must provide options or option_groups", "")]
    if "options" in payload:
        return list(Items(OPTIONS_LIST.rule, limits.OPTIONS, 0).check(payload["options"], "/options"))
    groups = Items(OPTION_GROUPS_LIST.rule, limits.OPTION_GROUPS, 0)
    return list(groups.check(payload["option_groups"], "/option_groups"))


def is_too_large(view: Json) -> bool:
    """Say whether a view is too large as JSON."""
    return len(json.dumps(view, ensure_ascii=False).encode()) > limits.VIEW_BYTES


def _check_blocks(blocks: Any, surface: str, at: str) -> Iterator[str]:
    most, least = (limits.BLOCKS_IN_MESSAGE, 0) if surface == "message" else (limits.BLOCKS_IN_VIEW, 1)
    known = ByType(lambda: BLOCKS, limits.SURFACES[surface])
    errors = list(Items(known, most, least).check(blocks, at))
    yield from errors
    # The rules below read fields, so they only look at blocks whose fields are in order.
    if errors:
        return
    for index, block in enumerate(blocks):
        yield from _check_block(block, surface, f"{at}/{index}")
    yield from _check_together(blocks, surface, at)


def _check_block(block: Json, surface: str, at: str) -> Iterator[str]:
    rule = _BLOCK_RULES.get(block["type"])
    if rule is not None:
        yield from rule(block, at)
    for name in _repeated(element.get("action_id") for element in elements_of(block)):
        yield error(f"`action_id` {name} already exists in this block", at)
    for path, element in _element_places(block, at):
        yield from _check_element(element, surface, path)


def _element_places(block: Json, at: str) -> Iterator[tuple[str, Json]]:
    for key in ("element", "accessory"):
        if isinstance(block.get(key), dict):
            yield f"{at}/{key}", block[key]
    if block["type"] in {"actions", "context", "context_actions"}:
        for index, element in enumerate(block["elements"]):
            yield f"{at}/elements/{index}", element


def _check_element(element: Json, surface: str, at: str) -> Iterator[str]:
    rule = _ELEMENT_RULES.get(element["type"])
    if rule is not None:
        yield from rule(element, at)
    if element.get("response_url_enabled") and surface != "modal":
        yield error("`response_url_enabled` is only allowed in modals", at)


def _check_together(blocks: list[Json], surface: str, at: str) -> Iterator[str]:
    for name in _repeated(block.get("block_id") for block in blocks):
        yield error(f"`block_id` {name} already exists", at)
    if sum(1 for _, element in all_elements(blocks) if element.get("focus_on_load")) > 1:
        yield error("only one element may have `focus_on_load`", at)
    if surface == "message":
        yield from _check_message_counts(blocks, at)


def _check_message_counts(blocks: list[Json], at: str) -> Iterator[str]:
    kinds = Counter(block["type"] for block in blocks)
    if kinds["table"] > limits.TABLES_IN_MESSAGE:
        yield error("only_one_table_allowed", at)
    if kinds["data_visualization"] > limits.CHARTS_IN_MESSAGE:
        yield error(f"no more than {limits.CHARTS_IN_MESSAGE} data_visualization blocks allowed", at)
    if sum(len(b["text"]) for b in blocks if b["type"] == "markdown") > limits.MARKDOWN_IN_MESSAGE:
        yield error(f"markdown blocks must be less than {limits.MARKDOWN_IN_MESSAGE + 1} characters together", at)


def _check_whole_view(view: Json) -> Iterator[str]:
    has_input = any(block["type"] == "input" for block in view["blocks"])
    if view["type"] == "modal" and has_input and not view.get("submit"):
        yield error("missing required field: submit (required when an input block is in the blocks array)", "/view")


def _repeated(names: Iterator[str | None]) -> list[str]:
    return [name for name, count in Counter(names).items() if name and count > 1]


def _section(block: Json, at: str) -> Iterator[str]:
    if not block.get("text") and not block.get("fields"):
        yield error("missing required field: text or fields", at)


def _picture(item: Json, at: str) -> Iterator[str]:
    if bool(item.get("image_url")) == bool(item.get("slack_file")):
        yield error("must provide exactly one of image_url and slack_file", at)


def _card(block: Json, at: str) -> Iterator[str]:
    if not any(block.get(key) for key in ("hero_image", "title", "actions", "body")):
        yield error("must provide at least one of hero_image, title, actions and body", at)


def _task_card(block: Json, at: str) -> Iterator[str]:
    # A card outside a plan cannot wait for its turn. https://docs.slack.dev/reference/block-kit/blocks/task-card-block
    if block.get("status") == "pending":
        yield error("must not be pending outside a plan", f"{at}/status")


def _static(element: Json, at: str) -> Iterator[str]:
    if bool(element.get("options")) == bool(element.get("option_groups")):
        yield error("must provide exactly one of options and option_groups", at)
    yield from _initial_among_options(element, at)


def _initial_among_options(element: Json, at: str) -> Iterator[str]:
    offered = [*element.get("options", [])]
    for group in element.get("option_groups", []):
        offered += group["options"]
    if element.get("initial_option") is not None and element["initial_option"] not in offered:
        yield error("initial_option must match one of the options exactly", f"{at}/initial_option")
    for index, option in enumerate(element.get("initial_options", [])):
        if option not in offered:
            yield error("initial_options must match options exactly", f"{at}/initial_options/{index}")


def _typed_text(element: Json, at: str) -> Iterator[str]:
    least, most = element.get("min_length", 0), element.get("max_length", limits.INPUT_LENGTH)
    if least > most:
        yield error("min_length must not be greater than max_length", f"{at}/min_length")
    if len(element.get("initial_value", "")) > most:
        yield error(f"must be less than {most + 1} characters", f"{at}/initial_value")


_BLOCK_RULES: Mapping[str, Callable[[Json, str], Iterator[str]]] = {
    "section": _section,
    "image": _picture,
    "card": _card,
    "task_card": _task_card,
}
_ELEMENT_RULES: Mapping[str, Callable[[Json, str], Iterator[str]]] = {
    "static_select": _static,
    "multi_static_select": _static,
    "radio_buttons": _initial_among_options,
    "checkboxes": _initial_among_options,
    "plain_text_input": _typed_text,
    "image": _picture,
}
