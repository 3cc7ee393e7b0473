"""The simulation keeps to the contract: cases that Schemathesis makes of the file, over a real socket.

The table of differences stands in `contract`: the file with them is what is tested.
"""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.conformance.contract import Operation, operations, published, simulated
from tests.conformance.rig import Rig, running_rig, with_known_names, with_known_workflows

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OPERATIONS = {operation.id: operation for operation in operations(published())}
TRIGGER = "triggerWaitForEvent"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

every_operation = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
same_cases = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=30,
    # The rig outlives the examples on purpose, and a strict schema makes Hypothesis throw many away.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def rig() -> Iterator[Rig]:
    """A running simulation with its default switches."""
    with running_rig() as rig:
        yield rig


@pytest.fixture(scope="module")
def lenient_rig() -> Iterator[Rig]:
    """A running simulation that starts workflows for targets that nobody knows."""
    with running_rig() as rig:
        rig.sim.change(accept_unknown_targets=True)
        yield rig


def cases(
    rig: Rig, operation: Operation, mode: GenerationMode, document: dict[str, Any] | None = None
) -> SearchStrategy[Case[Any]]:
    """Make a strategy of an operation's cases, always with the right credential."""
    schema = schemathesis.openapi.from_dict(document or simulated())
    found = schema.find_operation_by_id(operation.id)
    return found.as_strategy(generation_mode=mode, headers=rig.credential(operation))


def is_wrong(case: Case[Any], part: ParameterLocation) -> bool:
    """Tell whether a part of a case was made wrong."""
    return case.meta is not None and part in case.meta.components and case.meta.components[part].mode.is_negative


@every_operation
def test_a_valid_request_gets_a_declared_answer(rig: Rig, operation: Operation) -> None:
    """Whatever names it holds, the status is declared and the body has the declared form."""

    @same_cases
    @given(case=cases(rig, operation, GenerationMode.POSITIVE))
    def check(case: Case[Any]) -> None:
        case.validate_response(rig.call(operation, case), checks=CHECKS)

    check()


@every_operation
def test_an_invalid_request_is_refused_as_declared(rig: Rig, operation: Operation) -> None:
    """Wrong types, patterns, values, members and missing parts get a status below 500 and the form of a refusal."""

    @same_cases
    @given(case=cases(rig, operation, GenerationMode.NEGATIVE))
    def check(case: Case[Any]) -> None:
        case.validate_response(rig.call(operation, case), checks=[*CHECKS, negative_data_rejection])

    check()


@every_operation
def test_a_wrong_form_alone_is_enough(lenient_rig: Rig, operation: Operation) -> None:
    """Nothing else is wrong: the workflow and the query exist, any target is taken, and the execution waits."""

    @same_cases
    @given(case=cases(lenient_rig, operation, GenerationMode.NEGATIVE, with_known_workflows(simulated())))
    def check(case: Case[Any]) -> None:
        if operation.id == TRIGGER and not is_wrong(case, ParameterLocation.PATH):
            case.path_parameters = lenient_rig.waiting_run()
        case.validate_response(lenient_rig.call(operation, case), checks=[*CHECKS, negative_data_rejection])

    check()


@every_operation
def test_a_request_for_what_exists_succeeds(rig: Rig, operation: Operation) -> None:
    """With known workflows, people, devices and queries, every valid request answers 200."""

    @same_cases
    @given(case=cases(rig, operation, GenerationMode.POSITIVE, with_known_names(simulated(), rig.sim)))
    def check(case: Case[Any]) -> None:
        if operation.id == TRIGGER:
            case.path_parameters = rig.waiting_run()
        answer = rig.call(operation, case)
        case.validate_response(answer, checks=CHECKS)
        assert answer.status_code == httpx.codes.OK

    check()


@every_operation
def test_a_call_without_a_credential_is_refused(rig: Rig, operation: Operation) -> None:
    """The API host answers 401 without a body, the token host with that of OAuth."""
    answer = rig.send(operation, operation.method)

    assert answer.status_code == httpx.codes.UNAUTHORIZED
    assert answer.json()["error"] == "invalid_client" if operation.is_login else answer.content == b""


@every_operation
def test_a_method_that_is_not_declared_is_refused(rig: Rig, operation: Operation) -> None:
    """It answers 405, and names those that there are."""
    answers = [rig.send(operation, method) for method in METHODS if method != operation.method]

    assert {answer.status_code for answer in answers} == {httpx.codes.METHOD_NOT_ALLOWED}
    assert all(operation.method in answer.headers["allow"].split(",") for answer in answers)
