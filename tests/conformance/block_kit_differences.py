"""Where another validator and the local Slack differ, and the page of Slack that settles it."""

from dataclasses import dataclass

_KIT = "https://docs.slack.dev/reference/block-kit"
_MODAL = "https://docs.slack.dev/reference/views/modal-views"


@dataclass(frozen=True, slots=True)
class Difference:
    """One case in which a validator is not followed."""

    validator: str
    case: str
    page: str
    reason: str


_EMPTY = "The page gives no least length, and blocks.validate takes an empty one, as slackblocks found."
REFUSED_ELSEWHERE = (
    Difference("blockkit", "CALLBACK_ID 0", _MODAL, "The page gives a greatest length and no least one."),
    Difference("blockkit", "EXTERNAL_ID 0", _MODAL, "Slack sends an empty one itself where a view has none."),
    Difference("blockkit", "PRIVATE_METADATA 0", _MODAL, "Slack sends an empty one itself where a view has none."),
    Difference("blockkit", "IMAGE_ALT 2000", f"{_KIT}/blocks/image-block", "The limit is 2,000 characters, not 255."),
    Difference("blockkit", "VIDEO_URL 3000", f"{_KIT}/blocks/video-block", "It keeps 2,000; slackblocks keeps 3,000."),
    Difference("blockkit", "AGENT_PROMPT 1", f"{_KIT}/block-elements/button-element", "It does not know the field."),
    Difference("blockkit", "AGENT_PROMPT 4000", f"{_KIT}/block-elements/button-element", "It does not know the field."),
    Difference(
        "blockkit",
        "RICH_INPUT_LINES 1",
        f"{_KIT}/block-elements/rich-text-input-element",
        "It does not know the field.",
    ),
    Difference(
        "blockkit",
        "RICH_INPUT_LINES 100",
        f"{_KIT}/block-elements/rich-text-input-element",
        "It does not know the field.",
    ),
    Difference("slackblocks", "section with everything", f"{_KIT}/blocks/section-block", "It does not know `expand`."),
    Difference(
        "blockkit", "table with skipped column", f"{_KIT}/blocks/table-block", "A null leaves a column as it is."
    ),
    Difference("blockkit", "rich text with underline", f"{_KIT}/blocks/rich-text-block", "It does not know the style."),
    Difference(
        "slackblocks", "rich text with underline", f"{_KIT}/blocks/rich-text-block", "It does not know the style."
    ),
    Difference(
        "slackblocks",
        "rich text with empty line",
        f"{_KIT}/blocks/rich-text-block",
        "Slack's composer itself writes an empty line so; slack_sdk lets it pass for that reason.",
    ),
    Difference(
        "blockkit",
        "select with groups",
        f"{_KIT}/block-elements/select-menu-element",
        "The initial option is one of the options in the groups, not a group.",
    ),
    Difference(
        "slackblocks",
        "select with groups",
        f"{_KIT}/block-elements/select-menu-element",
        "The initial option is one of the options in the groups, not a group.",
    ),
    Difference(
        "blockkit",
        "external select",
        f"{_KIT}/block-elements/select-menu-element",
        "Zero is allowed and asks as soon as the menu opens.",
    ),
    Difference(
        "blockkit",
        "checkboxes in mrkdwn",
        f"{_KIT}/composition-objects/option-object",
        "Options of checkboxes and radio buttons may hold mrkdwn.",
    ),
    Difference(
        "blockkit",
        "radio buttons in mrkdwn",
        f"{_KIT}/composition-objects/option-object",
        "Options of checkboxes and radio buttons may hold mrkdwn.",
    ),
    Difference(
        "blockkit",
        "datetimepicker",
        f"{_KIT}/block-elements/datetime-picker-element",
        "It may stand in an actions block.",
    ),
    Difference("blockkit", "IMAGE_ALT 0", f"{_KIT}/blocks/image-block", _EMPTY),
    Difference("blockkit", "VIDEO_ALT 0", f"{_KIT}/blocks/video-block", _EMPTY),
    Difference("blockkit", "MARKDOWN_IN_MESSAGE 0", f"{_KIT}/blocks/markdown-block", _EMPTY),
    Difference(
        "blockkit",
        "multi external select",
        f"{_KIT}/block-elements/multi-select-menu-element",
        "The page limits what is offered, not what is chosen at first.",
    ),
    Difference(
        "slackblocks",
        "multi external select with focus",
        "https://docs.slack.dev/tools/node-slack-sdk/reference/web-api/interfaces/MultiExternalSelect",
        "The page has the field.",
    ),
    Difference(
        "blockkit",
        "rich text with date",
        f"{_KIT}/block-elements/date-element",
        "It does not know the time zone and the style.",
    ),
)
"""What the local Slack accepts and the validator refuses."""

_FILE = "Slack's validator wants `F[A-Z0-9]{8,}`, as slackblocks found; the page's own example is shorter."
_GROUP = "The initial option is an option, not a group."
_URL = "`response_url_enabled` is for modals alone."
REFUSED_HERE = (
    Difference("blockkit", "SlackFile.builds", f"{_KIT}/composition-objects/slack-file-object", _FILE),
    Difference("blockkit", "ImageEl.builds", f"{_KIT}/composition-objects/slack-file-object", _FILE),
    Difference(
        "blockkit",
        "DatetimePicker.builds",
        f"{_KIT}/block-elements/datetime-picker-element",
        "It has no placeholder.",
    ),
    Difference(
        "blockkit",
        "MultiStaticSelect.builds_option_groups",
        f"{_KIT}/block-elements/multi-select-menu-element",
        _GROUP,
    ),
    Difference(
        "blockkit",
        "MultiExternalSelect.builds_option_groups",
        f"{_KIT}/block-elements/multi-select-menu-element",
        _GROUP,
    ),
    Difference("blockkit", "StaticSelect.builds_option_groups", f"{_KIT}/block-elements/select-menu-element", _GROUP),
    Difference("blockkit", "ExternalSelect.builds_option_groups", f"{_KIT}/block-elements/select-menu-element", _GROUP),
    Difference("blockkit", "ConversationsSelect.builds", f"{_KIT}/block-elements/select-menu-element", _URL),
    Difference("blockkit", "ChannelsSelect.builds", f"{_KIT}/block-elements/select-menu-element", _URL),
)
"""What a validator's own tests build and the local Slack refuses."""

_BLOCK_COUNT = "The page gives no least count; slack_sdk asks for one block, and the stricter one is followed."
ACCEPTED_ELSEWHERE = (
    Difference(
        "slack_sdk",
        "confirm text in mrkdwn",
        f"{_KIT}/composition-objects/confirmation-dialog-object",
        "All four texts are plain_text.",
    ),
    Difference("slack_sdk", "image file with short id", f"{_KIT}/composition-objects/slack-file-object", _FILE),
    Difference(
        "slack_sdk", "actions with an image", f"{_KIT}/block-elements/image-element", "It is for sections and contexts."
    ),
    Difference("slack_sdk", "icon button of odd icon", f"{_KIT}/block-elements/icon-button-element", "Only `trash`."),
    Difference("slack_sdk", "date as text", f"{_KIT}/block-elements/date-element", "The timestamp is a number."),
    Difference(
        "slack_sdk", "list without style", f"{_KIT}/block-elements/rich-text-list-element", "The style is required."
    ),
    Difference(
        "slack_sdk",
        "list without items",
        f"{_KIT}/block-elements/rich-text-list-element",
        "It reads one; the page shows none without items.",
    ),
    Difference(
        "slack_sdk",
        "date that does not exist",
        f"{_KIT}/block-elements/date-picker-element",
        "It looks at the form alone.",
    ),
    Difference(
        "slack_sdk", "datetime at the epoch", f"{_KIT}/block-elements/datetime-picker-element", "It has ten digits."
    ),
    Difference(
        "slack_sdk",
        "overflow link without value",
        f"{_KIT}/composition-objects/option-object",
        "The value is required, with an address too.",
    ),
    Difference(
        "slack_sdk",
        "workflow button without id",
        f"{_KIT}/block-elements/workflow-button-element",
        "The action_id is required.",
    ),
    Difference("slackblocks", "modal with empty blocks", _MODAL, _BLOCK_COUNT),
    Difference(
        "slackblocks",
        "home with empty blocks",
        "https://docs.slack.dev/reference/views/home-tab-views",
        _BLOCK_COUNT,
    ),
    Difference("slackblocks", "same block id twice", f"{_KIT}/blocks", "A block_id is unique in a message."),
)
"""Samples that the local Slack refuses and that stand for what a validator's own tests take as good."""

OTHER_NUMBERS = (
    Difference(
        "slackblocks",
        "DATA_TABLE_ROWS_MAX_ITEMS",
        f"{_KIT}/blocks/data-table-block",
        "The page says 101 rows, the header among them; the library says 201.",
    ),
    Difference(
        "slackblocks",
        "VIDEO_TITLE_MAX_LENGTH",
        f"{_KIT}/blocks/video-block",
        "The page says fewer than 200 characters.",
    ),
    Difference(
        "slackblocks",
        "VIDEO_DESCRIPTION_MAX_LENGTH",
        f"{_KIT}/blocks/video-block",
        "The page says fewer than 200 characters.",
    ),
    Difference(
        "slackblocks",
        "VIDEO_AUTHOR_NAME_MAX_LENGTH",
        f"{_KIT}/blocks/video-block",
        "The page says fewer than 50 characters.",
    ),
)
"""Limits of which a validator has another number."""


def as_rows() -> list[str]:
    """Return the rows of the table in docs/local-slack.md."""
    tables = (
        ("refuses", REFUSED_ELSEWHERE),
        ("accepts", REFUSED_HERE),
        ("accepts", ACCEPTED_ELSEWHERE),
        ("has another number", OTHER_NUMBERS),
    )
    return [
        f"| {entry.validator} {does} | {entry.case} | {entry.reason} | [page]({entry.page}) |"
        for does, entries in tables
        for entry in entries
    ]
