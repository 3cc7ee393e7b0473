"""The login host: who gets a token, and how long it is worth something."""

from typing import Any

import httpx
import pytest

from tests.playground.nexthink.bench import TOKEN_FORM, TOKEN_PATH, Bench

GOOD = {"auth": ("playground-client", "playground-secret"), "data": TOKEN_FORM}


async def ask(bench: Bench, **request: Any) -> httpx.Response:
    """Ask the login host for a token."""
    return await bench.http.post(bench.sim.login_url + TOKEN_PATH, **request)


async def test_a_token_is_a_bearer_for_fifteen_minutes(bench: Bench) -> None:
    """The answer has the published members."""
    answer = (await ask(bench, **GOOD)).json()

    assert answer.pop("access_token")
    assert answer == {"token_type": "Bearer", "expires_in": 900, "scope": "service:integration"}


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"auth": ("playground-client", "wrong")}, 401, "invalid_client"),
        ({"auth": ("wrong", "playground-secret")}, 401, "invalid_client"),
        ({"auth": None}, 401, "invalid_client"),
        ({"auth": None, "headers": {"Authorization": "Basic !"}}, 401, "invalid_client"),
        ({"auth": None, "headers": {"Authorization": "Bearer x"}}, 401, "invalid_client"),
        ({"data": {**TOKEN_FORM, "grant_type": "password"}}, 400, "unsupported_grant_type"),
        ({"data": {**TOKEN_FORM, "scope": "openid"}}, 400, "invalid_scope"),
        ({"data": {"grant_type": "client_credentials"}}, 400, "invalid_request"),
        ({"data": {**TOKEN_FORM, "client_id": "playground-client"}}, 400, "invalid_request"),
        ({"data": {**TOKEN_FORM, "scope": ["service:integration"] * 2}}, 400, "invalid_request"),
        ({"params": {"scope": "service:integration"}}, 400, "invalid_request"),
        ({"data": None, "json": TOKEN_FORM}, 400, "invalid_request"),
    ],
)
async def test_a_wrong_token_request_is_refused(bench: Bench, change: dict[str, Any], status: int, error: str) -> None:
    """Refusals have the form of RFC 6749."""
    answer = await ask(bench, **{**GOOD, **change})

    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert ("www-authenticate" in answer.headers) == (status == 401)


async def test_a_token_ends_with_its_time(bench: Bench) -> None:
    """A call with an expired token answers 401 and no body."""
    bench.clock.move(seconds=899)
    assert (await bench.get("/api/v1/workflows")).status_code == 200

    bench.clock.move(seconds=1)
    answer = await bench.get("/api/v1/workflows")

    assert (answer.status_code, answer.content) == (401, b"")


@pytest.mark.parametrize("authorization", ["", "Bearer nonsense", "Basic {}", "{}"])
async def test_a_call_needs_a_bearer_token(bench: Bench, authorization: str) -> None:
    """A token that is missing, unknown or in another scheme answers 401 and no body."""
    headers = {"Authorization": authorization.format(bench.token)}
    answer = await bench.http.get(bench.sim.api_url + "/api/v1/workflows", headers=headers)

    assert (answer.status_code, answer.content) == (401, b"")


async def test_revoked_tokens_are_unknown(bench: Bench) -> None:
    """Tokens can be taken back before their time, and a new one works."""
    bench.sim.revoke_tokens()
    assert (await bench.get("/api/v1/workflows")).status_code == 401

    await bench.login()

    assert (await bench.get("/api/v1/workflows")).status_code == 200


async def test_the_hosts_are_told_apart(bench: Bench) -> None:
    """The API host gives no token, and the login host knows no workflow."""
    assert (await bench.http.post(bench.sim.api_url + TOKEN_PATH)).status_code == 404
    assert (await bench.http.get(bench.sim.login_url + "/api/v1/workflows")).status_code == 404


@pytest.mark.parametrize(("held", "workflows", "nql"), [({"workflows"}, 200, 403), ({"nql"}, 403, 200)])
async def test_a_missing_permission_is_403_with_a_body(
    new_bench: Any, held: set[str], workflows: int, nql: int
) -> None:
    """Each API answers in its own form."""
    bench = await new_bench(permissions=frozenset(held))

    listed, executed = await bench.get("/api/v1/workflows"), await bench.nql("#fixdesk_recent_executions")

    assert (listed.status_code, executed.status_code) == (workflows, nql)
    refusal = listed if workflows == 403 else executed
    assert set(refusal.json()) == ({"code", "details"} if workflows == 403 else {"message", "code", "source"})
