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
    Difference("slackblocks", "plan without tasks", f"{_KIT}/blocks/plan-block", "The page calls `tasks` optional."),
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
)
"""What the local Slack accepts and the validator refuses."""

_FILE = "A Slack file's id matches `F[A-Z0-9]{8,}`."
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
    tables = (("refuses", REFUSED_ELSEWHERE), ("accepts", REFUSED_HERE), ("has another number", OTHER_NUMBERS))
    return [
        f"| {entry.validator} {does} | {entry.case} | {entry.reason} | [page]({entry.page}) |"
        for does, entries in tables
        for entry in entries
    ]
