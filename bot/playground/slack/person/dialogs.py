"""Modals: submit and close them, and do what the app's answer asks for.

https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.playground.slack import modals, payloads
from bot.playground.slack.delivery.envelope import Kind
from bot.playground.slack.installation import Installation
from bot.playground.slack.kit.reading import Json, all_elements, held
from bot.playground.slack.person import form
from bot.playground.slack.person.answer import Answer
from bot.playground.slack.person.seat import Seat
from bot.playground.slack.refusal import RefusedError
from bot.playground.slack.workspace import View


class Dialogs(Seat):
    """What a person does with a modal as a whole."""

    async def submit(self, view: View) -> Answer:
        """Press a modal's submit button; nothing is sent while a field is empty or wrong.

        Without an ack, or with one that Slack refuses, the modal stays open and the answer is not ok.
        """
        top = self.open_view(view)
        if not self.views or self.views[-1].id != top.id:
            raise LookupError(f"the modal {top.title!r} is not on top")
        if not form.may_submit(top):
            return Answer(ok=False, error="cannot_submit", message="This form has no submit button to press yet.")
        if errors := form.problems(top):
            return Answer(ok=False, error="invalid_input", message=form.REQUIRED, errors=errors)
        payload = payloads.view_submission(self._install, self.person, top, self._response_urls(top))
        delivery = await self._deliveries.deliver(Kind.INTERACTIVE, f"{top.title} submitted", payload)
        answered = delivery.payload or {}
        if not delivery.ok:
            return self._answer(delivery, "The form")
        answer = self._try(lambda: self._respond(top, answered), "The form", delivery)
        is_errors = answer.ok and answered.get("response_action") == "errors"
        return replace(answer, errors=answered["errors"]) if is_errors else answer

    async def close(self, view: View, *, is_cleared: bool = False) -> Answer:
        """Press Cancel, or the x, which closes the whole stack."""
        shown = self.open_view(view)
        clears = is_cleared or bool(shown.body.get("clear_on_close"))
        told = self.views[0] if clears else shown
        if clears:
            modals.close_all(self._install, self.person_id)
        else:
            modals.close(self._install, shown)
        if not told.body.get("notify_on_close"):
            return Answer(ok=True)
        payload = payloads.view_closed(self._install, self.person, told, is_cleared=clears)
        return self._answer(
            await self._deliveries.deliver(Kind.INTERACTIVE, f"{told.title} closed", payload), "Closing"
        )

    def _respond(self, submitted: View, answered: Mapping[str, Any]) -> None:
        # While the app made up its mind it may have changed the view, or opened another in its place.
        view = self._workspace.view(submitted.id)
        if view is None:
            return
        if not answered:
            modals.close(self._install, view)
            return
        action = _RESPONSES.get(str(answered.get("response_action")))
        if action is None:
            raise RefusedError("invalid_response_action", [f"[ERROR] no such response: {sorted(answered)}"])
        action(self._install, view, answered)

    def _response_urls(self, view: View) -> list[Json]:
        urls: list[Json] = []
        for block, element in all_elements(view.blocks):
            names = {"block_id": block["block_id"], "action_id": element.get("action_id", "")}
            if element.get("response_url_enabled"):
                channel = held(dict(view.values[names["block_id"]][names["action_id"]]))
                if channel:
                    url = self._responses.issue(self.person_id, channel)
                    urls.append({**names, "channel_id": channel, "response_url": url})
        return urls


def _show_errors(_install: Installation, view: View, answered: Mapping[str, Any]) -> None:
    errors = answered.get("errors")
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not errors.keys() <= inputs:
        raise RefusedError("invalid_response_action", [f"[ERROR] errors must name input blocks: {sorted(inputs)}"])
    if not all(isinstance(text, str) and text for text in errors.values()):
        raise RefusedError("invalid_response_action", ["[ERROR] each of the errors must be a text"])


def _update(install: Installation, view: View, answered: Mapping[str, Any]) -> None:
    modals.update(install, view, modals.read_body(install, answered.get("view"), "modal"))


def _push(install: Installation, view: View, answered: Mapping[str, Any]) -> None:
    modals.push(install, view.person, modals.read_body(install, answered.get("view"), "modal"))


def _clear(install: Installation, view: View, _answered: Mapping[str, Any]) -> None:
    modals.close_all(install, view.person)


_RESPONSES: Mapping[str, Callable[[Installation, View, Mapping[str, Any]], None]] = {
    "errors": _show_errors,
    "update": _update,
    "push": _push,
    "clear": _clear,
}
