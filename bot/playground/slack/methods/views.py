"""The methods about modals and the Home tab.

https://docs.slack.dev/reference/methods/views.open
"""

from bot.playground.slack import modals
from bot.playground.slack.methods.calls import Call, Json, Method
from bot.playground.slack.payloads import view_json
from bot.playground.slack.rate import Tier
from bot.playground.slack.refusal import RefusedError, missing
from bot.playground.slack.workspace import View


def views_open(call: Call) -> Json:
    """Open a modal in front of whoever caused the trigger."""
    trigger_id = str(call.required("trigger_id"))
    body = modals.read_body(call.install, call.required("view"), "modal")
    trigger = call.install.triggers.check(trigger_id)
    view = modals.open_root(call.install, trigger.person, body)
    call.install.triggers.use(trigger_id)
    return _answer(call, view)


def views_push(call: Call) -> Json:
    """Put a modal on top of the one from which the trigger came."""
    trigger_id = str(call.required("trigger_id"))
    body = modals.read_body(call.install, call.required("view"), "modal")
    trigger = call.install.triggers.check(trigger_id)
    open_ones = [view.id for view in call.install.workspace.stack(trigger.person)]
    if trigger.view_id not in open_ones:
        raise RefusedError("not_found")
    view = modals.push(call.install, trigger.person, body)
    call.install.triggers.use(trigger_id)
    return _answer(call, view)


def views_update(call: Call) -> Json:
    """Replace what an open view shows."""
    view = _named_view(call)
    body = modals.read_body(call.install, call.required("view"), view.body["type"])
    modals.check_hash(view, call.args.get("hash"))
    return _answer(call, modals.update(call.install, view, body))


def views_publish(call: Call) -> Json:
    """Show a Home tab to a person."""
    if not call.install.manifest.home_tab:
        raise RefusedError("not_enabled")
    person = call.person("user_id")
    body = modals.read_body(call.install, call.required("view"), "home")
    old = call.install.workspace.homes.get(person.id)
    if old is not None:
        modals.check_hash(old, call.args.get("hash"))
    return _answer(call, modals.publish(call.install, person.id, body))


def _named_view(call: Call) -> View:
    view_id, external_id = call.args.get("view_id"), call.args.get("external_id")
    if not view_id and not external_id:
        raise missing("view_id or external_id")
    if view_id and external_id:
        raise RefusedError("invalid_arguments", ["[ERROR] must provide only one of view_id and external_id"])
    workspace = call.install.workspace
    view = workspace.view(str(view_id)) if view_id else workspace.view_called(str(external_id))
    if view is None:
        raise RefusedError("not_found")
    return view


def _answer(call: Call, view: View) -> Json:
    # What people typed is told when they act, not in the answers to the app's own calls.
    return {"view": view_json(call.install.workspace, view, {})}


METHODS = {
    "views.open": Method(views_open, tier=Tier.FOUR),
    "views.push": Method(views_push, tier=Tier.FOUR),
    "views.update": Method(views_update, tier=Tier.FOUR),
    "views.publish": Method(views_publish, tier=Tier.FOUR),
}
