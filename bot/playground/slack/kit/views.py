"""What a modal and a Home tab may hold, beside their blocks.

https://docs.slack.dev/reference/views/modal-views
https://docs.slack.dev/reference/views/home-tab-views
"""

from collections.abc import Mapping

from bot.playground.slack.kit import limits
from bot.playground.slack.kit.objects import PLAIN, Text
from bot.playground.slack.kit.schema import Anything, Fields, Flag, Rule, String

_COMMON: Mapping[str, Rule] = {
    "type": String(),
    "blocks": Anything(),
    "private_metadata": String(limits.PRIVATE_METADATA),
    "callback_id": String(limits.CALLBACK_ID),
    "external_id": String(limits.EXTERNAL_ID),
}
_MODAL: Mapping[str, Rule] = {
    "title": Text(limits.VIEW_TITLE, PLAIN),
    "submit": Text(limits.VIEW_SUBMIT, PLAIN),
    "close": Text(limits.VIEW_CLOSE, PLAIN),
    "clear_on_close": Flag(),
    "notify_on_close": Flag(),
    "submit_disabled": Flag(),
}
VIEWS = {
    "modal": Fields({**_COMMON, **_MODAL}, ("type", "title", "blocks")),
    "home": Fields(_COMMON, ("type", "blocks")),
}
