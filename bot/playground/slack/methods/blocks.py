"""The method that checks Block Kit JSON for anybody who asks.

https://docs.slack.dev/reference/methods/blocks.validate
"""

from bot.playground.slack.kit.request import validate
from bot.playground.slack.methods.calls import Call, Json, Method
from bot.playground.slack.refusal import RefusedError


def blocks_validate(call: Call) -> Json:
    """Say whether blocks, a message or a view would be accepted, and what is wrong with it."""
    answer = validate(call.args)
    if answer["ok"]:
        return {}
    facts = {"errors": answer["errors"]} if "errors" in answer else {}
    raise RefusedError(answer["error"], answer["response_metadata"]["messages"], facts=facts)


METHODS = {"blocks.validate": Method(blocks_validate, needs_token=False)}
