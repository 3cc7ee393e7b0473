"""The environment, read once into a frozen value; everything that is wrong is said at once."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.domain.errors import ConfigurationError
from bot.policy.rules import Policy, read_policy

SLACK_API = "https://slack.com/api/"
REGIONS = ("us", "eu", "pac", "meta")
_MAY_BE_EMPTY = frozenset({"nexthink_devices_query", "nexthink_status_query", "nexthink_recent_query"})


def _begins_with(prefix: str, where: str) -> Callable[[SecretStr], SecretStr]:
    def check(token: SecretStr) -> SecretStr:
        if not token.get_secret_value().startswith(prefix):
            raise ValueError(f"it must begin with {prefix}; copy it from {where}")
        return token

    return check


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("write an address such as https://acme.api.eu.nexthink.cloud")
    return text.rstrip("/")


def _query_id(text: str) -> str:
    if text and not re.fullmatch(r"#[a-z0-9_]{2,255}", text):
        raise ValueError("write the id of an NQL API query, such as #fixdesk_user_devices, or leave it empty")
    return text


def _header_value(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise ValueError("write plain letters and digits: it is sent as an HTTP header")
    return text


def _host_label(text: str) -> str:
    if not re.fullmatch(r"[a-zA-Z0-9-]+", text):
        raise ValueError("write only the tenant's name: the first label of its address")
    return text


URL = Annotated[str, AfterValidator(_url)]
QueryId = Annotated[str, AfterValidator(_query_id)]


class LocalSettings(BaseSettings):
    """What commands need that only look at this machine. The names of the fields are the variables, in lower case."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    fixdesk_policy: Path | None = None
    fixdesk_database_url: str = "sqlite+aiosqlite:///fixdesk.db"

    @model_validator(mode="before")
    @classmethod
    def _leave_empty_ones_out(cls, values: Any) -> Any:
        """Take an empty variable as unset, but for the queries, where empty means "not set up"."""
        return {key: value for key, value in values.items() if value != "" or key in _MAY_BE_EMPTY}


class Settings(LocalSettings):
    """Everything that the bot needs."""

    slack_bot_token: Annotated[SecretStr, AfterValidator(_begins_with("xoxb-", "OAuth & Permissions"))]
    slack_app_token: Annotated[SecretStr, AfterValidator(_begins_with("xapp-", "Basic Information > App-Level Tokens"))]
    slack_signing_secret: SecretStr | None = None
    slack_transport: Literal["socket", "http"] = "socket"
    slack_api_url: URL = SLACK_API
    slack_client_id: str | None = None
    slack_client_secret: SecretStr | None = None

    nexthink_instance: Annotated[str, AfterValidator(_host_label)] | None = None
    nexthink_region: Literal["us", "eu", "pac", "meta"] | None = None
    nexthink_client_id: str
    nexthink_client_secret: SecretStr
    nexthink_api_url: URL | None = None
    nexthink_login_url: URL | None = None
    nexthink_devices_query: QueryId = "#fixdesk_user_devices"
    nexthink_status_query: QueryId = "#fixdesk_execution_status"
    nexthink_recent_query: QueryId = "#fixdesk_recent_executions"
    nexthink_source: Annotated[str, AfterValidator(_header_value)] | None = None

    fixdesk_http_host: str = "127.0.0.1"
    fixdesk_http_port: int = Field(default=3000, ge=0, le=65535)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = [fault for fault in (self._transport_fault(), self._tenant_fault(), self._oauth_fault()) if fault]
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def _transport_fault(self) -> str:
        if self.slack_transport == "http":
            return "SLACK_TRANSPORT: http is not built yet; leave it out or write socket"
        return ""

    def _tenant_fault(self) -> str:
        has_tenant = self.nexthink_instance and self.nexthink_region
        if has_tenant or (self.nexthink_api_url and self.nexthink_login_url):
            return ""
        missing = [
            name
            for name, value in (
                ("NEXTHINK_INSTANCE", self.nexthink_instance),
                ("NEXTHINK_REGION", self.nexthink_region),
            )
            if not value
        ]
        return f"{' and '.join(missing)}: set the tenant, from https://INSTANCE.api.REGION.nexthink.cloud"

    def _oauth_fault(self) -> str:
        # Bolt reads these two from the environment by itself, and then drops the bot token with only a log line.
        if self.slack_client_id and self.slack_client_secret:
            return "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET: unset them; fixdesk uses SLACK_BOT_TOKEN"
        return ""

    @property
    def api_url(self) -> str:
        """The host of Nexthink's API."""
        return self.nexthink_api_url or f"https://{self.nexthink_instance}.api.{self.nexthink_region}.nexthink.cloud"

    @property
    def login_url(self) -> str:
        """The host of Nexthink's tokens: another one."""
        tenant = f"https://{self.nexthink_instance}-login.{self.nexthink_region}.nexthink.cloud"
        return self.nexthink_login_url or tenant


_MENDS: Mapping[str, str] = {
    "slack_bot_token": "set it to the bot token (xoxb-…) of your Slack app: OAuth & Permissions",
    "slack_app_token": "set it to an app-level token (xapp-…) with connections:write: Basic Information",
    "nexthink_client_id": "set it to the id of a Nexthink credential: Administration > API credentials",
    "nexthink_client_secret": "set it to the secret of that Nexthink credential",
    "nexthink_region": f"write one of {', '.join(REGIONS)}",
    "slack_transport": "write socket (http is not built yet)",
    "fixdesk_http_port": "write a port number from 0 to 65535",
}


def read_configuration() -> tuple[Settings, Policy | None]:
    """Read the environment and the policy file that it names; raise `ConfigurationError` with every fault of both.

    No sentence holds a value of the environment.
    """
    faults: list[str] = []
    settings = None
    try:
        settings = Settings()
    except ValidationError as error:
        faults += [line for one in error.errors() for line in _sentences(dict(one))]
    policy = None
    try:
        # Where the rest of the environment is wrong, the policy's faults are told along with it.
        policy = load_policy((settings or LocalSettings()).fixdesk_policy)
    except ConfigurationError as error:
        faults += error.faults
    if settings is None or faults:
        raise ConfigurationError(faults)
    return settings, policy


def _sentences(error: dict[str, Any]) -> list[str]:
    name = str(error["loc"][0]) if error["loc"] else ""
    said = str(error["msg"]).removeprefix("Value error, ")
    if not name:
        return said.splitlines()
    if error["type"] == "missing":
        return [f"{name.upper()} is not set: {_MENDS.get(name, 'set it')}"]
    return [f"{name.upper()}: {_MENDS.get(name, said) if error['type'] != 'value_error' else said}"]


def load_policy(path: Path | None) -> Policy | None:
    """Read the policy file; None without a path. Raises `ConfigurationError` for a missing or wrong one."""
    if path is None:
        return None
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ConfigurationError(
            [f"FIXDESK_POLICY: {path} cannot be read ({why}); give the path of a policy file"]
        ) from None
    return read_policy(text, str(path))
