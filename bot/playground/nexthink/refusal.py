"""What the simulated Nexthink refuses, as errors.

RefusalError
├── WorkflowRefusalError   a `code` and `details`, the body of the Workflows API
├── NQLRefusalError        a `message`, a number and a `source`, the body of the NQL API
├── OAuthRefusalError      `error` and `error_description` of RFC 6749, the body of the token host
├── MalformedError         the body or the query is wrong; each API words it in its own form
└── UnauthorizedError      401, which carries no body
"""

from collections.abc import Mapping

UNKNOWN_QUERY_CODE = 100
"""What a live tenant answered for an unknown query (https://docs.nexthink.com/api/nql/execute-an-nql has no list)."""
INVALID_NQL_CODE = 101
"""Made up: no list of NQL codes is published."""


class RefusalError(Exception):
    """A request that is refused, with the answer's status."""

    status = 400
    headers: Mapping[str, str] = {}

    @property
    def body(self) -> Mapping[str, object] | None:
        """The JSON of the answer, or None where the answer has no body."""
        return None


class UnauthorizedError(RefusalError):
    """The bearer token is missing, unknown or expired."""

    status = 401


class MalformedError(RefusalError):
    """The request does not have the published form."""


class WorkflowRefusalError(RefusalError):
    """The Workflows API refuses; the codes are made up, since no list is published."""

    def __init__(self, code: str, details: str, status: int = 400) -> None:
        super().__init__(details)
        self.code = code
        self.details = details
        self.status = status

    @property
    def body(self) -> Mapping[str, object]:
        """The published error body."""
        return {"code": self.code, "details": self.details}


class NQLRefusalError(RefusalError):
    """The NQL API refuses."""

    def __init__(self, message: str, code: int, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status

    @property
    def body(self) -> Mapping[str, object]:
        """The published error body."""
        return {"message": self.message, "code": self.code, "source": "nql-api"}


class OAuthRefusalError(RefusalError):
    """The token host refuses (https://www.rfc-editor.org/rfc/rfc6749#section-5.2)."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status
        self.headers = {"WWW-Authenticate": 'Basic realm="nexthink"'} if status == UnauthorizedError.status else {}

    @property
    def body(self) -> Mapping[str, object]:
        """The error body of OAuth 2.0."""
        return {"error": self.error, "error_description": self.description}
