"""The client of the tenant that the settings name."""

import pytest

from bot.settings import NexthinkSettings
from bot.tenancy import queries_of, tenant_of


def test_every_variable_reaches_the_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hosts, credential, label and queries."""
    values = {
        "NEXTHINK_API_URL": "http://127.0.0.1:1",
        "NEXTHINK_LOGIN_URL": "http://127.0.0.1:2",
        "NEXTHINK_CLIENT_ID": "client",
        "NEXTHINK_CLIENT_SECRET": "secret",
        "NEXTHINK_SOURCE": "fixdesk",
        "NEXTHINK_DEVICES_QUERY": "#devices",
        "NEXTHINK_STATUS_QUERY": "#status",
        "NEXTHINK_RECENT_QUERY": "#recent",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    settings = NexthinkSettings()

    tenant, queries = tenant_of(settings), queries_of(settings)

    told = [tenant.api_url, tenant.login_url, tenant.client_id, tenant.client_secret, tenant.source]
    assert [*told, queries.devices, queries.status, queries.recent] == list(values.values())
