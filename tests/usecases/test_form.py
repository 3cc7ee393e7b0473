"""Forms: what is asked, what an answer is worth, and which lists a request fills."""

from collections.abc import Mapping

import pytest

from bot.domain.errors import InvalidInputError
from bot.domain.run import RunId, Send
from bot.domain.workflow import Needs, Parameter
from bot.policy.rules import ParameterRule, Rule
from bot.usecases.form import Answer, fields_of, lists_to_send, read_parameters
from tests.domain.values import a_workflow

PLAIN = Parameter(id="reason")
CLOSED = Parameter(id="size", options=("small", "large"), allow_custom_value=False)
OPEN = Parameter(id="drive", options=("C:", "D:"), allow_custom_value=True)
CORRELATION = Parameter(id="correlation_id")

REQUIRED = "This is required: please give a value."
ONE_OF_THE_OPTIONS = "Please choose one of the options: other values are not accepted."


def a_rule(send: Send | None = None, **parameters: ParameterRule) -> Rule:
    """Return a rule with words about parameters."""
    return Rule(match="*", run_by=("everyone",), send=send, parameters=parameters)


def read(parameter: Parameter, rule: ParameterRule | None, answer: Answer | None) -> Mapping[str, str]:
    """Read one parameter's answer."""
    rules = {parameter.id: rule} if rule else {}
    answers = {parameter.id: answer} if answer else {}
    policy_rule = Rule(match="*", run_by=("everyone",), parameters=rules)
    return read_parameters(a_workflow(parameters=(parameter,)), policy_rule, answers, RunId("r-1"))


@pytest.mark.parametrize(
    ("parameter", "rule", "answer", "sent"),
    [
        (PLAIN, None, Answer(text="slow"), "slow"),
        (PLAIN, None, Answer(text=" slow "), " slow "),
        (CLOSED, None, Answer(option="large"), "large"),
        (OPEN, None, Answer(option="C:"), "C:"),
        (OPEN, None, Answer(text="Z:"), "Z:"),
        (OPEN, None, Answer(option="C:", text="Z:"), "Z:"),  # the text field wins
        (OPEN, None, Answer(option="C:", text="  "), "C:"),  # blank is not a value
        (PLAIN, ParameterRule(optional=True), Answer(text=" "), None),
        (PLAIN, ParameterRule(optional=True), None, None),
        (PLAIN, ParameterRule(optional=True, pattern=r"INC\d+"), None, None),
        (PLAIN, ParameterRule(pattern=r"INC\d+"), Answer(text="INC42"), "INC42"),
        (PLAIN, ParameterRule(choices=("a", "b")), Answer(option="b"), "b"),
        (OPEN, ParameterRule(choices=("E:",)), Answer(option="E:"), "E:"),
        (CLOSED, ParameterRule(choices=("none",)), Answer(option="large"), "large"),  # Nexthink would take no other
        (PLAIN, ParameterRule(type="date"), Answer(text="2026-11-24"), "2026-11-24"),
        (PLAIN, ParameterRule(value="fixed"), Answer(text="typed"), "fixed"),
        (PLAIN, ParameterRule(hidden=True, default="usual"), Answer(text="typed"), "usual"),
        (PLAIN, ParameterRule(hidden=True, optional=True), Answer(text="typed"), None),
        (PLAIN, ParameterRule(hidden=True, value="fixed", default="usual"), None, "fixed"),
        (CORRELATION, None, None, "r-1"),
        (CORRELATION, ParameterRule(value="other"), Answer(text="typed"), "r-1"),
        (Parameter(id="correlation_id", options=("x",), allow_custom_value=False), None, None, "r-1"),
    ],
)
def test_answer_becomes_what_is_sent(
    parameter: Parameter, rule: ParameterRule | None, answer: Answer | None, sent: str | None
) -> None:
    """A value is what was given or what the policy says; a blank one is not sent at all."""
    assert read(parameter, rule, answer) == ({} if sent is None else {parameter.id: sent})


@pytest.mark.parametrize(
    ("parameter", "rule", "answer", "sentence"),
    [
        (PLAIN, None, None, REQUIRED),
        (PLAIN, None, Answer(text=" \n "), REQUIRED),
        (CLOSED, None, None, REQUIRED),
        (CLOSED, None, Answer(option="huge"), ONE_OF_THE_OPTIONS),
        (CLOSED, None, Answer(option="large", text="huge"), ONE_OF_THE_OPTIONS),
        (CLOSED, ParameterRule(optional=True), Answer(option="huge"), ONE_OF_THE_OPTIONS),
        (CLOSED, ParameterRule(value="huge"), None, ONE_OF_THE_OPTIONS),
        (
            PLAIN,
            ParameterRule(pattern=r"INC\d+"),
            Answer(text="INC42 "),
            r"This does not have the form that is asked for: INC\d+",
        ),
    ],
)
def test_answer_that_cannot_be_sent_is_told_under_its_parameter(
    parameter: Parameter, rule: ParameterRule | None, answer: Answer | None, sentence: str
) -> None:
    """Every parameter is required unless the policy says otherwise, and only what may be sent is sent."""
    with pytest.raises(InvalidInputError) as caught:
        read(parameter, rule, answer)

    assert caught.value.fields == {parameter.id: sentence}


def test_all_faults_are_told_at_once() -> None:
    """A person mends a form in one go."""
    workflow = a_workflow(parameters=(PLAIN, CLOSED, OPEN))

    with pytest.raises(InvalidInputError) as caught:
        read_parameters(workflow, a_rule(), {"drive": Answer(option="C:")}, RunId("r-1"))

    assert caught.value.fields == {"reason": REQUIRED, "size": REQUIRED}


def test_answers_to_no_question_are_dropped() -> None:
    """Only parameters of the workflow are sent."""
    answers = {"reason": Answer(text="slow"), "admin": Answer(text="yes")}

    sent = read_parameters(a_workflow(parameters=(PLAIN,)), a_rule(), answers, RunId("r-1"))

    assert sent == {"reason": "slow"}


def test_form_asks_neither_hidden_nor_settled_questions() -> None:
    """The order is the workflow's; hidden ones, fixed values and the correlation id are left out."""
    secret, fixed = Parameter(id="secret"), Parameter(id="fixed")
    workflow = a_workflow(parameters=(CLOSED, secret, CORRELATION, fixed, PLAIN))
    rule = a_rule(secret=ParameterRule(hidden=True, optional=True), fixed=ParameterRule(value="x"))

    assert [field.parameter for field in fields_of(workflow, rule)] == [CLOSED, PLAIN]


def test_question_takes_the_words_of_the_policy_first() -> None:
    """Label and help come from the policy, else from Nexthink."""
    parameter = Parameter(id="ticket_number", description="The ticket.")
    workflow = a_workflow(parameters=(parameter,))

    (plain,) = fields_of(workflow, a_rule())
    (worded,) = fields_of(workflow, a_rule(ticket_number=ParameterRule(label="Incident", help="INC and digits")))

    assert (plain.label, plain.help) == ("Ticket number", "The ticket.")
    assert (worded.label, worded.help) == ("Incident", "INC and digits")


@pytest.mark.parametrize(
    ("needs", "written", "send"),
    [
        (Needs.USER, None, Send.USER),
        (Needs.DEVICE, None, Send.DEVICE),
        (Needs.BOTH, None, Send.BOTH),
        (Needs.NEITHER, None, Send.USER),
        (None, None, Send.BOTH),
        (Needs.BOTH, Send.USER, Send.USER),
        (Needs.USER, Send.DEVICE, Send.DEVICE),
        (Needs.NEITHER, Send.BOTH, Send.BOTH),
    ],
)
def test_request_fills_the_lists_that_the_version_needs(needs: Needs | None, written: Send | None, send: Send) -> None:
    """A rule's word overrides the active version's."""
    assert lists_to_send(a_workflow(needs=needs), a_rule(send=written)) is send


@pytest.mark.parametrize(
    ("parameter", "rule", "answer", "fault"),
    [
        (PLAIN, ParameterRule(choices=("a", "b")), Answer(text="c"), ONE_OF_THE_OPTIONS),
        (OPEN, ParameterRule(choices=("E:",)), Answer(option="C:"), ONE_OF_THE_OPTIONS),
        (CLOSED, ParameterRule(choices=("small", "none")), Answer(option="large"), ONE_OF_THE_OPTIONS),
        (CLOSED, ParameterRule(choices=("small", "none")), Answer(option="none"), ONE_OF_THE_OPTIONS),
        (PLAIN, ParameterRule(type="number"), Answer(text="four"), "Please write a number, such as 4 or 2.5."),
    ],
)
def test_policy_types_a_parameter(parameter: Parameter, rule: ParameterRule, answer: Answer, fault: str) -> None:
    """Its choices stand in for the workflow's own."""
    with pytest.raises(InvalidInputError) as caught:
        read(parameter, rule, answer)

    assert caught.value.fields == {parameter.id: fault}
