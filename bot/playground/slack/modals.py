"""Open, push, update and close modals, one stack for each person.

https://docs.slack.dev/surfaces/modals
"""

from dataclasses import replace
from typing import Any

from bot.playground.slack.installation import Installation
from bot.playground.slack.kit.reading import initial_values, with_ids
from bot.playground.slack.kit.validate import check_view, is_too_large
from bot.playground.slack.refusal import RefusedError
from bot.playground.slack.workspace import MAX_VIEWS_IN_STACK, View

Json = dict[str, Any]


def read_body(install: Installation, definition: Any, kind: str) -> Json:
    """Check a view's definition and fill in its ids; raise a refusal for what Slack would refuse."""
    if not isinstance(definition, dict):
        raise RefusedError("invalid_arguments", ["[ERROR] must provide an object [json-pointer:/view]"])
    if is_too_large(definition):
        raise RefusedError("view_too_large")
    errors = check_view(definition, kind)
    if errors:
        raise RefusedError("invalid_arguments", errors)
    return {**definition, "blocks": with_ids(definition["blocks"], install.mint.short)}


def open_root(install: Installation, person: str, body: Json) -> View:
    """Show a modal as the only one in front of a person."""
    view = _new_view(install, person, body, previous=None)
    install.workspace.set_stack(person, [view])
    return view


def push(install: Installation, person: str, body: Json) -> View:
    """Put a modal on top of the one that a person has open."""
    stack = install.workspace.stack(person)
    if not stack:
        raise RefusedError("not_found")
    if len(stack) >= MAX_VIEWS_IN_STACK:
        raise RefusedError("push_limit_reached")
    view = _new_view(install, person, body, previous=stack[-1])
    install.workspace.set_stack(person, [*stack, view])
    return view


def update(install: Installation, view: View, body: Json) -> View:
    """Replace a view in place; what was typed stays where block_id and action_id stay."""
    _check_external_id(install, body, view.id)
    values = initial_values(body["blocks"], view.values)
    return install.workspace.put_view(replace(view, body=body, hash=install.mint.hash(), values=values))


def publish(install: Installation, person: str, body: Json) -> View:
    """Show a Home tab to a person."""
    old = install.workspace.homes.get(person)
    if old is not None:
        return update(install, old, body)
    view = _new_view(install, person, body, previous=None)
    install.workspace.homes[person] = view
    install.workspace.changes.announce()
    return view


def close(install: Installation, view: View) -> None:
    """Take one view off its stack."""
    stack = install.workspace.stack(view.person)
    install.workspace.set_stack(view.person, [other for other in stack if other.id != view.id])


def close_all(install: Installation, person: str) -> None:
    """Close every modal in front of a person."""
    install.workspace.set_stack(person, [])


def check_hash(view: View, expected: str | None) -> None:
    """Refuse a change that was made for an older state of the view."""
    if expected and expected != view.hash:
        raise RefusedError("hash_conflict")


def _new_view(install: Installation, person: str, body: Json, previous: View | None) -> View:
    _check_external_id(install, body, "")
    view_id = install.mint.id("V")
    return View(
        id=view_id,
        person=person,
        hash=install.mint.hash(),
        body=body,
        root_view_id=previous.root_view_id if previous else view_id,
        previous_view_id=previous.id if previous else None,
        values=initial_values(body["blocks"]),
    )


def _check_external_id(install: Installation, body: Json, own_id: str) -> None:
    other = install.workspace.view_called(str(body.get("external_id") or ""))
    if other is not None and other.id != own_id:
        raise RefusedError("duplicate_external_id")
