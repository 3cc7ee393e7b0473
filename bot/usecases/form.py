"""The form of a workflow: which of its parameters a person fills in, and what their answers are worth. Pure."""

import dataclasses
import re
from collections.abc import Mapping

from bot.domain.errors import InvalidInputError
from bot.domain.run import RunId, Send
from bot.domain.workflow import CORRELATION_PARAMETER, Needs, Parameter, Workflow
from bot.policy.rules import ParameterRule, Rule
from bot.policy.types import fault_of_type

_PLAIN = ParameterRule()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question of the form."""

    parameter: Parameter
    rule: ParameterRule

    @property
    def label(self) -> str:
        """The policy's words, else the id in words."""
        return label_of(self.parameter.id, self.rule)

    @property
    def help(self) -> str:
        """The policy's words, else Nexthink's."""
        return self.rule.help or self.parameter.description


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a person gave for one parameter; the text wins over the chosen option."""

    option: str = ""
    text: str = ""

    @property
    def value(self) -> str:
        """The one value that counts."""
        return self.text if self.text.strip() else self.option


def label_of(parameter_id: str, rule: ParameterRule | None) -> str:
    """Return how a parameter is called: by the policy, else by its id in words."""
    return (rule.label if rule else None) or Parameter(id=parameter_id).label


def fields_of(workflow: Workflow, rule: Rule) -> tuple[Field, ...]:
    """Return the questions to ask: neither hidden ones, nor those with a fixed value, nor the correlation id."""
    rules = ((parameter, rule.parameters.get(parameter.id, _PLAIN)) for parameter in workflow.parameters)
    fields = (
        Field(parameter=_with_choices(parameter, own), rule=own)
        for parameter, own in rules
        if parameter.id != CORRELATION_PARAMETER
    )
    return tuple(field for field in fields if not field.rule.hidden and field.rule.value is None)


def read_parameters(workflow: Workflow, rule: Rule, answers: Mapping[str, Answer], run_id: RunId) -> dict[str, str]:
    """Return what is sent for each parameter; raise `InvalidInputError` with a sentence a parameter.

    Every parameter is required unless the policy says otherwise, and blank is not a value.
    """
    values: dict[str, str] = {}
    faults: dict[str, str] = {}
    for known in workflow.parameters:
        parameter_rule = rule.parameters.get(known.id, _PLAIN)
        parameter = _with_choices(known, parameter_rule)
        value = _value_of(parameter, parameter_rule, answers.get(parameter.id, Answer()), run_id)
        fault = _fault_of(parameter, parameter_rule, value)
        if fault:
            faults[parameter.id] = fault
        elif value.strip():
            values[parameter.id] = value
    if faults:
        raise InvalidInputError(faults)
    return values


def _with_choices(parameter: Parameter, rule: ParameterRule) -> Parameter:
    """Return a parameter with the choices of the policy, where it names some that Nexthink would take."""
    is_closed = bool(parameter.options) and not parameter.allow_custom_value
    choices = tuple(one for one in rule.choices if not is_closed or one in parameter.options)
    return dataclasses.replace(parameter, options=choices, allow_custom_value=False) if choices else parameter


def _value_of(parameter: Parameter, rule: ParameterRule, answer: Answer, run_id: RunId) -> str:
    if parameter.id == CORRELATION_PARAMETER:
        return run_id
    if rule.value is not None:
        return rule.value
    if rule.hidden:
        return rule.default or ""
    return answer.value


def _fault_of(parameter: Parameter, rule: ParameterRule, value: str) -> str:
    """Say what is wrong with a value, nothing if it can be sent."""
    if not value.strip():
        return "" if rule.optional else "This is required: please give a value."
    if parameter.id == CORRELATION_PARAMETER:
        return ""
    if parameter.options and not parameter.allow_custom_value and value not in parameter.options:
        return "Please choose one of the options: other values are not accepted."
    if rule.pattern is not None and not re.fullmatch(rule.pattern, value):
        return f"This does not have the form that is asked for: {rule.pattern}"
    return fault_of_type(rule.type, value) if not parameter.options else ""


def lists_to_send(workflow: Workflow, rule: Rule) -> Send:
    """Tell which lists the request fills: the rule's word, else what the active version needs."""
    if rule.send is not None:
        return rule.send
    by_needs = {Needs.DEVICE: Send.DEVICE, Needs.BOTH: Send.BOTH}
    return by_needs.get(workflow.needs or Needs.BOTH, Send.USER)
