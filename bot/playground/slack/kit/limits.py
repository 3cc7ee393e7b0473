"""Slack's limits for Block Kit and which block goes where, as data.

Every number is a maximum unless it says otherwise; lengths count Unicode code points.
https://docs.slack.dev/reference/block-kit/blocks
https://docs.slack.dev/reference/block-kit/block-elements
https://docs.slack.dev/reference/block-kit/composition-objects
"""

BLOCKS_IN_MESSAGE = 50
BLOCKS_IN_VIEW = 100
ATTACHMENTS = 100  # https://docs.slack.dev/reference/methods/chat.postMessage
UPDATE_TEXT = 4_000  # https://docs.slack.dev/reference/methods/chat.update
ID = 255
TEXT = 3_000
URL = 3_000

# https://docs.slack.dev/reference/views/modal-views
VIEW_TITLE = 24
PRIVATE_METADATA = 3_000
VIEW_BYTES = 250_000

SECTION_FIELDS = 10
SECTION_FIELD = 2_000
HEADER = 150
CONTEXT_ELEMENTS = 10
ACTIONS_ELEMENTS = 25
CONTEXT_ACTIONS_ELEMENTS = 5
INPUT_LABEL = 2_000
INPUT_HINT = 2_000
IMAGE_ALT = 2_000
IMAGE_TITLE = 2_000
MARKDOWN_IN_MESSAGE = 12_000
VIDEO_TITLE = 200
VIDEO_AUTHOR = 50

BUTTON_TEXT = 75
BUTTON_VALUE = 2_000
ACCESSIBILITY_LABEL = 75
PLACEHOLDER = 150
OPTION_TEXT = 75
OPTION_VALUE = 150
OPTION_DESCRIPTION = 75
OPTIONS = 100
OPTION_GROUPS = 100
GROUP_LABEL = 75
OVERFLOW_OPTIONS = 5
CHECKS = 10  # checkboxes and radio buttons
INPUT_LENGTH = 3_000
FILES = 10
RICH_INPUT_LINES = 100
VISIBLE_TO = 10  # icon_button visible_to_user_ids

# https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object
CONFIRM_TITLE = 100
CONFIRM_TEXT = 300
CONFIRM_BUTTON = 30

# https://docs.slack.dev/reference/block-kit/blocks/table-block
TABLES_IN_MESSAGE = 1
TABLE_ROWS = 100
TABLE_COLUMNS = 20
DATA_TABLE_ROWS = 101
DATA_TABLE_MIN_ROWS = 2
DATA_TABLE_PAGE = 100
CHARTS_IN_MESSAGE = 2
CHART_TITLE = 50

PLAN_TASKS = 50  # https://docs.slack.dev/reference/block-kit/blocks/plan-block
CARD_TITLE = 150
CARD_BODY = 200
CARD_BUTTONS = 3
CAROUSEL_CARDS = 10
CONTAINER_TITLE = 150
CONTAINER_BLOCKS = 10
ALERT_TEXT = 200

_CONTENT = ("actions", "card", "context", "divider", "header", "image", "input", "rich_text", "section", "video")
_WIDE = ("carousel", "container", "data_table", "data_visualization", "table")
SURFACES = {
    "message": (*_CONTENT, *_WIDE, "context_actions", "file", "markdown", "plan", "task_card"),
    "modal": (*_CONTENT, "alert"),
    "home": (*_CONTENT, *_WIDE),
}
"""Which block may stand where; alert is for modals alone."""

_SELECTS = ("static_select", "external_select", "users_select", "conversations_select", "channels_select")
_MULTI_SELECTS = tuple(f"multi_{kind}" for kind in _SELECTS)
_CHOICES = (*_SELECTS, *_MULTI_SELECTS, "checkboxes", "radio_buttons", "datepicker", "timepicker")
IN_ACTIONS = (*_CHOICES, "datetimepicker", "button", "overflow", "workflow_button", "rich_text_input")
IN_ACCESSORY = (*_CHOICES, "button", "overflow", "workflow_button", "image")
IN_INPUT = (
    *_CHOICES,
    "datetimepicker",
    "plain_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "rich_text_input",
    "file_input",
)
IN_CONTEXT_ACTIONS = ("feedback_buttons", "icon_button")
"""Which element may stand in which block. https://docs.slack.dev/reference/block-kit/block-elements"""
