"""Settings: every variable, every fault at once, and no secret in any of them."""

import os
from pathlib import Path

import pytest

from bot.domain.errors import ConfigurationError
from bot.settings import Settings, load_policy, read_configuration, read_nexthink_configuration

LEAST = {
    "SLACK_BOT_TOKEN": "xoxb-secret-1",
    "SLACK_APP_TOKEN": "xapp-secret-2",
    "NEXTHINK_INSTANCE": "acme",
    "NEXTHINK_REGION": "eu",
    "NEXTHINK_CLIENT_ID": "client",
    "NEXTHINK_CLIENT_SECRET": "secret-3",
}


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what the machine sets."""
    for name in os.environ:
        if name.startswith(("SLACK_", "NEXTHINK_", "FIXDESK_")):
            monkeypatch.delenv(name)


def read(monkeypatch: pytest.MonkeyPatch, **changes: str | None) -> Settings:
    """Read the least that is needed, with changes; None leaves a variable out."""
    for name, value in (LEAST | changes).items():
        if value is not None:
            monkeypatch.setenv(name, value)
    return read_configuration()[0]


def faults_of(monkeypatch: pytest.MonkeyPatch, **changes: str | None) -> list[str]:
    """Return the faults of an environment, after a look that none holds a secret."""
    with pytest.raises(ConfigurationError) as caught:
        read(monkeypatch, **changes)
    assert "secret" not in " ".join(caught.value.faults).replace("the secret of", "").replace("_SECRET", "").casefold()
    return list(caught.value.faults)


def test_least_environment_has_the_documented_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """Socket transport, the tenant's hosts, the three queries, a file beside it, the loopback."""
    settings = read(monkeypatch)

    assert settings.slack_transport == "socket"
    assert settings.slack_api_url == "https://slack.com/api"
    assert settings.api_url == "https://acme.api.eu.nexthink.cloud"
    assert settings.login_url == "https://acme-login.eu.nexthink.cloud"
    assert settings.nexthink_devices_query == "#fixdesk_user_devices"
    assert settings.nexthink_status_query == "#fixdesk_execution_status"
    assert settings.nexthink_recent_query == "#fixdesk_recent_executions"
    assert settings.nexthink_source is None
    assert settings.fixdesk_policy is None
    assert settings.fixdesk_database_url == "sqlite+aiosqlite:///fixdesk.db"
    assert (settings.fixdesk_http_host, settings.fixdesk_http_port) == ("127.0.0.1", 3000)


@pytest.mark.parametrize(
    ("name", "value", "field", "read_as"),
    [
        ("SLACK_SIGNING_SECRET", "abc", "slack_signing_secret", "abc"),
        ("SLACK_TRANSPORT", "socket", "slack_transport", "socket"),
        ("SLACK_API_URL", "http://127.0.0.1:5000/api/", "slack_api_url", "http://127.0.0.1:5000/api"),
        ("NEXTHINK_REGION", "pac", "nexthink_region", "pac"),
        ("NEXTHINK_REGION", "meta", "nexthink_region", "meta"),
        ("NEXTHINK_API_URL", "http://127.0.0.1:5001/", "api_url", "http://127.0.0.1:5001"),
        ("NEXTHINK_LOGIN_URL", "http://127.0.0.1:5001", "login_url", "http://127.0.0.1:5001"),
        ("NEXTHINK_DEVICES_QUERY", "#my_devices", "nexthink_devices_query", "#my_devices"),
        ("NEXTHINK_STATUS_QUERY", "", "nexthink_status_query", ""),
        ("NEXTHINK_RECENT_QUERY", "", "nexthink_recent_query", ""),
        ("NEXTHINK_SOURCE", "fixdesk-eu", "nexthink_source", "fixdesk-eu"),
        (
            "FIXDESK_DATABASE_URL",
            "sqlite+aiosqlite:///other.db",
            "fixdesk_database_url",
            "sqlite+aiosqlite:///other.db",
        ),
        ("FIXDESK_HTTP_HOST", "0.0.0.0", "fixdesk_http_host", "0.0.0.0"),  # noqa: S104 - a container listens on all
        ("FIXDESK_HTTP_PORT", "8080", "fixdesk_http_port", 8080),
        ("FIXDESK_HTTP_PORT", "0", "fixdesk_http_port", 0),
    ],
)
def test_variable_is_read(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, field: str, read_as: str | int
) -> None:
    """Under its own name; the end of an address may have a slash."""
    found = getattr(read(monkeypatch, **{name: value}), field)

    assert (found.get_secret_value() if hasattr(found, "get_secret_value") else found) == read_as


def test_both_hosts_make_the_tenant_unnecessary(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the playground has it."""
    settings = read(
        monkeypatch,
        NEXTHINK_INSTANCE=None,
        NEXTHINK_REGION=None,
        NEXTHINK_API_URL="http://127.0.0.1:1",
        NEXTHINK_LOGIN_URL="http://127.0.0.1:2",
    )

    assert (settings.api_url, settings.login_url) == ("http://127.0.0.1:1", "http://127.0.0.1:2")


def test_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """But for the queries, where it means that they are not set up."""
    names = (
        "SLACK_TRANSPORT",
        "SLACK_API_URL",
        "SLACK_SIGNING_SECRET",
        "NEXTHINK_API_URL",
        "NEXTHINK_LOGIN_URL",
        "NEXTHINK_SOURCE",
        "FIXDESK_POLICY",
        "FIXDESK_DATABASE_URL",
        "FIXDESK_HTTP_HOST",
        "FIXDESK_HTTP_PORT",
    )
    unset = dict.fromkeys(names, "")

    settings = read(monkeypatch, **unset, NEXTHINK_DEVICES_QUERY="")

    assert settings.model_dump(exclude={"nexthink_devices_query"}) == read(monkeypatch).model_dump(
        exclude={"nexthink_devices_query"}
    )
    assert settings.nexthink_devices_query == ""


@pytest.mark.parametrize(
    ("name", "value", "mend"),
    [
        ("SLACK_BOT_TOKEN", None, "is not set: set it to the bot token (xoxb-…)"),
        ("SLACK_BOT_TOKEN", "", "is not set: set it to the bot token (xoxb-…)"),
        ("SLACK_BOT_TOKEN", "xoxp-secret", ": it must begin with xoxb-; copy it from OAuth & Permissions"),
        ("SLACK_APP_TOKEN", None, "is not set: set it to an app-level token (xapp-…)"),
        ("SLACK_APP_TOKEN", "xoxb-secret", ": it must begin with xapp-; copy it from Basic Information"),
        ("SLACK_BOT_TOKEN", "xoxb-se\ncret", ": it holds a character that no token has"),
        ("SLACK_BOT_TOKEN", "xoxb-sé cret", ": it holds a character that no token has"),
        ("SLACK_APP_TOKEN", "xapp-se cret", ": it holds a character that no token has"),
        ("NEXTHINK_CLIENT_ID", "se\ncret", "; copy it"),
        ("NEXTHINK_CLIENT_ID", "se cret", "; copy it"),
        ("NEXTHINK_CLIENT_SECRET", "se\tcret", ": it holds a character that no token has"),
        ("NEXTHINK_CLIENT_SECRET", "se cret", ": it holds a character that no token has"),
        ("SLACK_TRANSPORT", "carrier pigeon", ": write socket or http"),
        ("SLACK_TRANSPORT", "pigeon-secret", ": write socket"),
        ("SLACK_API_URL", "slack-secret", ": write an address"),
        ("NEXTHINK_INSTANCE", None, ": set it"),
        ("NEXTHINK_INSTANCE", "acme.secret", ": write only the tenant's name"),
        ("NEXTHINK_REGION", None, ": set it"),
        ("NEXTHINK_REGION", "secret", ": write one of us, eu, pac, meta"),
        ("NEXTHINK_CLIENT_ID", None, "is not set: set it to the id of a Nexthink credential"),
        ("NEXTHINK_CLIENT_SECRET", None, "is not set: set it to the secret of that Nexthink credential"),
        ("NEXTHINK_API_URL", "ftp://secret", ": write an address"),
        ("NEXTHINK_API_URL", "http://[secret", ": write an address"),
        ("NEXTHINK_LOGIN_URL", "https://", ": write an address"),
        ("NEXTHINK_LOGIN_URL", "https://secret:65536", ": write an address"),
        ("NEXTHINK_LOGIN_URL", "https://secret:port", ": write an address"),
        ("SLACK_API_URL", "http://127.0.0.1:-1/api/", ": write an address"),
        ("NEXTHINK_DEVICES_QUERY", "#Secret", ": write the id of an NQL API query"),
        ("NEXTHINK_STATUS_QUERY", "secret", ": write the id of an NQL API query"),
        ("NEXTHINK_RECENT_QUERY", "#", ": write the id of an NQL API query"),
        ("NEXTHINK_SOURCE", "secrét", ": write plain letters and digits"),
        ("NEXTHINK_SOURCE", "secret\r\nX-Evil: 1", ": write plain letters and digits"),
        ("FIXDESK_HTTP_PORT", "secret", ": write a port number from 0 to 65535"),
        ("FIXDESK_HTTP_PORT", "65536", ": write a port number from 0 to 65535"),
        ("FIXDESK_DATABASE_URL", "mysql://root:secret@db/x", ""),
        ("FIXDESK_POLICY", "nowhere.yaml", ": nowhere.yaml cannot be read"),
    ],
)
def test_fault_names_its_variable_and_the_mend(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str | None, mend: str
) -> None:
    """One fault is one sentence, and it repeats no value that could be a secret."""
    (fault,) = faults_of(monkeypatch, **{name: value})

    assert fault.startswith(name)
    assert mend in fault


@pytest.mark.parametrize("name", ["NEXTHINK_API_URL", "NEXTHINK_LOGIN_URL"])
def test_wrong_host_does_not_make_the_tenant_missing_too(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Who gives both hosts needs no tenant; mending the one that is wrong is enough."""
    hosts = {"NEXTHINK_API_URL": "http://127.0.0.1:1", "NEXTHINK_LOGIN_URL": "http://127.0.0.1:2"}

    (fault,) = faults_of(monkeypatch, NEXTHINK_INSTANCE=None, NEXTHINK_REGION=None, **(hosts | {name: "secret"}))

    assert fault.startswith(f"{name}: write an address")


def test_wrong_host_and_wrong_tenant_are_both_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is missing for the host's sake is left out."""
    faults = faults_of(monkeypatch, NEXTHINK_REGION="mars", NEXTHINK_API_URL="secret")

    assert sorted(fault.partition(":")[0] for fault in faults) == ["NEXTHINK_API_URL", "NEXTHINK_REGION"]


def test_white_space_around_a_value_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mounted secret often ends in a line break; blank is as good as unset."""
    spaced = {name: f" {value}\r\n" for name, value in LEAST.items()}

    settings = read(monkeypatch, **spaced, SLACK_TRANSPORT=" ", NEXTHINK_STATUS_QUERY="\n", FIXDESK_HTTP_PORT=" 8080\n")

    assert settings.slack_bot_token.get_secret_value() == "xoxb-secret-1"
    assert settings.nexthink_client_secret.get_secret_value() == "secret-3"
    assert (settings.nexthink_client_id, settings.nexthink_status_query) == ("client", "")
    assert settings.api_url == "https://acme.api.eu.nexthink.cloud"
    assert (settings.slack_transport, settings.fixdesk_http_port) == ("socket", 8080)


def test_all_that_is_missing_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A first start names everything that a bot needs."""
    faults = faults_of(monkeypatch, **dict.fromkeys(LEAST, None))

    assert sorted(fault.split()[0].removesuffix(":") for fault in faults) == sorted(LEAST)


def test_all_that_is_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Environment, policy and database together."""
    policy = tmp_path / "policy.yaml"
    policy.write_text("version: 1\npeple: {}\n", encoding="utf-8")

    faults = faults_of(
        monkeypatch,
        SLACK_BOT_TOKEN=None,
        SLACK_TRANSPORT="pigeon",
        NEXTHINK_REGION="mars",
        FIXDESK_HTTP_PORT="x",
        FIXDESK_POLICY=str(policy),
        FIXDESK_DATABASE_URL="mysql://db",
    )

    names = ["SLACK_BOT_TOKEN", "SLACK_TRANSPORT", "NEXTHINK_REGION", "FIXDESK_HTTP_PORT", "FIXDESK_DATABASE_URL"]
    for name in names:
        assert [fault for fault in faults if fault.startswith(name)], name
    for key in ("people", "peple"):
        assert [fault for fault in faults if fault.startswith(f"{policy}:") and f": {key}: " in fault], key
    assert len(faults) == 7


def test_variables_of_oauth_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bolt would take both of them and drop the bot token; one alone does no harm."""
    (fault,) = faults_of(monkeypatch, SLACK_CLIENT_ID="1.2", SLACK_CLIENT_SECRET="secret")
    assert "SLACK_CLIENT_ID" in fault
    assert "SLACK_CLIENT_SECRET" in fault

    monkeypatch.delenv("SLACK_CLIENT_SECRET")
    assert read(monkeypatch, SLACK_CLIENT_ID="1.2").slack_client_id == "1.2"


def test_settings_never_show_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither printed nor in a log."""
    settings = read(monkeypatch, SLACK_SIGNING_SECRET="secret-4")

    assert "secret-" not in f"{settings!r} {settings}"


def test_policy_is_read_with_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """None without a path."""
    path = tmp_path / "policy.yaml"
    path.write_text("version: 1\npeople: {domains: [example.com]}\n", encoding="utf-8")
    read(monkeypatch)
    assert read_configuration()[1] is None

    monkeypatch.setenv("FIXDESK_POLICY", str(path))
    policy = read_configuration()[1]

    assert policy is not None
    assert policy.people.domains == ("example.com",)


@pytest.mark.parametrize(
    ("content", "why"), [(None, "No such file"), (b"\xff\xfe", "not UTF-8 text"), (b"", "write a policy here")]
)
def test_policy_that_cannot_be_read_is_told(tmp_path: Path, content: bytes | None, why: str) -> None:
    """Set but missing or wrong is a fault, never no policy."""
    path = tmp_path / "policy.yaml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ConfigurationError, match=why):
        load_policy(path)


def test_folder_is_no_policy(tmp_path: Path) -> None:
    """It cannot be read as one."""
    with pytest.raises(ConfigurationError, match=r"FIXDESK_POLICY: .* cannot be read"):
        load_policy(tmp_path)


def test_command_needs_nothing_of_slack(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong variables of Slack do not concern it, and what it misses is all said at once."""
    with pytest.raises(ConfigurationError) as caught:
        read_nexthink_configuration()
    needed = {name for name in LEAST if name.startswith("NEXTHINK_")}
    assert {fault.split()[0].removesuffix(":") for fault in caught.value.faults} == needed
    for name in needed:
        monkeypatch.setenv(name, LEAST[name])
    monkeypatch.setenv("SLACK_BOT_TOKEN", "pigeon")

    settings, policy = read_nexthink_configuration()

    assert settings.api_url == "https://acme.api.eu.nexthink.cloud"
    assert policy is None


def test_http_needs_the_signing_secret_and_no_app_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each transport asks for its own credential alone; a form is still checked."""
    over_http = {"SLACK_TRANSPORT": "http", "SLACK_APP_TOKEN": None}

    settings = read(monkeypatch, **over_http, SLACK_SIGNING_SECRET="secret-4")
    monkeypatch.delenv("SLACK_SIGNING_SECRET")

    assert (settings.slack_transport, settings.slack_app_token) == ("http", None)
    (fault,) = faults_of(monkeypatch, **over_http)
    assert fault.startswith("SLACK_SIGNING_SECRET is not set: SLACK_TRANSPORT=http needs it; copy it from Basic")
    assert len(faults_of(monkeypatch, SLACK_SIGNING_SECRET="two words", SLACK_APP_TOKEN="xoxb-1")) == 2
