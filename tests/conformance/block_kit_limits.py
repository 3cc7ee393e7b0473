"""For every limit of the local Slack a sample that is just so long, so many or so great."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.conformance.block_kit_adapters import Json, Sample
from tests.conformance.block_kit_parts import (
    actions,
    bars,
    bullets,
    button,
    buttons,
    card,
    cell,
    confirm,
    container,
    context_actions,
    data_table,
    element,
    feedbacks,
    group,
    icon_button,
    image,
    message,
    modal,
    mrkdwn,
    option,
    options,
    paragraph,
    pie,
    plain,
    plan,
    rich,
    section,
    select,
    table,
    typed,
    video,
    words,
)

WORKFLOW = {"trigger": {"url": "https://slack.com/shortcuts/Ft0/x"}}


def _in_actions(make: Callable[[int], Json]) -> Callable[[int], Sample]:
    return lambda count: message(actions(make(count)))


def _in_message(make: Callable[[int], Json]) -> Callable[[int], Sample]:
    return lambda count: message(make(count))


def _in_input(make: Callable[[int], Json]) -> Callable[[int], Sample]:
    return lambda count: modal(typed(make(count)))


def _in_modal(field: str, make: Callable[[int], Any]) -> Callable[[int], Sample]:
    return lambda count: modal(**{field: make(count)})


def _labels(count: int) -> list[str]:
    return [str(index) for index in range(count)]


def _cells(count: int) -> Json:
    # The header takes one character; a cell may hold all the others.
    rows = [[cell("h")], [cell("x" * (count - 1))]] if count > 1 else [[cell("h")], [cell("x")]]
    return {"type": "data_table", "caption": "c", "rows": rows}


_SURFACES: Mapping[str, Callable[[int], Sample]] = {
    "BLOCKS_IN_MESSAGE": lambda count: message(*[{"type": "divider"}] * count),
    "BLOCKS_IN_VIEW": lambda count: modal(blocks=[{"type": "divider"}] * count),
    "ATTACHMENTS": lambda count: message(section(), attachments=[{"blocks": [section()]}] * count),
    "VIEW_TITLE": _in_modal("title", lambda count: plain("x" * count)),
    "VIEW_SUBMIT": _in_modal("submit", lambda count: plain("x" * count)),
    "VIEW_CLOSE": _in_modal("close", lambda count: plain("x" * count)),
    "PRIVATE_METADATA": _in_modal("private_metadata", lambda count: "x" * count),
    "CALLBACK_ID": _in_modal("callback_id", lambda count: "x" * count),
    "EXTERNAL_ID": _in_modal("external_id", lambda count: "x" * count),
    "TABLES_IN_MESSAGE": lambda count: message(*[table()] * count),
    "CHARTS_IN_MESSAGE": lambda count: message(*[pie()] * count),
}
_BLOCKS: Mapping[str, Callable[[int], Sample]] = {
    "BLOCK_ID": _in_message(lambda count: section(block_id="x" * count)),
    "TEXT": _in_message(lambda count: {"type": "context", "elements": [mrkdwn("x" * count)]}),
    "SECTION_TEXT": _in_message(lambda count: section(text=mrkdwn("x" * count))),
    "SECTION_FIELDS": _in_message(lambda count: {"type": "section", "fields": [mrkdwn()] * count}),
    "SECTION_FIELD": _in_message(lambda count: {"type": "section", "fields": [mrkdwn("x" * count)]}),
    "HEADER": _in_message(lambda count: {"type": "header", "text": plain("x" * count)}),
    "CONTEXT_ELEMENTS": _in_message(lambda count: {"type": "context", "elements": [mrkdwn()] * count}),
    "ACTIONS_ELEMENTS": lambda count: message(actions(*buttons(count))),
    "CONTEXT_ACTIONS_ELEMENTS": lambda count: message(
        context_actions(*[{**icon_button(), "action_id": str(index)} for index in range(count)])
    ),
    "INPUT_LABEL": lambda count: modal(typed(label=plain("x" * count))),
    "INPUT_HINT": lambda count: modal(typed(hint=plain("x" * count))),
    "IMAGE_URL": _in_message(lambda count: image(image_url="x" * count)),
    "IMAGE_ALT": _in_message(lambda count: image(alt_text="x" * count)),
    "IMAGE_TITLE": _in_message(lambda count: image(title=plain("x" * count))),
    "MARKDOWN_IN_MESSAGE": _in_message(lambda count: {"type": "markdown", "text": "x" * count}),
    "VIDEO_TITLE": _in_message(lambda count: video(title=plain("x" * count))),
    "VIDEO_DESCRIPTION": _in_message(lambda count: video(description=plain("x" * count))),
    "VIDEO_AUTHOR": _in_message(lambda count: video(author_name="x" * count)),
    "VIDEO_PROVIDER": _in_message(lambda count: video(provider_name="x" * count)),
    "VIDEO_URL": _in_message(lambda count: video(video_url="x" * count)),
    "VIDEO_TITLE_URL": _in_message(lambda count: video(title_url="x" * count)),
    "VIDEO_ALT": _in_message(lambda count: video(alt_text="x" * count)),
    "ALERT_TEXT": lambda count: modal({"type": "alert", "text": plain("x" * count)}),
    "PLAN_TASKS": lambda count: message(plan(count)),
    "CARD_TITLE": _in_message(lambda count: card(title=mrkdwn("x" * count))),
    "CARD_SUBTITLE": _in_message(lambda count: card(subtitle=mrkdwn("x" * count))),
    "CARD_BODY": _in_message(lambda count: card(body=mrkdwn("x" * count))),
    "CARD_SUBTEXT": _in_message(lambda count: card(subtext=mrkdwn("x" * count))),
    "CARD_BUTTONS": _in_message(lambda count: card(actions=buttons(count))),
    "CAROUSEL_CARDS": _in_message(lambda count: {"type": "carousel", "elements": [card()] * count}),
    "CONTAINER_TITLE": _in_message(lambda count: container(title=plain("x" * count))),
    "CONTAINER_SUBTITLE": _in_message(lambda count: container(subtitle=mrkdwn("x" * count))),
    "CONTAINER_BLOCKS": _in_message(lambda count: container(child_blocks=[section()] * count)),
}
_DATA: Mapping[str, Callable[[int], Sample]] = {
    "TABLE_ROWS": lambda count: message(table(count)),
    "TABLE_COLUMNS": lambda count: message(table(1, count)),
    "TABLE_SETTINGS": lambda count: message(table(1, 20, column_settings=[{"align": "left"}] * count)),
    "DATA_TABLE_ROWS": lambda count: message(data_table(count)),
    "DATA_TABLE_COLUMNS": lambda count: message(data_table(2, count)),
    "DATA_TABLE_PAGE": lambda count: message(data_table(page_size=count)),
    "DATA_TABLE_CHARACTERS": _in_message(_cells),
    "CHART_TITLE": lambda count: message(pie(title="x" * count)),
    "CHART_SEGMENTS": lambda count: message(
        {**pie(), "chart": {"type": "pie", "segments": [{"label": name, "value": 1} for name in _labels(count)]}}
    ),
    "CHART_LABEL": lambda count: message(pie({"label": "x" * count, "value": 1})),
    "CHART_SERIES": lambda count: message(
        bars([{"name": name, "data": [{"label": "a", "value": 1}]} for name in _labels(count)])
    ),
    "CHART_SERIES_NAME": lambda count: message(bars([{"name": "x" * count, "data": [{"label": "a", "value": 1}]}])),
    "CHART_POINTS": lambda count: message(bars(categories=_labels(count))),
    "CHART_CATEGORIES": lambda count: message(bars(categories=_labels(count))),
    "CHART_AXIS_LABEL": lambda count: message(bars(x_label="x" * count)),
    "RICH_LIST_INDENT": lambda count: message(rich(bullets(indent=count))),
    "RICH_BORDER": lambda count: message(
        rich({"type": "rich_text_quote", "elements": [words()], "border": count}, paragraph(words()))
    ),
}
_ELEMENTS: Mapping[str, Callable[[int], Sample]] = {
    "ACTION_ID": _in_actions(lambda count: button(action_id="x" * count)),
    "BUTTON_TEXT": _in_actions(lambda count: button(text=plain("x" * count))),
    "BUTTON_VALUE": _in_actions(lambda count: button(value="x" * count)),
    "BUTTON_URL": _in_actions(lambda count: button(url="x" * count)),
    "AGENT_PROMPT": _in_actions(lambda count: button(agent_prompt="x" * count)),
    "ACCESSIBILITY_LABEL": _in_actions(lambda count: button(accessibility_label="x" * count)),
    "WORKFLOW_BUTTON_TEXT": _in_actions(
        lambda count: element("workflow_button", text=plain("x" * count), workflow=WORKFLOW)
    ),
    "FEEDBACK_TEXT": lambda count: message(context_actions(feedbacks(text=plain("x" * count)))),
    "FEEDBACK_VALUE": lambda count: message(context_actions(feedbacks(value="x" * count))),
    "VISIBLE_TO": lambda count: message(context_actions(icon_button(visible_to_user_ids=["U01"] * count))),
    "PLACEHOLDER": _in_actions(lambda count: select(placeholder=plain("x" * count))),
    "OPTIONS": _in_actions(lambda count: select(options=options(count))),
    "OPTION_GROUPS": _in_actions(lambda count: select(option_groups=[group()] * count)),
    "GROUP_LABEL": _in_actions(lambda count: select(option_groups=[group(label=plain("x" * count))])),
    "GROUP_OPTIONS": _in_actions(lambda count: select(option_groups=[group(options=options(count))])),
    "OVERFLOW_OPTIONS": _in_actions(lambda count: element("overflow", options=options(count))),
    "CHECKBOXES": _in_actions(lambda count: element("checkboxes", options=options(count))),
    "RADIO_BUTTONS": _in_actions(lambda count: element("radio_buttons", options=options(count))),
    "OPTION_TEXT": _in_actions(lambda count: select(options=[option(text=plain("x" * count))])),
    "OPTION_VALUE": _in_actions(lambda count: select(options=[{"text": plain(), "value": "x" * count}])),
    "OPTION_DESCRIPTION": _in_actions(lambda count: select(options=[option(description=plain("x" * count))])),
    "OPTION_URL": _in_actions(lambda count: element("overflow", options=[option(url="x" * count)])),
    "CONFIRM_TITLE": _in_actions(lambda count: button(confirm=confirm(title=plain("x" * count)))),
    "CONFIRM_TEXT": _in_actions(lambda count: button(confirm=confirm(text=plain("x" * count)))),
    "CONFIRM_BUTTON": _in_actions(lambda count: button(confirm=confirm(confirm=plain("x" * count)))),
    "CONFIRM_DENY": _in_actions(lambda count: button(confirm=confirm(deny=plain("x" * count)))),
    "MIN_LENGTH": _in_input(lambda count: element("plain_text_input", min_length=count)),
    "MAX_LENGTH": _in_input(lambda count: element("plain_text_input", max_length=count)),
    "FILES": _in_input(lambda count: element("file_input", max_files=count)),
    "RICH_INPUT_LINES": _in_input(lambda count: element("rich_text_input", max_lines=count)),
    "TRIGGER_ACTIONS": _in_input(
        lambda count: element(
            "plain_text_input",
            dispatch_action_config={
                "trigger_actions_on": ["on_enter_pressed", "on_character_entered", "on_enter_pressed"][:count]
            },
        )
    ),
    "FILTER_INCLUDE": _in_actions(
        lambda count: select(
            "conversations_select", filter={"include": ["im", "mpim", "private", "public", "im"][:count]}
        )
    ),
}
AT_LIMIT: Mapping[str, Callable[[int], Sample]] = {**_SURFACES, **_BLOCKS, **_DATA, **_ELEMENTS}
OTHERWISE = {"UPDATE_TEXT", "METADATA_BYTES", "VIEW_BYTES"}
"""The limits that the methods keep, not the blocks."""
