"""What blockkit's own tests expect it to build, put where Slack would take it."""

import functools
import json
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.conformance.block_kit_adapters import Json, Sample
from tests.conformance.block_kit_parts import (
    actions,
    button,
    element,
    image,
    message,
    modal,
    paragraph,
    plain,
    rich,
    section,
    select,
    typed,
    without,
)

_FILE = Path(__file__).with_name("block_kit") / "blockkit.json"
_BLOCKS = {
    "Actions", "Context", "Divider", "File", "Header", "Image", "Markdown", "RichText", "Section", "Table", "Video",
}  # fmt: skip
_PLACES: Mapping[str, Callable[[Json], Sample]] = {
    "AppHome": lambda value: Sample("home", value),
    "Confirm": lambda value: message(actions(button(confirm=value))),
    "ConversationFilter": lambda value: message(actions(select("conversations_select", filter=value))),
    "DispatchActionConfig": lambda value: modal(typed(element("plain_text_input", dispatch_action_config=value))),
    "ImageEl": lambda value: message(section(accessory=value)),
    "Input": modal,
    "Message": lambda value: message(*value["blocks"]),
    "Modal": lambda value: Sample("modal", value),
    "Option": lambda value: message(actions(element("overflow", options=[value]))),
    "OptionGroup": lambda value: message(actions(select(option_groups=[value]))),
    "RichStyle": lambda value: message(rich(paragraph({"type": "user", "user_id": "U01", "style": value}))),
    "SlackFile": lambda value: message(without(image(slack_file=value), "image_url")),
    "Text": lambda value: message(section(text=value)),
    "Workflow": lambda value: message(actions(element("workflow_button", text=plain(), workflow=value))),
}


def _place(name: str, value: Json) -> Sample:
    if name in _PLACES:
        return _PLACES[name](value)
    if name in _BLOCKS:
        return message(value)
    if name.startswith("RichText") and str(value["type"]).startswith("rich_text_") and name != "RichTextInput":
        return message(rich(value))
    if name.startswith("Rich") and name != "RichTextInput":
        return message(rich(paragraph(value)))
    is_typed = str(value["type"]).endswith("_input")
    return modal(typed(value)) if is_typed else message(actions(value))


@functools.cache
def fixtures() -> Mapping[str, Sample]:
    """Return every fixture by the name of its test."""
    expected: dict[str, Json] = json.loads(_FILE.read_text())
    return {name: _place(name.partition(".")[0], value) for name, value in expected.items()}
