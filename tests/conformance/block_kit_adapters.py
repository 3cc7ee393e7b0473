"""What other libraries think of Block Kit JSON: slackblocks, blockkit and the models of slack_sdk."""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import slackblocks
from blockkit import core as blockkit
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View
from slackblocks.errors import InvalidUsageError
from slackblocks.objects import TextType

with warnings.catch_warnings():
    # Importing it warns that it is no longer maintained; it still counts attachments.
    warnings.simplefilter("ignore")
    from slack_sdk.models.messages.message import Message

Json = dict[str, Any]
Maker = Callable[..., Any]
# What a constructor raises for what it does not take. Some libraries check types by stumbling over them.
_REFUSALS = (
    InvalidUsageError,
    blockkit.FieldValidationError,
    blockkit.ComponentValidationError,
    SlackObjectFormationError,
    TypeError,
    ValueError,
    AttributeError,
    KeyError,
    AssertionError,
)


class NoOpinionError(Exception):
    """The library does not know this kind of block, element or field."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Block Kit JSON and where it is to stand."""

    surface: str
    """message, modal or home."""
    value: Json
    """A message or a view."""


@dataclass(frozen=True, slots=True)
class Library:
    """How to turn JSON into calls of a library's constructors."""

    by_type: Mapping[str, Maker]
    """By `type`; blocks that share it with an element stand under `block:` and the type."""
    by_field: Mapping[str, Maker]
    """By the field in which an object without a type stands."""

    def build(self, node: Any, field: str = "") -> Any:
        """Return what the library makes of JSON."""
        if isinstance(node, list):
            return [self.build(inner, field) for inner in node]
        if not isinstance(node, dict):
            return node
        values = {name: self.build(value, name) for name, value in node.items() if name != "type"}
        return self._maker(node, field)(**values)

    def _maker(self, node: Json, field: str) -> Maker:
        kind = str(node.get("type"))
        place = f"block:{kind}" if field in {"blocks", "child_blocks"} else kind
        maker = self.by_type.get(place) or self.by_type.get(kind) or self.by_field.get(field)
        if maker is None:
            raise NoOpinionError(kind, field)
        return maker


def _number(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return float(value) if "." in value else int(value)


def _number_input(**values: Any) -> Any:
    numbers = {name: _number(value) for name, value in values.items() if name.endswith("_value")}
    return blockkit.NumberInput(**(values | numbers))


_BLOCKKIT_TYPES: Mapping[str, Maker] = {
    "actions": blockkit.Actions,
    "block:image": blockkit.Image,
    "broadcast": blockkit.RichBroadcastEl,
    "button": blockkit.Button,
    "channel": blockkit.RichChannelEl,
    "channels_select": blockkit.ChannelsSelect,
    "checkboxes": blockkit.Checkboxes,
    "color": blockkit.RichColorEl,
    "context": blockkit.Context,
    "conversations_select": blockkit.ConversationsSelect,
    "date": blockkit.RichDateEl,
    "datepicker": blockkit.DatePicker,
    "datetimepicker": blockkit.DatetimePicker,
    "divider": blockkit.Divider,
    "email_text_input": blockkit.EmailInput,
    "emoji": blockkit.RichEmojiEl,
    "external_select": blockkit.ExternalSelect,
    "file": blockkit.File,
    "file_input": blockkit.FileInput,
    "header": blockkit.Header,
    "home": blockkit.Home,
    "image": blockkit.ImageEl,
    "input": blockkit.Input,
    "link": blockkit.RichLinkEl,
    "markdown": blockkit.Markdown,
    "modal": blockkit.Modal,
    "mrkdwn": lambda **values: blockkit.Text(**values, type="mrkdwn"),
    "multi_channels_select": blockkit.MultiChannelsSelect,
    "multi_conversations_select": blockkit.MultiConversationsSelect,
    "multi_external_select": blockkit.MultiExternalSelect,
    "multi_static_select": blockkit.MultiStaticSelect,
    "multi_users_select": blockkit.MultiUsersSelect,
    "number_input": _number_input,
    "overflow": blockkit.Overflow,
    "plain_text": lambda **values: blockkit.Text(**values, type="plain_text"),
    "plain_text_input": blockkit.PlainTextInput,
    "radio_buttons": blockkit.RadioButtons,
    "raw_text": blockkit.RawText,
    "rich_text": blockkit.RichText,
    "rich_text_input": blockkit.RichTextInput,
    "rich_text_list": blockkit.RichTextList,
    "rich_text_preformatted": blockkit.RichTextPreformatted,
    "rich_text_quote": blockkit.RichTextQuote,
    "rich_text_section": blockkit.RichTextSection,
    "section": blockkit.Section,
    "static_select": blockkit.StaticSelect,
    "table": blockkit.Table,
    "text": blockkit.RichTextEl,
    "timepicker": blockkit.TimePicker,
    "url_text_input": blockkit.UrlInput,
    "user": blockkit.RichUserEl,
    "usergroup": blockkit.RichUserGroupEl,
    "users_select": blockkit.UsersSelect,
    "video": blockkit.Video,
    "workflow_button": blockkit.WorkflowButton,
}
_BLOCKKIT = Library(
    _BLOCKKIT_TYPES,
    {
        "column_settings": blockkit.ColumnSettings,
        "confirm": blockkit.Confirm,
        "customizable_input_parameters": blockkit.InputParameter,
        "dispatch_action_config": blockkit.DispatchActionConfig,
        "filter": blockkit.ConversationFilter,
        "initial_option": blockkit.Option,
        "initial_options": blockkit.Option,
        "option_groups": blockkit.OptionGroup,
        "options": blockkit.Option,
        "slack_file": blockkit.SlackFile,
        "style": blockkit.RichStyle,
        "trigger": blockkit.Trigger,
        "workflow": blockkit.Workflow,
    },
)


def _styled(maker: Maker, **renamed: str) -> Maker:
    def make(style: Json | None = None, **values: Any) -> Any:
        return maker(**{renamed.get(name, name): value for name, value in values.items()}, **(style or {}))

    return make


def _renamed(maker: Maker, **renamed: str) -> Maker:
    return lambda **values: maker(**{renamed.get(name, name): value for name, value in values.items()})


def _with_action_id(maker: Maker) -> Maker:
    return lambda **values: maker(**({"action_id": None} | values))


def _multi_static(**values: Any) -> Any:
    if "option_groups" in values and "options" not in values:
        raise NoOpinionError("multi_static_select", "option_groups")
    return slackblocks.StaticMultiSelectMenu(**({"action_id": None} | values))


def _table(rows: list[Any], **values: Any) -> Any:
    # This library takes what stands in the rich text where Slack takes the rich text itself.
    inner = [[getattr(cell, "elements", [cell])[0] for cell in row] for row in rows]
    return slackblocks.TableBlock(rows=inner, **values)


def _slack_file(**values: Any) -> Any:
    return slackblocks.objects.SlackFile(**({"url": None, "id": None} | values))


def _trigger(**values: Any) -> Any:
    return slackblocks.objects.Trigger(**({"customizable_input_parameters": None} | values))


_SLACKBLOCKS_TYPES: Mapping[str, Maker] = {
    "actions": slackblocks.ActionsBlock,
    "alert": slackblocks.AlertBlock,
    "area": slackblocks.objects.AreaChart,
    "bar": slackblocks.objects.BarChart,
    "block:image": slackblocks.ImageBlock,
    "button": slackblocks.Button,
    "card": slackblocks.CardBlock,
    "carousel": slackblocks.CarouselBlock,
    "channel": _styled(slackblocks.RichTextChannel),
    "channels_select": slackblocks.ChannelSelectMenu,
    "checkboxes": _with_action_id(slackblocks.CheckboxGroup),
    "container": slackblocks.ContainerBlock,
    "context": slackblocks.ContextBlock,
    "context_actions": slackblocks.ContextActionsBlock,
    "conversations_select": slackblocks.ConversationSelectMenu,
    "data_table": slackblocks.DataTableBlock,
    "data_visualization": slackblocks.DataVisualizationBlock,
    "datepicker": slackblocks.DatePicker,
    "datetimepicker": _renamed(slackblocks.DateTimePicker, initial_date_time="initial_datetime"),
    "divider": slackblocks.DividerBlock,
    "email_text_input": slackblocks.EmailInput,
    "emoji": slackblocks.RichTextEmoji,
    "external_select": slackblocks.ExternalSelectMenu,
    "feedback_buttons": slackblocks.FeedbackButtons,
    "file": slackblocks.FileBlock,
    "file_input": slackblocks.FileInput,
    "header": slackblocks.HeaderBlock,
    "home": slackblocks.HomeTabView,
    "icon": slackblocks.objects.SlackIcon,
    "icon_button": slackblocks.IconButton,
    "image": slackblocks.Image,
    "input": slackblocks.InputBlock,
    "line": slackblocks.objects.LineChart,
    "link": _styled(slackblocks.RichTextLink),
    "markdown": slackblocks.MarkdownBlock,
    "modal": slackblocks.ModalView,
    "mrkdwn": lambda **values: slackblocks.Text(type_=TextType.MARKDOWN, **values),
    "multi_channels_select": slackblocks.ChannelMultiSelectMenu,
    "multi_conversations_select": slackblocks.ConversationMultiSelectMenu,
    "multi_external_select": slackblocks.ExternalMultiSelectMenu,
    "multi_static_select": _multi_static,
    "multi_users_select": slackblocks.UserMultiSelectMenu,
    "number_input": slackblocks.NumberInput,
    "overflow": _with_action_id(slackblocks.OverflowMenu),
    "pie": slackblocks.objects.PieChart,
    "plain_text": lambda **values: slackblocks.Text(type_=TextType.PLAINTEXT, **values),
    "plain_text_input": slackblocks.PlainTextInput,
    "plan": slackblocks.PlanBlock,
    "radio_buttons": _with_action_id(slackblocks.RadioButtonGroup),
    "raw_number": slackblocks.objects.RawNumber,
    "raw_text": slackblocks.objects.RawText,
    "rich_text": slackblocks.RichTextBlock,
    "rich_text_input": _with_action_id(slackblocks.RichTextInput),
    "rich_text_list": slackblocks.RichTextList,
    "rich_text_preformatted": slackblocks.RichTextCodeBlock,
    "rich_text_quote": slackblocks.RichTextQuote,
    "rich_text_section": slackblocks.RichTextSection,
    "section": slackblocks.SectionBlock,
    "static_select": slackblocks.StaticSelectMenu,
    "table": _table,
    "task_card": slackblocks.TaskCardBlock,
    "text": _styled(slackblocks.RichText),
    "timepicker": slackblocks.TimePicker,
    "url": slackblocks.URLSource,
    "url_text_input": slackblocks.URLInput,
    "user": _styled(slackblocks.RichTextUser),
    "usergroup": _styled(slackblocks.RichTextUserGroup, usergroup_id="user_group_id"),
    "users_select": slackblocks.UserSelectMenu,
    "video": slackblocks.VideoBlock,
    "workflow_button": slackblocks.WorkflowButton,
}
_SLACKBLOCKS = Library(
    _SLACKBLOCKS_TYPES,
    {
        "attachments": slackblocks.Attachment,
        "axis_config": slackblocks.objects.AxisConfig,
        "column_settings": slackblocks.objects.ColumnSettings,
        "confirm": slackblocks.objects.ConfirmationDialogue,
        "customizable_input_parameters": slackblocks.objects.InputParameter,
        "data": slackblocks.objects.DataPoint,
        "dispatch_action_config": slackblocks.objects.DispatchActionConfiguration,
        "filter": slackblocks.objects.ConversationFilter,
        "initial_option": slackblocks.objects.Option,
        "initial_options": slackblocks.objects.Option,
        "negative_button": slackblocks.FeedbackButton,
        "option_groups": slackblocks.objects.OptionGroup,
        "options": slackblocks.objects.Option,
        "positive_button": slackblocks.FeedbackButton,
        "segments": slackblocks.objects.ChartSegment,
        "series": slackblocks.objects.DataSeries,
        "slack_file": _slack_file,
        "style": dict,
        "tasks": slackblocks.TaskCardBlock,
        "trigger": _trigger,
        "workflow": slackblocks.objects.Workflow,
    },
)


def _by_blockkit(sample: Sample) -> None:
    if sample.surface != "message":
        view: Any = _BLOCKKIT.build(sample.value)
        view.build()
        return
    if "attachments" in sample.value:
        raise NoOpinionError("attachments")
    whole: Any = blockkit.Message(text="x", blocks=_BLOCKKIT.build(sample.value["blocks"], "blocks"))
    whole.build()


def _by_slackblocks(sample: Sample) -> None:
    if sample.surface != "message":
        _SLACKBLOCKS.build(sample.value).to_dict()
        return
    parts = {name: _SLACKBLOCKS.build(value, name) for name, value in sample.value.items()}
    slackblocks.Message(channel="C01", text="x", **parts).to_dict()


def _by_slack_sdk(sample: Sample) -> None:
    if None in Block.parse_all(sample.value.get("blocks")):
        raise NoOpinionError("a block")
    model: Any = View if sample.surface != "message" else Message
    model(**({} if sample.surface != "message" else {"text": "x"}), **sample.value).to_dict()


VALIDATORS: Mapping[str, Callable[[Sample], None]] = {
    "blockkit": _by_blockkit,
    "slack_sdk": _by_slack_sdk,
    "slackblocks": _by_slackblocks,
}


def refusal(validator: str, sample: Sample) -> str:
    """Return why a validator refuses a sample, or nothing where it accepts it or has no opinion."""
    try:
        VALIDATORS[validator](sample)
    except NoOpinionError:
        return ""
    except _REFUSALS as error:
        return f"{type(error).__name__}: {error}"
    return ""
