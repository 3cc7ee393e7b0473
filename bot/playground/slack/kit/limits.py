"""Slack's limits for Block Kit, as one table with Slack's page beside each.

Lengths count Unicode code points; `VIEW_BYTES` and `METADATA_BYTES` count bytes of JSON. The least is 1, and 0 where a
page gives none and blocks.validate takes an empty value, as slackblocks found.
"""

from dataclasses import dataclass

_REFERENCE = "https://docs.slack.dev/reference"
_BLOCKS = f"{_REFERENCE}/block-kit/blocks"
_ELEMENTS = f"{_REFERENCE}/block-kit/block-elements"
_OBJECTS = f"{_REFERENCE}/block-kit/composition-objects"
_MODAL = f"{_REFERENCE}/views/modal-views"
_POST = f"{_REFERENCE}/methods/chat.postMessage"
_TEXT = f"{_OBJECTS}/text-object"
_OPTION = f"{_OBJECTS}/option-object"
_CONFIRM = f"{_OBJECTS}/confirmation-dialog-object"
_BUTTON = f"{_ELEMENTS}/button-element"
_SELECT = f"{_ELEMENTS}/select-menu-element"
_VIDEO = f"{_BLOCKS}/video-block"
_TABLE = f"{_BLOCKS}/table-block"
_DATA_TABLE = f"{_BLOCKS}/data-table-block"
_CHART = f"{_BLOCKS}/data-visualization-block"
_CARD = f"{_BLOCKS}/card-block"
_CONTAINER = f"{_BLOCKS}/container-block"
_RICH_TEXT = f"{_BLOCKS}/rich-text-block"


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a text, how many items or how great a number may be, and the page that says so."""

    maximum: int
    page: str
    minimum: int = 1


# Messages and views.
BLOCKS_IN_MESSAGE = Limit(50, _BLOCKS, minimum=0)
BLOCKS_IN_VIEW = Limit(100, _BLOCKS)
ATTACHMENTS = Limit(100, _POST, minimum=0)
UPDATE_TEXT = Limit(4_000, f"{_REFERENCE}/methods/chat.update", minimum=0)
# Slack names the error, metadata_too_large, and no number. This one is far above what fixdesk sends.
METADATA_BYTES = Limit(16_000, "https://docs.slack.dev/messaging/message-metadata")
VIEW_TITLE = Limit(24, _MODAL)
VIEW_SUBMIT = Limit(24, _MODAL)
VIEW_CLOSE = Limit(24, _MODAL)
PRIVATE_METADATA = Limit(3_000, _MODAL, minimum=0)
CALLBACK_ID = Limit(255, _MODAL, minimum=0)
EXTERNAL_ID = Limit(255, _MODAL, minimum=0)
VIEW_BYTES = Limit(250_000, f"{_REFERENCE}/methods/views.open")

# Every block and element.
BLOCK_ID = Limit(255, _BLOCKS)
ACTION_ID = Limit(255, _ELEMENTS)
TEXT = Limit(3_000, _TEXT)

# Blocks.
SECTION_TEXT = Limit(3_000, f"{_BLOCKS}/section-block")
SECTION_FIELDS = Limit(10, f"{_BLOCKS}/section-block")
SECTION_FIELD = Limit(2_000, f"{_BLOCKS}/section-block")
HEADER = Limit(150, f"{_BLOCKS}/header-block")
CONTEXT_ELEMENTS = Limit(10, f"{_BLOCKS}/context-block")
ACTIONS_ELEMENTS = Limit(25, f"{_BLOCKS}/actions-block")
CONTEXT_ACTIONS_ELEMENTS = Limit(5, f"{_BLOCKS}/context-actions-block")
INPUT_LABEL = Limit(2_000, f"{_BLOCKS}/input-block")
INPUT_HINT = Limit(2_000, f"{_BLOCKS}/input-block")
IMAGE_URL = Limit(3_000, f"{_BLOCKS}/image-block")
IMAGE_ALT = Limit(2_000, f"{_BLOCKS}/image-block", minimum=0)
IMAGE_TITLE = Limit(2_000, f"{_BLOCKS}/image-block")
MARKDOWN_IN_MESSAGE = Limit(12_000, f"{_BLOCKS}/markdown-block", minimum=0)
# "Must be less than 200 characters": one fewer is the most.
VIDEO_TITLE = Limit(199, _VIDEO)
VIDEO_DESCRIPTION = Limit(199, _VIDEO)
VIDEO_AUTHOR = Limit(49, _VIDEO)
VIDEO_PROVIDER = Limit(50, _VIDEO)
VIDEO_URL = Limit(3_000, _VIDEO)
VIDEO_TITLE_URL = Limit(2_000, _VIDEO)
VIDEO_ALT = Limit(2_000, _VIDEO, minimum=0)
ALERT_TEXT = Limit(200, f"{_BLOCKS}/alert-block")
PLAN_TASKS = Limit(50, f"{_BLOCKS}/plan-block", minimum=0)
CARD_TITLE = Limit(150, _CARD)
CARD_SUBTITLE = Limit(150, _CARD)
CARD_BODY = Limit(200, _CARD)
CARD_SUBTEXT = Limit(200, _CARD)
CARD_BUTTONS = Limit(3, _CARD)
CAROUSEL_CARDS = Limit(10, f"{_BLOCKS}/carousel-block")
CONTAINER_TITLE = Limit(150, _CONTAINER)
CONTAINER_SUBTITLE = Limit(150, _CONTAINER)
CONTAINER_BLOCKS = Limit(10, _CONTAINER)

# Tables and charts.
TABLES_IN_MESSAGE = Limit(1, _TABLE, minimum=0)
TABLE_ROWS = Limit(100, _TABLE)
TABLE_COLUMNS = Limit(20, _TABLE)
TABLE_SETTINGS = Limit(20, _TABLE)
DATA_TABLE_ROWS = Limit(101, _DATA_TABLE, minimum=2)
DATA_TABLE_COLUMNS = Limit(20, _DATA_TABLE)
DATA_TABLE_PAGE = Limit(100, _DATA_TABLE)
DATA_TABLE_CHARACTERS = Limit(20_000, _DATA_TABLE, minimum=0)
CHARTS_IN_MESSAGE = Limit(2, _CHART, minimum=0)
CHART_TITLE = Limit(50, _CHART)
CHART_SEGMENTS = Limit(12, _CHART)
CHART_LABEL = Limit(20, _CHART)
CHART_SERIES = Limit(12, _CHART)
CHART_SERIES_NAME = Limit(20, _CHART)
CHART_POINTS = Limit(20, _CHART)
CHART_CATEGORIES = Limit(20, _CHART)
CHART_AXIS_LABEL = Limit(50, _CHART)

# Rich text.
RICH_LIST_INDENT = Limit(8, _RICH_TEXT, minimum=0)
RICH_BORDER = Limit(1, _RICH_TEXT, minimum=0)

# Elements.
BUTTON_TEXT = Limit(75, _BUTTON)
BUTTON_VALUE = Limit(2_000, _BUTTON)
BUTTON_URL = Limit(3_000, _BUTTON)
AGENT_PROMPT = Limit(4_000, _BUTTON)
ACCESSIBILITY_LABEL = Limit(75, _BUTTON)
WORKFLOW_BUTTON_TEXT = Limit(75, f"{_ELEMENTS}/workflow-button-element")
FEEDBACK_TEXT = Limit(75, f"{_ELEMENTS}/feedback-buttons-element")
FEEDBACK_VALUE = Limit(2_000, f"{_ELEMENTS}/feedback-buttons-element")
VISIBLE_TO = Limit(10, f"{_ELEMENTS}/icon-button-element")
PLACEHOLDER = Limit(150, _SELECT)
OPTIONS = Limit(100, _SELECT)
OPTION_GROUPS = Limit(100, _SELECT)
OVERFLOW_OPTIONS = Limit(5, f"{_ELEMENTS}/overflow-menu-element")
CHECKBOXES = Limit(10, f"{_ELEMENTS}/checkboxes-element")
RADIO_BUTTONS = Limit(10, f"{_ELEMENTS}/radio-button-group-element")
MIN_LENGTH = Limit(3_000, f"{_ELEMENTS}/plain-text-input-element", minimum=0)
MAX_LENGTH = Limit(3_000, f"{_ELEMENTS}/plain-text-input-element")
FILES = Limit(10, f"{_ELEMENTS}/file-input-element")
RICH_INPUT_LINES = Limit(100, f"{_ELEMENTS}/rich-text-input-element")

# Composition objects.
OPTION_TEXT = Limit(75, _OPTION)
OPTION_VALUE = Limit(150, _OPTION)
OPTION_DESCRIPTION = Limit(75, _OPTION)
OPTION_URL = Limit(3_000, _OPTION)
GROUP_LABEL = Limit(75, f"{_OBJECTS}/option-group-object")
GROUP_OPTIONS = Limit(100, f"{_OBJECTS}/option-group-object")
CONFIRM_TITLE = Limit(100, _CONFIRM)
CONFIRM_TEXT = Limit(300, _CONFIRM)
CONFIRM_BUTTON = Limit(30, _CONFIRM)
CONFIRM_DENY = Limit(30, _CONFIRM)
TRIGGER_ACTIONS = Limit(2, f"{_OBJECTS}/dispatch-action-configuration-object")
FILTER_INCLUDE = Limit(4, f"{_OBJECTS}/conversation-filter-object")
