"""The check of requests: what it lets through, and how it words what is wrong."""

from typing import Any

import pytest

from bot.playground.nexthink.request_log import LoggedRequest
from tests.conformance.requests_check import faults_of

UUID = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
TOKEN, EXECUTE, NQL = "/oauth2/default/v1/token", "/api/v2/workflows/execute", "/api/v2/nql/execute"
TRIGGER = f"/api/v1/workflows/workflows/{UUID}/execution/{UUID}/trigger"
START = {"workflowId": "#a", "users": [{"upn": "ada@example.com"}], "devices": [], "params": {}}
FORM = "grant_type=client_credentials&scope=service%3Aintegration"


def get(path: str, *, query: dict[str, str] | None = None, body: Any = None, **headers: str) -> LoggedRequest:
    """Log a call that reads."""
    return LoggedRequest("GET", path, query or {}, {"authorization": "Bearer …", **headers}, body)


def post(path: str, body: Any, **headers: str) -> LoggedRequest:
    """Log a call with a body."""
    usual = {"authorization": "Bearer …", "content-type": "application/json"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return LoggedRequest("POST", path, {}, {**usual, **named}, body)


def login(body: str = FORM, **headers: str) -> LoggedRequest:
    """Log a call for a token."""
    usual = {"authorization": "Basic …", "content_type": "application/x-www-form-urlencoded; charset=utf-8"}
    return post(TOKEN, body, **{**usual, **headers})


@pytest.mark.parametrize(
    "request_",
    [
        login(),
        get("/api/v1/workflows"),
        get("/api/v1/workflows", query={"dependency": "NONE", "fetchOnlyActiveWorkflows": "true"}, source="fixdesk"),
        get("/api/v1/workflows/details", query={"nqlId": "#a"}),
        post(EXECUTE, START),
        post(EXECUTE, {**START, "devices": [{"uid": UUID}]}, content_type="application/json; charset=utf-8"),
        post("/api/v1/workflows/execute", {"workflowId": "#a", "users": ["S-1-5-21"], "devices": [UUID]}),
        post(TRIGGER, {"parameters": {"decision": "approved"}}),
        post(NQL, {"queryId": "#devices", "parameters": {"upn": "ada@example.com"}}, x_utc_times="true"),
        post("/api/v1/nql/execute", {"queryId": "#devices"}),
    ],
)
def test_a_right_request_has_no_faults(request_: LoggedRequest) -> None:
    """All declared forms are let through."""
    assert faults_of([request_]) == []


@pytest.mark.parametrize(
    ("request_", "fault"),
    [
        (get("/api/v1/workflow"), "GET /api/v1/workflow: the contract has no such operation"),
        (get(EXECUTE), "no such operation"),
        (post(f"/api/v1/workflows/{UUID}/execution/{UUID}/trigger", {}), "no such operation"),
        (post(TRIGGER.replace(UUID, "7", 1), {}), 'path workflowUuid: "7" does not match'),
        (get("/api/v1/workflows", query={"page": "2"}), "query page: is not declared"),
        (get("/api/v1/workflows", query={"dependency": "user"}), 'query dependency: "user" is not one of'),
        (get("/api/v1/workflows", query={"fetchOnlyActiveWorkflows": "1"}), 'is not of type "boolean"'),
        (get("/api/v1/workflows", body={}), "body: is not declared"),
        (get("/api/v1/workflows", authorization="Basic …"), "header Authorization: must be Bearer, not Basic"),
        (get("/api/v1/workflows/details"), "query nqlId: is missing"),
        (get("/api/v1/workflows/details", query={"nqlId": "a"}), 'query nqlId: "a" does not match "^#"'),
        (login(authorization="Bearer …"), "header Authorization: must be Basic, not Bearer"),
        (login(content_type="application/json"), "must be application/x-www-form-urlencoded, not application/json"),
        (login(f"{FORM}&client_id=a"), "'client_id' was unexpected"),
        (login(FORM.replace("service", "user")), "body/scope:"),
        (
            post(EXECUTE, START, content_type="text/plain"),
            "Content-Type: must be application/json, not text/plain",
        ),
        (post(EXECUTE, None), 'body: null is not of type "object"'),
        (post(EXECUTE, {**START, "triggerInfo": {}}), "body: Additional properties are not allowed ('triggerInfo'"),
        (post(EXECUTE, {**START, "users": [{"email": "a"}]}), "body/users/0:"),
        (post(EXECUTE, {**START, "users": [{"upn": "zoë@example.com"}]}), "body/users/0/upn:"),
        (post(EXECUTE, {**START, "users": []}), "body:"),
        (post(EXECUTE, {key: START[key] for key in ("workflowId", "users")}), '"devices" is a required property'),
        (post(EXECUTE, {**START, "params": {"a": 1}}), 'body/params/a: 1 is not of type "string"'),
        (post(TRIGGER, {"parameters": {"decision": ""}}), "body/parameters/decision:"),
        (post(NQL, {"queryId": "#A"}), "body/queryId:"),
        (post(NQL, {"queryId": "#ab"}, x_utc_times="yes"), "header x-utc-times:"),
        (post(NQL, {"queryId": "#ab"}, source="fixdesk"), "header Source: is not declared"),
    ],
)
def test_a_wrong_request_is_named_with_its_fault(request_: LoggedRequest, fault: str) -> None:
    """The place and the reason can be read, after the method and the path."""
    faults = "\n".join(faults_of([request_]))

    assert faults.startswith(f"{request_.method} {request_.path}: ")
    assert fault in faults


def test_each_wrong_request_is_reported() -> None:
    """The right ones between them are not."""
    faults = faults_of([get("/a"), get("/api/v1/workflows"), get("/b"), post(TRIGGER, [], authorization="")])

    assert [fault.split(": ")[0] for fault in faults] == ["GET /a", "GET /b", f"POST {TRIGGER}", f"POST {TRIGGER}"]
