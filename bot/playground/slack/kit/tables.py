"""What each block and element may hold, as one table for each.

https://docs.slack.dev/reference/block-kit
"""

from collections.abc import Mapping

from bot.playground.slack.kit import limits
from bot.playground.slack.kit.schema import Anything, ByType, Fields, Flag, Integer, Items, Nullable, Rule, String, Text

PLAIN = ("plain_text",)
MRKDWN = ("mrkdwn",)
STYLE = String(choices=("primary", "danger"))
_ID = String(limits.ID)
_URL = String(limits.URL)
_PLACEHOLDER = Text(limits.PLACEHOLDER, PLAIN)


def _option(text: Text, description: Text, *, has_url: bool = False) -> Fields:
    fields: dict[str, Rule] = {"text": text, "value": String(limits.OPTION_VALUE), "description": description}
    return Fields(fields | ({"url": _URL} if has_url else {}), ("text", "value"))


OPTION = _option(Text(limits.OPTION_TEXT, PLAIN), Text(limits.OPTION_DESCRIPTION, PLAIN))
_CHECK = _option(Text(limits.OPTION_TEXT), Text(limits.OPTION_DESCRIPTION))
_OVERFLOW = _option(Text(limits.OPTION_TEXT, PLAIN), Text(limits.OPTION_DESCRIPTION, PLAIN), has_url=True)
OPTIONS_LIST = Items(OPTION, limits.OPTIONS)
OPTION_GROUP = Fields(
    {"label": Text(limits.GROUP_LABEL, PLAIN), "options": OPTIONS_LIST},
    ("label", "options"),
)
OPTION_GROUPS_LIST = Items(OPTION_GROUP, limits.OPTION_GROUPS)

CONFIRM = Fields(
    {
        "title": Text(limits.CONFIRM_TITLE, PLAIN),
        "text": Text(limits.CONFIRM_TEXT),
        "confirm": Text(limits.CONFIRM_BUTTON, PLAIN),
        "deny": Text(limits.CONFIRM_BUTTON, PLAIN),
        "style": STYLE,
    },
    ("title", "text", "confirm", "deny"),
)
_DISPATCH = Fields(
    {
        "trigger_actions_on": Items(String(choices=("on_enter_pressed", "on_character_entered")), 2),
    }
)
_FILTER = Fields(
    {
        "include": Items(String(choices=("im", "mpim", "private", "public")), 4),
        "exclude_external_shared_channels": Flag(),
        "exclude_bot_users": Flag(),
    }
)
_SLACK_FILE = Fields({"id": String(), "url": String()})


def _element(fields: Mapping[str, Rule], required: tuple[str, ...] = ()) -> Fields:
    return Fields({"type": String(), "action_id": _ID, **fields}, required)


def _choice(fields: Mapping[str, Rule], required: tuple[str, ...] = ()) -> Fields:
    return _element({"confirm": CONFIRM, "focus_on_load": Flag(), **fields}, required)


def _select(fields: Mapping[str, Rule]) -> Fields:
    return _choice({"placeholder": _PLACEHOLDER, **fields})


def _multi(fields: Mapping[str, Rule]) -> Fields:
    return _select({"max_selected_items": Integer(1), **fields})


def _typed(fields: Mapping[str, Rule], required: tuple[str, ...] = ()) -> Fields:
    common: dict[str, Rule] = {"initial_value": String(), "placeholder": _PLACEHOLDER}
    return _element({**common, "dispatch_action_config": _DISPATCH, "focus_on_load": Flag(), **fields}, required)


_STATIC: Mapping[str, Rule] = {"options": OPTIONS_LIST, "option_groups": OPTION_GROUPS_LIST}
_EXTERNAL: Mapping[str, Rule] = {"min_query_length": Integer(0)}
_CONVERSATIONS: Mapping[str, Rule] = {"default_to_current_conversation": Flag(), "filter": _FILTER}
_RESPONSE_URL: Mapping[str, Rule] = {"response_url_enabled": Flag()}
_BUTTON: Mapping[str, Rule] = {
    "text": Text(limits.BUTTON_TEXT, PLAIN),
    "style": STYLE,
    "accessibility_label": String(limits.ACCESSIBILITY_LABEL),
}
_FEEDBACK = Fields(
    {
        "text": Text(limits.BUTTON_TEXT, PLAIN),
        "value": String(limits.BUTTON_VALUE),
        "accessibility_label": String(limits.ACCESSIBILITY_LABEL),
    },
    ("text", "value"),
)
IMAGE = Fields(
    {"type": String(), "image_url": _URL, "slack_file": _SLACK_FILE, "alt_text": String(limits.IMAGE_ALT)},
    ("alt_text",),
)

ELEMENTS: Mapping[str, Rule] = {
    "button": _element(
        {**_BUTTON, "url": _URL, "value": String(limits.BUTTON_VALUE), "confirm": CONFIRM},
        ("text",),
    ),
    "checkboxes": _choice(
        {"options": Items(_CHECK, limits.CHECKS), "initial_options": Items(_CHECK, limits.CHECKS)},
        ("options",),
    ),
    "radio_buttons": _choice({"options": Items(_CHECK, limits.CHECKS), "initial_option": _CHECK}, ("options",)),
    "datepicker": _choice(
        {"initial_date": String(pattern=r"\d{4}-\d{2}-\d{2}"), "placeholder": _PLACEHOLDER},
    ),
    "timepicker": _choice(
        {"initial_time": String(pattern=r"\d{2}:\d{2}"), "placeholder": _PLACEHOLDER, "timezone": String()},
    ),
    "datetimepicker": _choice({"initial_date_time": Integer(10**9, 10**10 - 1)}),
    "static_select": _select({**_STATIC, "initial_option": OPTION}),
    "multi_static_select": _multi({**_STATIC, "initial_options": OPTIONS_LIST}),
    "external_select": _select({**_EXTERNAL, "initial_option": OPTION}),
    "multi_external_select": _multi({**_EXTERNAL, "initial_options": OPTIONS_LIST}),
    "users_select": _select({"initial_user": String()}),
    "multi_users_select": _multi({"initial_users": Items(String())}),
    "conversations_select": _select({**_CONVERSATIONS, **_RESPONSE_URL, "initial_conversation": String()}),
    "multi_conversations_select": _multi({**_CONVERSATIONS, "initial_conversations": Items(String())}),
    "channels_select": _select({**_RESPONSE_URL, "initial_channel": String()}),
    "multi_channels_select": _multi({"initial_channels": Items(String())}),
    "overflow": _element({"options": Items(_OVERFLOW, limits.OVERFLOW_OPTIONS), "confirm": CONFIRM}, ("options",)),
    "plain_text_input": _typed(
        {
            "multiline": Flag(),
            "min_length": Integer(0, limits.INPUT_LENGTH),
            "max_length": Integer(1, limits.INPUT_LENGTH),
        },
    ),
    "email_text_input": _typed({}),
    "url_text_input": _typed({}),
    "number_input": _typed(
        {"is_decimal_allowed": Flag(), "min_value": String(), "max_value": String()},
        ("is_decimal_allowed",),
    ),
    "rich_text_input": _typed(
        {
            "initial_value": Anything(),
            "min_lines": Integer(1, limits.RICH_INPUT_LINES),
            "max_lines": Integer(1, limits.RICH_INPUT_LINES),
        },
    ),
    "file_input": _element({"filetypes": Items(String()), "max_files": Integer(1, limits.FILES)}),
    "workflow_button": _element({**_BUTTON, "workflow": Anything()}, ("text", "workflow")),
    "feedback_buttons": _element(
        {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK},
        ("positive_button", "negative_button"),
    ),
    "icon_button": _element(
        {
            **_BUTTON,
            "icon": String(),
            "value": String(limits.BUTTON_VALUE),
            "confirm": CONFIRM,
            "visible_to_user_ids": Items(String(), limits.VISIBLE_TO),
        },
        ("icon", "text"),
    ),
    "image": IMAGE,
}


def _in(kinds: tuple[str, ...]) -> ByType:
    return ByType(lambda: ELEMENTS, kinds)


def _block(fields: Mapping[str, Rule], required: tuple[str, ...] = (), *, is_open: bool = False) -> Fields:
    return Fields({"type": String(), "block_id": _ID, **fields}, required, is_open)


_CONTEXT_ELEMENT = ByType(
    lambda: {
        "image": IMAGE,
        "plain_text": Text(limits.TEXT, PLAIN),
        "mrkdwn": Text(limits.TEXT, MRKDWN),
    }
)
_RICH_ELEMENT = Fields(
    {
        "type": String(
            choices=("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"),
        ),
        "elements": Items(Anything(), minimum=0),
    },
    ("type", "elements"),
    is_open=True,
)
_RICH_TEXT = _block({"elements": Items(_RICH_ELEMENT)}, ("elements",))
_CELL = ByType(
    lambda: {
        "raw_text": Fields({"type": String(), "text": String()}, ("text",)),
        "raw_number": Fields({"type": String()}, is_open=True),
        "rich_text": _RICH_TEXT,
    }
)
_COLUMN = Fields({"align": String(choices=("left", "center", "right")), "is_wrapped": Flag()})
_ROW = Items(_CELL, limits.TABLE_COLUMNS)
TASK_CARD = _block(
    {
        "task_id": String(),
        "title": String(),
        "status": String(choices=("pending", "in_progress", "complete", "error")),
        "details": _RICH_TEXT,
        "output": _RICH_TEXT,
        "sources": Items(Anything()),
    },
    ("task_id", "title"),
)
_BUTTONS = Items(_in(("button",)), limits.CARD_BUTTONS)
_CARD = _block(
    {
        "hero_image": IMAGE,
        "icon": IMAGE,
        "title": Text(limits.CARD_TITLE),
        "subtitle": Text(limits.CARD_TITLE),
        "body": Text(limits.CARD_BODY),
        "subtext": Text(limits.CARD_BODY),
        "actions": _BUTTONS,
    },
    is_open=True,
)

BLOCKS: Mapping[str, Rule] = {
    "section": _block(
        {
            "text": Text(limits.TEXT),
            "fields": Items(Text(limits.SECTION_FIELD), limits.SECTION_FIELDS),
            "accessory": _in(limits.IN_ACCESSORY),
            "expand": Flag(),
        }
    ),
    "header": _block({"text": Text(limits.HEADER, PLAIN)}, ("text",)),
    "divider": _block({}),
    "context": _block({"elements": Items(_CONTEXT_ELEMENT, limits.CONTEXT_ELEMENTS)}, ("elements",)),
    "actions": _block({"elements": Items(_in(limits.IN_ACTIONS), limits.ACTIONS_ELEMENTS)}, ("elements",)),
    "context_actions": _block(
        {"elements": Items(_in(limits.IN_CONTEXT_ACTIONS), limits.CONTEXT_ACTIONS_ELEMENTS)},
        ("elements",),
    ),
    "input": _block(
        {
            "label": Text(limits.INPUT_LABEL, PLAIN),
            "element": _in(limits.IN_INPUT),
            "hint": Text(limits.INPUT_HINT, PLAIN),
            "optional": Flag(),
            "dispatch_action": Flag(),
        },
        ("label", "element"),
    ),
    "image": _block(
        {
            "image_url": _URL,
            "slack_file": _SLACK_FILE,
            "alt_text": String(limits.IMAGE_ALT),
            "title": Text(limits.IMAGE_TITLE, PLAIN),
        },
        ("alt_text",),
    ),
    "markdown": _block({"text": String(limits.MARKDOWN_IN_MESSAGE)}, ("text",)),
    "rich_text": _RICH_TEXT,
    "table": _block(
        {
            "rows": Items(_ROW, limits.TABLE_ROWS),
            "column_settings": Items(Nullable(_COLUMN), limits.TABLE_COLUMNS),
        },
        ("rows",),
    ),
    "task_card": TASK_CARD,
    "plan": _block({"title": String(), "tasks": Items(TASK_CARD, limits.PLAN_TASKS)}, ("title",)),
    "alert": _block(
        {
            "text": Text(limits.ALERT_TEXT),
            "level": String(choices=("default", "info", "warning", "error", "success")),
        },
        ("text",),
    ),
    "card": _CARD,
    "carousel": _block({"elements": Items(_CARD, limits.CAROUSEL_CARDS)}, ("elements",), is_open=True),
    "container": _block(
        {
            "title": Text(limits.CONTAINER_TITLE, PLAIN),
            "rich_text_title": _RICH_TEXT,
            "subtitle": Text(limits.CONTAINER_TITLE),
            "child_blocks": Items(ByType(lambda: BLOCKS), limits.CONTAINER_BLOCKS),
            "width": String(choices=("narrow", "standard", "wide", "full")),
            "icon": IMAGE,
            "is_collapsible": Flag(),
            "default_collapsed": Flag(),
            "has_header_divider": Flag(),
        },
        ("child_blocks",),
    ),
    "data_table": _block(
        {
            "rows": Items(Anything(), limits.DATA_TABLE_ROWS, limits.DATA_TABLE_MIN_ROWS),
            "page_size": Integer(1, limits.DATA_TABLE_PAGE),
            "caption": Anything(),
        },
        ("rows", "caption"),
        is_open=True,
    ),
    "data_visualization": _block({"title": String(limits.CHART_TITLE)}, is_open=True),
    "file": _block({"external_id": String(), "source": String(choices=("remote",))}, ("external_id", "source")),
    "video": _block(
        {
            "title": Text(limits.VIDEO_TITLE, PLAIN),
            "title_url": _URL,
            "alt_text": String(limits.IMAGE_ALT),
            "video_url": _URL,
            "thumbnail_url": _URL,
            "description": Text(limits.VIDEO_TITLE, PLAIN),
            "author_name": String(limits.VIDEO_AUTHOR),
            "provider_name": String(),
            "provider_icon_url": _URL,
        },
        ("title", "alt_text", "video_url", "thumbnail_url"),
    ),
}
