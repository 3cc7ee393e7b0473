"""Which block may stand on which surface, and which element in which block.

https://docs.slack.dev/reference/block-kit/blocks
https://docs.slack.dev/reference/block-kit/block-elements
"""

_CONTENT = ("actions", "card", "context", "divider", "header", "image", "input", "rich_text", "section", "video")
_WIDE = ("carousel", "container", "data_table", "data_visualization", "table")
SURFACES = {
    "message": (*_CONTENT, *_WIDE, "context_actions", "file", "markdown", "plan", "task_card"),
    "modal": (*_CONTENT, "alert"),
    "home": (*_CONTENT, *_WIDE),
}
"""An alert is for modals alone."""
# https://docs.slack.dev/reference/block-kit/blocks/container-block
IN_CONTAINER = (
    "actions",
    "context",
    "divider",
    "file",
    "header",
    "image",
    "input",
    "rich_text",
    "section",
    "table",
    "video",
)

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
