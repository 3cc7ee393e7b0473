"""The environment, read once into a frozen value; everything that is wrong is said at once."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, ValidationInfo, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.domain.errors import ConfigurationError
from bot.nexthink.tenant import QUERY_ID_PATTERN
from bot.policy.check import check_policy
from bot.policy.rules import Policy, read_policy
from bot.store.engine import check_address

SLACK_API = "https://slack.com/api/"
REGIONS = ("us", "eu", "pac", "meta")
_MAY_BE_EMPTY = frozenset({"nexthink_devices_query", "nexthink_status_query", "nexthink_recent_query"})


def _begins_with(prefix: str, where: str) -> Callable[[SecretStr], SecretStr]:
    def check(token: SecretStr) -> SecretStr:
        if not token.get_secret_value().startswith(prefix):
            raise ValueError(f"it must begin with {prefix}; copy it from {where}")
        return _secret_word(token)

    return check


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("write an address that begins with https://")
    return text.rstrip("/")


def _one_word(text: str) -> str:
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("it holds a character that no token has, such as a space or a line break; copy it anew")
    return text


def _secret_word(secret: SecretStr) -> SecretStr:
    _one_word(secret.get_secret_value())
    return secret


def _query_id(text: str) -> str:
    if text and not QUERY_ID_PATTERN.fullmatch(text):
        raise ValueError("write the id of an NQL API query, such as #fixdesk_user_devices, or leave it empty")
    return text


def _header_value(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise ValueError("write plain letters and digits: it is sent as an HTTP header")
    return text


def _needed_for(transport: str, mend: str) -> Callable[[SecretStr | None, ValidationInfo], SecretStr | None]:
    """Accept a missing secret only where the other transport is chosen."""

    def check(secret: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if secret is None and info.data.get("slack_transport") == transport:
            raise ValueError(mend)
        return secret

    return check


def _no_oauth(secret: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
    # Bolt reads these two from the environment by itself, and then drops the bot token with only a log line.
    if secret and info.data.get("slack_client_id"):
        raise ValueError("unset it and SLACK_CLIENT_ID; fixdesk uses SLACK_BOT_TOKEN")
    return secret


def _needed_for_tenant(value: str | None, info: ValidationInfo) -> str | None:
    """Accept a missing part of the tenant's name only where both hosts are given."""
    if not value and not (info.data.get("nexthink_api_url") and info.data.get("nexthink_login_url")):
        raise ValueError("set it, from your API address https://INSTANCE.api.REGION.nexthink.cloud")
    return value


def _tenant_name(text: str | None, info: ValidationInfo) -> str | None:
    if text and not re.fullmatch(r"[a-zA-Z0-9-]+", text):
        raise ValueError("write only the tenant's name: the first label of its address")
    return _needed_for_tenant(text, info)


_NEEDED_BY_SOCKETS = "set it to an app-level token (xapp-…) with connections:write: Basic Information"
_NEEDED_BY_HTTP = "SLACK_TRANSPORT=http needs it; copy it from Basic Information > App Credentials"

URL = Annotated[str, AfterValidator(_url)]
QueryId = Annotated[str, AfterValidator(_query_id)]


class LocalSettings(BaseSettings):
    """What commands need that only look at this machine. The names of the fields are the variables, in lower case."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    fixdesk_policy: Path | None = None
    fixdesk_thesaurus: Path | None = None
    fixdesk_database_url: str = "sqlite+aiosqlite:///fixdesk.db"

    @model_validator(mode="before")
    @classmethod
    def _leave_empty_ones_out(cls, values: Any) -> Any:
        """Take an empty variable as unset, but for the queries, where empty means "not set up".

        White space around a value goes: a mounted secret often ends in a line break.
        """
        texts = {key: value.strip() if isinstance(value, str) else value for key, value in values.items()}
        return {key: value for key, value in texts.items() if value != "" or key in _MAY_BE_EMPTY}


class NexthinkSettings(LocalSettings):
    """What commands need that talk to Nexthink, and to nobody else."""

    nexthink_api_url: URL | None = None
    nexthink_login_url: URL | None = None
    nexthink_instance: Annotated[str | None, AfterValidator(_tenant_name), Field(validate_default=True)] = None
    nexthink_region: Annotated[
        Literal["us", "eu", "pac", "meta"] | None, AfterValidator(_needed_for_tenant), Field(validate_default=True)
    ] = None
    nexthink_client_id: Annotated[str, AfterValidator(_one_word)]
    nexthink_client_secret: Annotated[SecretStr, AfterValidator(_secret_word)]
    nexthink_devices_query: QueryId = "#fixdesk_user_devices"
    nexthink_status_query: QueryId = "#fixdesk_execution_status"
    nexthink_recent_query: QueryId = "#fixdesk_recent_executions"
    nexthink_source: Annotated[str, AfterValidator(_header_value)] | None = None

    @property
    def api_url(self) -> str:
        """The host of Nexthink's API."""
        return self.nexthink_api_url or f"https://{self.nexthink_instance}.api.{self.nexthink_region}.nexthink.cloud"

    @property
    def login_url(self) -> str:
        """The host of Nexthink's tokens: another one."""
        tenant = f"https://{self.nexthink_instance}-login.{self.nexthink_region}.nexthink.cloud"
        return self.nexthink_login_url or tenant


class Settings(NexthinkSettings):
    """Everything that the bot needs."""

    slack_transport: Literal["socket", "http"] = "socket"
    slack_bot_token: Annotated[SecretStr, AfterValidator(_begins_with("xoxb-", "OAuth & Permissions"))]
    slack_app_token: Annotated[
        Annotated[SecretStr, AfterValidator(_begins_with("xapp-", "Basic Information > App-Level Tokens"))] | None,
        AfterValidator(_needed_for("socket", _NEEDED_BY_SOCKETS)),
        Field(validate_default=True),
    ] = None
    slack_signing_secret: Annotated[
        Annotated[SecretStr, AfterValidator(_secret_word)] | None,
        AfterValidator(_needed_for("http", _NEEDED_BY_HTTP)),
        Field(validate_default=True),
    ] = None
    slack_api_url: URL = SLACK_API
    slack_client_id: str | None = None
    slack_client_secret: Annotated[SecretStr | None, AfterValidator(_no_oauth)] = None

    fixdesk_hook_secret: Annotated[SecretStr, AfterValidator(_secret_word)] | None = None
    fixdesk_http_host: str = "127.0.0.1"
    fixdesk_http_port: int = Field(default=3000, ge=0, le=65535)


_Settings = TypeVar("_Settings", bound=LocalSettings)

_MENDS: Mapping[str, str] = {
    "slack_bot_token": "set it to the bot token (xoxb-…) of your Slack app: OAuth & Permissions",
    "nexthink_client_id": "set it to the id of a Nexthink credential: Administration > API credentials",
    "nexthink_client_secret": "set it to the secret of that Nexthink credential",
    "nexthink_region": f"write one of {', '.join(REGIONS)}",
    "slack_transport": "write socket or http",
    "fixdesk_http_port": "write a port number from 0 to 65535",
}
_NOT_SET = frozenset({_NEEDED_BY_SOCKETS, _NEEDED_BY_HTTP})


def read_configuration() -> tuple[Settings, Policy | None]:
    """Read all that the bot needs: the environment and the policy file; look at the database's path.

    Raises `ConfigurationError` with every fault of all of them; no sentence holds a secret.
    """
    return _read(Settings)


def read_nexthink_configuration() -> tuple[NexthinkSettings, Policy | None]:
    """Read the same without what is Slack's: a command does not need it."""
    return _read(NexthinkSettings)


def _read(kind: Callable[[], _Settings]) -> tuple[_Settings, Policy | None]:
    faults: list[str] = []
    settings = None
    try:
        settings = kind()
    except ValidationError as error:
        faults += _sentences([dict(one) for one in error.errors()])
    policy = None
    local = settings or LocalSettings()
    try:
        # Where the rest of the environment is wrong, the policy's faults are told along with it.
        policy = load_policy(local.fixdesk_policy)
    except ConfigurationError as error:
        faults += error.faults
    try:
        check_address(local.fixdesk_database_url)
    except ConfigurationError as error:
        faults += error.faults
    if settings is None or faults:
        raise ConfigurationError(faults)
    return settings, policy


def _sentences(errors: list[dict[str, Any]]) -> list[str]:
    """Return a sentence a fault; a host that is given but wrong does not make the tenant's name missing too."""
    named = {str(error["loc"][0]) for error in errors}
    has_wrong_host = not named.isdisjoint({"nexthink_api_url", "nexthink_login_url"})
    tenant = {"nexthink_instance", "nexthink_region"}
    return [
        _sentence(error)
        for error in errors
        if not (has_wrong_host and error["input"] is None and error["loc"][0] in tenant)
    ]


def _sentence(error: dict[str, Any]) -> str:
    name = str(error["loc"][0])
    said = str(error["msg"]).removeprefix("Value error, ")
    if said in _NOT_SET:
        return f"{name.upper()} is not set: {said}"
    if error["type"] == "missing":
        return f"{name.upper()} is not set: {_MENDS.get(name, 'set it')}"
    return f"{name.upper()}: {_MENDS.get(name, said) if error['type'] != 'value_error' else said}"


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


def policy_warnings(path: Path | None) -> list[str]:
    """Return what is worth a look in a policy file that was read: rules that nobody can use, and the like."""
    return check_policy(path.read_text(encoding="utf-8"), str(path)) if path else []
