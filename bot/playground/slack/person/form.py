"""What a client does with a form by itself: hold what is chosen, and check it before it is sent."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.playground.slack.kit.reading import STATE_FIELDS, Json, all_elements, held
from bot.playground.slack.workspace import View

REQUIRED = "Please complete this required field."
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"https?://\S+")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
MAX_FILES = 10
"""The default. https://docs.slack.dev/reference/block-kit/block-elements/file-input-element"""
_LISTS = frozenset({"selected_options", "files"})
_TEXT_INPUTS = frozenset({"plain_text_input", "email_text_input", "url_text_input", "number_input"})


def may_submit(view: View) -> bool:
    """Say whether there is a submit button to press; `submit_disabled` locks it until something is filled in."""
    if not view.body.get("submit"):
        return False
    states = (state for block in view.values.values() for state in block.values())
    return not view.body.get("submit_disabled") or any(held(dict(state)) for state in states)


def problems(view: View) -> dict[str, str]:
    """Return what a client refuses to send: block_id → the text under that field."""
    found: dict[str, str] = {}
    for block, element in all_elements(view.blocks):
        if block["type"] == "input":
            value = held(dict(view.values[block["block_id"]][element["action_id"]]))
            if problem := _problem(block, element, value):
                found[block["block_id"]] = problem
    return found


def chosen_state(element: Json, choice: Any, offered: list[Json]) -> Json:
    """Return an element's state for what somebody chose: an option, its value or text, a list, an id or a date."""
    kind = element["type"]
    field = STATE_FIELDS.get(kind, ("", "selected_option"))[1]
    if field == "selected_option":
        return {"type": kind, field: None if choice is None else _option(choice, offered)}
    if field in _LISTS:
        pick = _file if field == "files" else _option
        return {"type": kind, field: [pick(one, offered) for one in choice or []]}
    return {"type": kind, field: choice}


def feedback(element: Json, choice: Any) -> Json:
    """Return the one of two feedback buttons that is meant, by its value or by the object that holds it."""
    value = choice.get("value") if isinstance(choice, dict) else choice
    buttons = [element["positive_button"], element["negative_button"]]
    found = next((button for button in buttons if button.get("value") == value), None)
    if found is None:
        raise LookupError(f"no feedback {value!r} is on offer; there are: {[each.get('value') for each in buttons]}")
    return dict(found)


def with_whole_files(state: Json, own: list[Json]) -> Json:
    """Replace the ids of files in a state by what Slack says of them; any other state stays as it is."""
    if state["type"] != "file_input" or not isinstance(state.get("files"), list):
        return state
    return {**state, "files": [_file(one, own) for one in state["files"]]}


def static_options(element: Json) -> list[Json]:
    """Return the options that stand in an element itself."""
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *grouped]


def with_state(view: View, block_id: str, action_id: str, state: Json) -> View:
    """Copy a view with one element's state replaced."""
    block = {**view.values.get(block_id, {}), action_id: state}
    return replace(view, values={**view.values, block_id: block})


def _option(choice: Any, offered: list[Json]) -> Json:
    if isinstance(choice, dict):
        return {key: choice[key] for key in ("text", "value", "description") if key in choice}
    for option in offered:
        if choice in (option.get("value"), option["text"]["text"]):
            return _option(option, offered)
    names = ", ".join(str(option.get("value")) for option in offered) or "none"
    raise LookupError(f"no option {choice!r} is on offer; there are: {names}")


def _file(choice: Any, own: list[Json]) -> Json:
    file_id = choice.get("id") if isinstance(choice, dict) else choice
    found = next((file for file in own if file["id"] == file_id), None)
    if found is None:
        raise LookupError(f"no file {file_id!r} was uploaded here; upload it first")
    return found


def _problem(block: Json, element: Json, value: Any) -> str:
    if value in (None, "", []):
        return "" if block.get("optional") else REQUIRED
    check = _CHECKS.get(element["type"])
    return check(element, value) if check else ""


def _check_files(element: Json, files: list[Json]) -> str:
    most, kinds = element.get("max_files", MAX_FILES), [kind.lower() for kind in element.get("filetypes", [])]
    if len(files) > most:
        return f"Please add at most {most} {'file' if most == 1 else 'files'}."
    for file in files:
        # Slack goes by the ending of the name or by its own name for the kind.
        names = {file["filetype"], file["name"].rpartition(".")[2].lower()}
        if kinds and not names.intersection(kinds):
            return f"{file['name']} is of another kind; please add {', '.join(kinds)}."
    return ""


def _check_text(element: Json, value: str) -> str:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if len(value) < least:
        return f"This text is too short; write at least {least} characters."
    return f"This text is too long; write at most {most} characters." if len(value) > most else ""


def _check_number(element: Json, value: str) -> str:
    if not _NUMBER.fullmatch(value) or ("." in value and not element["is_decimal_allowed"]):
        return "Please enter a valid number."
    least, most = element.get("min_value"), element.get("max_value")
    if least is not None and float(value) < float(least):
        return f"Please enter a number of at least {least}."
    return f"Please enter a number of at most {most}." if most is not None and float(value) > float(most) else ""


def _check_email(_element: Json, value: str) -> str:
    return "" if _EMAIL.fullmatch(value) else "Please enter a valid email address."


def _check_url(_element: Json, value: str) -> str:
    return "" if _URL.fullmatch(value) else "Please enter a valid URL."


def is_text_input(element: Json) -> bool:
    """Say whether a person types into it."""
    return element["type"] in _TEXT_INPUTS


_CHECKS: Mapping[str, Callable[[Json, Any], str]] = {
    "plain_text_input": _check_text,
    "number_input": _check_number,
    "email_text_input": _check_email,
    "url_text_input": _check_url,
    "file_input": _check_files,
}
