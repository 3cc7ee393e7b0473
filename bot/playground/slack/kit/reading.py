"""Find things in Block Kit JSON: elements, ids, what a person can read, what is filled in."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Json = dict[str, Any]
Values = Mapping[str, Mapping[str, Json]]

_READABLE = ("text", "label", "title", "hint", "placeholder", "fallback", "subtitle", "body", "description")
_NESTED = (
    "element",
    "accessory",
    "elements",
    "fields",
    "rows",
    "tasks",
    "options",
    "details",
    "output",
    "actions",
    "child_blocks",
)
# Where a block holds other blocks.
_INNER_BLOCKS = {"container": "child_blocks", "carousel": "elements"}

# Where each element's initial value stands, and the field of the state it fills.
# https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
STATE_FIELDS: Mapping[str, tuple[str, str]] = {
    "plain_text_input": ("initial_value", "value"),
    "email_text_input": ("initial_value", "value"),
    "url_text_input": ("initial_value", "value"),
    "number_input": ("initial_value", "value"),
    "static_select": ("initial_option", "selected_option"),
    "external_select": ("initial_option", "selected_option"),
    "radio_buttons": ("initial_option", "selected_option"),
    "users_select": ("initial_user", "selected_user"),
    "channels_select": ("initial_channel", "selected_channel"),
    "conversations_select": ("initial_conversation", "selected_conversation"),
    "multi_static_select": ("initial_options", "selected_options"),
    "multi_external_select": ("initial_options", "selected_options"),
    "checkboxes": ("initial_options", "selected_options"),
    "multi_users_select": ("initial_users", "selected_users"),
    "multi_channels_select": ("initial_channels", "selected_channels"),
    "multi_conversations_select": ("initial_conversations", "selected_conversations"),
    "datepicker": ("initial_date", "selected_date"),
    "timepicker": ("initial_time", "selected_time"),
    "datetimepicker": ("initial_date_time", "selected_date_time"),
    "rich_text_input": ("initial_value", "rich_text_value"),
    "file_input": ("initial_files", "files"),
}
_LISTS = frozenset({"selected_options", "selected_users", "selected_channels", "selected_conversations", "files"})
# Elements that a person can act on, beside those that hold a value.
_PRESSED = frozenset({"button", "overflow", "workflow_button", "feedback_buttons", "icon_button"})


def placed_blocks(blocks: list[Json], at: str = "") -> Iterator[tuple[str, Json]]:
    """Yield every block with its JSON pointer, each followed by those that stand in it."""
    for index, block in enumerate(blocks):
        yield f"{at}/{index}", block
        inner = _INNER_BLOCKS.get(str(block.get("type")))
        if inner is not None:
            yield from placed_blocks(block.get(inner) or [], f"{at}/{index}/{inner}")


def all_blocks(blocks: list[Json]) -> Iterator[Json]:
    """Yield every block, each followed by those that stand in it."""
    return (block for _, block in placed_blocks(blocks))


def placed_elements(block: Json, at: str = "") -> Iterator[tuple[str, Json]]:
    """Yield the elements of a block that a person can act on, with their JSON pointers."""
    several = "elements" if block.get("type") in {"actions", "context_actions"} else "actions"
    places = [(f"{at}/{key}", block[key]) for key in ("element", "accessory") if isinstance(block.get(key), dict)]
    places += [(f"{at}/{several}/{index}", element) for index, element in enumerate(block.get(several) or [])]
    for place, element in places:
        if element.get("type") in STATE_FIELDS or element.get("type") in _PRESSED:
            yield place, element


def elements_of(block: Json) -> Iterator[Json]:
    """Yield the elements of a block that a person can act on."""
    return (element for _, element in placed_elements(block))


def all_elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Yield every block with each of its elements."""
    for block in all_blocks(blocks):
        for element in elements_of(block):
            yield block, element


def find_element(blocks: list[Json], matches: Callable[[Json, Json], bool]) -> tuple[Json, Json] | None:
    """Return the first block and element that match."""
    return next(((block, element) for block, element in all_elements(blocks) if matches(block, element)), None)


def with_ids(blocks: list[Json], fresh: Callable[[], str]) -> list[Json]:
    """Copy blocks, giving a block_id and an action_id to whatever has none."""
    return [_filled({**block, "block_id": block.get("block_id") or fresh()}, fresh) for block in blocks]


def _filled(block: Json, fresh: Callable[[], str]) -> Json:
    filled = _with_action_ids(block, fresh)
    inner = _INNER_BLOCKS.get(str(block.get("type")))
    return filled if inner is None else {**filled, inner: with_ids(block[inner], fresh)}


def _with_action_ids(block: Json, fresh: Callable[[], str]) -> Json:
    named = {
        id(element): {**element, "action_id": element.get("action_id") or fresh()} for element in elements_of(block)
    }
    filled = dict(block)
    for key in ("element", "accessory", "elements", "actions"):
        value = block.get(key)
        if isinstance(value, list):
            filled[key] = [named.get(id(element), element) for element in value]
        elif value is not None:
            filled[key] = named.get(id(value), value)
    return filled


def initial_state(element: Json) -> Json:
    """Return what an untouched element holds."""
    initial, kept = STATE_FIELDS[element["type"]]
    empty: list[Any] | None = [] if kept in _LISTS else None
    return {"type": element["type"], kept: element.get(initial, empty)}


def initial_values(blocks: list[Json], earlier: Values | None = None) -> dict[str, dict[str, Json]]:
    """Return the state of every element; what was typed stays where block_id and action_id stay."""
    values: dict[str, dict[str, Json]] = {}
    for block, element in all_elements(blocks):
        if element["type"] not in STATE_FIELDS:
            continue
        kept = (earlier or {}).get(block["block_id"], {}).get(element["action_id"])
        same_kind = kept is not None and kept.get("type") == element["type"]
        values.setdefault(block["block_id"], {})[element["action_id"]] = (
            dict(kept) if kept is not None and same_kind else initial_state(element)
        )
    return values


def held(state: Json) -> Any:
    """Return what an element's state holds: a text, an option, a list, or None."""
    return state.get(STATE_FIELDS[state["type"]][1])


def readable(node: Any) -> Iterator[str]:
    """Yield every text in blocks that a person can read."""
    if isinstance(node, list):
        for inner in node:
            yield from readable(inner)
    elif isinstance(node, dict):
        for key in (*_READABLE, *_NESTED):
            value = node.get(key)
            if isinstance(value, str):
                yield value
            elif value is not None:
                yield from readable(value)
