"""Rich text: its block, its four kinds of paragraph, and what stands in them.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from collections.abc import Mapping

from bot.playground.slack.kit import limits
from bot.playground.slack.kit.schema import Anything, ByType, Fields, Flag, Items, Number, Rule, String, within

_COMMON: Mapping[str, Rule] = {name: Flag() for name in ("bold", "italic", "strike", "underline")}
_STYLE = Fields({**_COMMON, "code": Flag()})
_MENTION_STYLE = Fields({**_COMMON, **{name: Flag() for name in ("highlight", "client_highlight", "unlink")}})
# https://docs.slack.dev/reference/block-kit/block-elements/date-element
_DATE_STYLE = Fields({**_COMMON, **{name: Flag() for name in ("highlight", "client_highlight")}})
# Slack's page names these kinds and has no description of what they hold.
# https://docs.slack.dev/reference/block-kit/block-elements/rich-text-section-element
_UNDESCRIBED = (
    "attachment_mention",
    "canvas",
    "canvas_user_mention",
    "canvas_message_unfurl",
    "citation",
    "file",
    "list_record",
    "message_mention",
    "salesforce_data_field",
    "tag",
    "work_object_mention",
    "workflow_mention",
)


def _part(fields: Mapping[str, Rule], required: tuple[str, ...], style: Rule = _STYLE) -> Fields:
    return Fields({"type": String(), "style": style, **fields}, required)


PARTS: Mapping[str, Rule] = {
    "text": _part({"text": String()}, ("text",)),
    "link": _part({"url": String(), "text": String(), "unsafe": Flag()}, ("url",)),
    "emoji": _part(
        {"name": String(), "unicode": String(), "skin_tone": Number(1, 6), "url": String(), "display_name": String()},
        ("name",),
    ),
    "date": _part(
        {"timestamp": Number(), "format": String(), "timezone": String(), "url": String(), "fallback": String()},
        ("timestamp", "format"),
        _DATE_STYLE,
    ),
    "broadcast": _part({"range": String(choices=("here", "channel", "everyone"))}, ("range",)),
    "color": _part({"value": String(pattern="#?(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})")}, ("value",)),
    "channel": _part({"channel_id": String()}, ("channel_id",), _MENTION_STYLE),
    "user": _part({"user_id": String()}, ("user_id",), _MENTION_STYLE),
    "usergroup": _part({"usergroup_id": String()}, ("usergroup_id",), _MENTION_STYLE),
    "team": _part({"team_id": String()}, ("team_id",), _MENTION_STYLE),
    **{kind: Anything() for kind in _UNDESCRIBED},
}
# A paragraph without anything in it is what the composer itself makes of an empty line.
_PARTS = Items(ByType(lambda: PARTS), may_be_empty=True)
_BORDER: Mapping[str, Rule] = {"border": within(limits.RICH_BORDER)}
_PARAGRAPHS: Mapping[str, Rule] = {
    "rich_text_section": Fields({"type": String(), "elements": _PARTS}, ("elements",)),
    "rich_text_list": Fields(
        {
            "type": String(),
            "style": String(choices=("bullet", "ordered")),
            "elements": Items(ByType(lambda: _PARAGRAPHS, ("rich_text_section",))),
            "indent": within(limits.RICH_LIST_INDENT),
            "offset": Number(0),
            **_BORDER,
        },
        ("style", "elements"),
    ),
    "rich_text_preformatted": Fields(
        {"type": String(), "elements": _PARTS, "language": String(), **_BORDER}, ("elements",)
    ),
    "rich_text_quote": Fields({"type": String(), "elements": _PARTS, **_BORDER}, ("elements",)),
}
RICH_TEXT = Fields(
    {
        "type": String(choices=("rich_text",)),
        "block_id": String(limits.BLOCK_ID),
        "elements": Items(ByType(lambda: _PARAGRAPHS)),
    },
    ("type", "elements"),
)
