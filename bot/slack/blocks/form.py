"""A workflow's parameters as inputs of the modal: their blocks, their options, and how both are found again."""

import dataclasses
import hashlib
import itertools
import json
from collections.abc import Mapping, Sequence

from bot.domain.workflow import Parameter, Workflow
from bot.policy.types import ParameterType
from bot.slack.blocks.text import HINT, OPTION_VALUE, OPTIONS, PLACEHOLDER, Block, input_block, option, plain
from bot.slack.ids import ActionId

OPTIONS_SIZE = 30_000
"""Bytes of options in one view: what is beyond comes by type-ahead, for Slack takes 250 KB for all of it."""
OPTION_INDEX = "option:"
"""An option that cannot travel as a value (too long, blank, or like this itself) goes as this and its place."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One parameter as the form asks for it."""

    parameter: Parameter
    label: str
    hint: str
    is_optional: bool
    default: str
    type: ParameterType = "text"


def question_blocks(workflow: Workflow, questions: Sequence[Question]) -> list[Block]:
    """Return the inputs of every parameter; options that are together too much for a view come by type-ahead."""
    size = sum(len(json.dumps(parameter_options(question.parameter))) for question in questions)
    return [
        block
        for number, question in enumerate(questions)
        for block in _question(workflow, number, question, by_type_ahead=size > OPTIONS_SIZE)
    ]


def _question(workflow: Workflow, number: int, question: Question, *, by_type_ahead: bool) -> list[Block]:
    """Return the inputs of one parameter: a select where it has options, a text field where text is taken."""
    inputs = []
    parameter = question.parameter
    has_both = bool(parameter.options) and parameter.allow_custom_value
    if parameter.options:
        block_id = parameter_block(workflow, number, ActionId.OPTION)
        select = _option_select(parameter, question.default, by_type_ahead=by_type_ahead)
        inputs.append(_asked(block_id, question, select, question.label, is_optional=question.is_optional or has_both))
    if parameter.allow_custom_value or not parameter.options:
        block_id = parameter_block(workflow, number, ActionId.TEXT)
        label = f"{question.label}: or another value" if has_both else question.label
        text = _text_field(question)
        inputs.append(_asked(block_id, question, text, label, is_optional=question.is_optional or has_both))
    return inputs


_FIELDS: Mapping[ParameterType, Block] = {
    "text": {"type": "plain_text_input"},
    "number": {"type": "number_input", "is_decimal_allowed": True},
    "email": {"type": "email_text_input"},
    "date": {"type": "datepicker"},
}
"""See: https://docs.slack.dev/reference/block-kit/block-elements"""


def _text_field(question: Question) -> Block:
    """Return the field in which a value is typed, by its type; beside a select any text is taken."""
    kind: ParameterType = "text" if question.parameter.options else question.type
    field = {**_FIELDS[kind], "action_id": ActionId.TEXT.value}
    if not question.default or question.default in question.parameter.options:
        return field
    return {**field, "initial_date" if kind == "date" else "initial_value": question.default[:3000]}


def _option_select(parameter: Parameter, default: str, *, by_type_ahead: bool) -> Block:
    """Return a static select, or type-ahead where Slack would refuse so many options."""
    select: Block = {"action_id": ActionId.OPTION.value, "placeholder": plain("Choose", PLACEHOLDER)}
    if by_type_ahead or len(parameter.options) > OPTIONS:
        select |= {"type": "external_select", "min_query_length": 0}
    else:
        select |= {"type": "static_select", "options": parameter_options(parameter)}
    if default in parameter.options:
        select["initial_option"] = option(default, _encoded(parameter.options.index(default), default))
    return select


def _asked(block_id: str, question: Question, element: Block, label: str, *, is_optional: bool) -> Block:
    block = input_block(block_id, label, element)
    if question.hint.strip():
        block["hint"] = plain(question.hint, HINT)
    return {**block, "optional": True} if is_optional else block


def parameter_options(parameter: Parameter, query: str = "") -> list[Block]:
    """Return a parameter's options that contain some words, each once, as many as Slack takes."""
    wanted = query.casefold()
    first_places = {text: place for place, text in reversed(list(enumerate(parameter.options)))}
    fitting = (text for text in dict.fromkeys(parameter.options) if wanted in text.casefold())
    return [option(text, _encoded(first_places[text], text)) for text in itertools.islice(fitting, OPTIONS)]


def decoded(parameter: Parameter, value: str) -> str:
    """Return the full option that a select's value stands for; an unknown one comes back as it is."""
    if not value.startswith(OPTION_INDEX):
        return value
    place = value.removeprefix(OPTION_INDEX)
    return parameter.options[int(place)] if place.isdecimal() and int(place) < len(parameter.options) else value


def parameter_block(workflow: Workflow, number: int, action_id: ActionId) -> str:
    """Return the block id of a parameter's input; another workflow or version has others, so nothing typed is kept."""
    version = hashlib.sha256(f"{workflow.id} {workflow.version}".encode()).hexdigest()[:12]
    return f"parameter.{version}.{number}.{action_id}"


def parameter_number(block_id: str) -> int | None:
    """Return the place of the parameter that a block asks for, None for another block."""
    parts = block_id.split(".")
    return int(parts[2]) if len(parts) > 3 and parts[0] == "parameter" and parts[2].isdecimal() else None  # noqa: PLR2004 - the form of parameter_block


def _encoded(place: int, text: str) -> str:
    is_plain = 0 < len(text) <= OPTION_VALUE and not text.startswith(OPTION_INDEX)
    return text if is_plain else f"{OPTION_INDEX}{place}"
