"""Answer blocks.validate: say everything that is wrong with blocks, a message or a view.

https://docs.slack.dev/reference/methods/blocks.validate
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from bot.playground.slack.kit import limits
from bot.playground.slack.kit.problem import Problem, broken, missing, wrong_type
from bot.playground.slack.kit.together import block_problems
from bot.playground.slack.kit.validate import is_too_large, message_problems, metadata_error, size_of, view_problems
from bot.playground.slack.kit.views import VIEWS

Json = dict[str, Any]


def validate(arguments: Mapping[str, Any]) -> Json:
    """Return Slack's whole answer for exactly one of `blocks`, `message` and `view`, as JSON text or parsed."""
    given = [name for name in _KINDS if arguments.get(name) not in (None, "")]
    if len(given) != 1:
        sentence = "[ERROR] must provide exactly one of blocks, message and view"
        return {"ok": False, "error": "invalid_arguments", "response_metadata": {"messages": [sentence]}}
    name = given[0]
    problems = _problems(name, arguments[name])
    if not problems:
        return {"ok": True}
    return {
        "ok": False,
        "error": f"invalid_{name}",
        "errors": [problem.answer for problem in problems],
        "response_metadata": {"messages": [str(problem) for problem in problems]},
    }


def _problems(name: str, value: Any) -> list[Problem]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return [wrong_type("valid JSON", "")]
    return _KINDS[name](value)


def _blocks(blocks: Any) -> list[Problem]:
    # Blocks alone do not say where they are to stand, so every kind of block may be among them.
    return [*block_problems(blocks, "blocks", "/blocks")]


def _message(message: Any) -> list[Problem]:
    if not isinstance(message, dict):
        return [wrong_type("an object", "")]
    problems = message_problems(message.get("blocks"), message.get("attachments"))
    if not any(message.get(name) for name in ("text", "blocks", "attachments", "markdown_text")):
        problems.append(missing("text, blocks or attachments", ""))
    error = metadata_error(message.get("metadata"))
    if error:
        problems.append(Problem(error, "/metadata"))
    return problems


def _view(view: Any) -> list[Problem]:
    kind = view.get("type") if isinstance(view, dict) else None
    if kind not in VIEWS:
        return [broken(f"must be a valid view type: {', '.join(VIEWS)}", "/view/type", "enum", [*VIEWS], kind)]
    problems = view_problems(view, kind)
    if is_too_large(view):
        most = limits.VIEW_BYTES.maximum
        problems.append(broken(f"must be less than {most + 1} bytes", "/view", "max_bytes", most, size_of(view)))
    return problems


_KINDS: Mapping[str, Callable[[Any], list[Problem]]] = {"blocks": _blocks, "message": _message, "view": _view}
