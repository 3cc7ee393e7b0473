"""The modal's form: choose a workflow, see where it will run, submit."""

from collections.abc import Awaitable, Callable
from datetime import UTC

from bot.domain.errors import InvalidInputError, NotAllowedError, NotFoundError
from bot.domain.person import Person
from bot.domain.run import Send
from bot.domain.workflow import Parameter, Workflow, WorkflowId
from bot.policy.decide import rule_for
from bot.slack.background import Background
from bot.slack.blocks.form import Question
from bot.slack.blocks.run import Devices, Form, FormContext, form_view, load_context, option_value
from bot.slack.blocks.text import Block
from bot.slack.dispatch import Table
from bot.slack.forms import (
    answers_of,
    chosen_device,
    chosen_workflow,
    error_under_workflow,
    errors_under_fields,
    form_is_for,
    state_of,
)
from bot.slack.ids import ActionId, BlockId, ViewId
from bot.slack.interaction import JSON, Interaction, Kind
from bot.slack.modal import Modals
from bot.usecases.desk import Desk
from bot.usecases.form import Field, fields_of
from bot.usecases.run import Prepared, Submission, prepare_run, submit_run
from bot.usecases.work import Worker

STILL_LOADING = "The form for this workflow is still loading. Wait a moment, then press Run again."
CHOOSE_FIRST = "Choose what should be done."


class RunForms:
    """Everything in the modal that follows a chosen workflow."""

    def __init__(self, *, desk: Desk, modals: Modals, background: Background, worker: Worker) -> None:
        self._desk = desk
        self._modals = modals
        self._background = background
        self._worker = worker

    def table(self) -> Table:
        """Return what this surface answers."""
        return {
            (Kind.ACTION, ActionId.WORKFLOW): self.choose,
            (Kind.ACTION, ActionId.STAR): self.star,
            (Kind.ACTION, ActionId.UNSTAR): self.unstar,
            (Kind.SUBMISSION, ViewId.RUN): self.submit,
        }

    async def choose(self, press: Interaction) -> None:
        """Rebuild the form for the workflow that was chosen."""
        self._rebuild(press, str((press.action.get("selected_option") or {}).get("value", "")))

    async def star(self, press: Interaction) -> None:
        """Make the form's workflow a favourite, and show that it is one."""
        await self._set_favourite(press, self._desk.usage.star)

    async def unstar(self, press: Interaction) -> None:
        """Make it a favourite no more."""
        await self._set_favourite(press, self._desk.usage.unstar)

    async def _set_favourite(self, press: Interaction, change: Callable[[str, WorkflowId], Awaitable[None]]) -> None:
        value = str(press.action.get("value", ""))
        workflow = self.workflow_of(value)
        if workflow is not None:
            await change(press.slack_id, workflow.id)
        self._rebuild(press, value)

    def _rebuild(self, press: Interaction, value: str) -> None:
        """Show the form of a workflow; Slack keeps what was typed into fields that stay."""
        context = load_context(str(press.view.get("private_metadata", "")))

        async def make() -> Block:
            workflow = self.workflow_of(value)
            if workflow is None:
                raise NotFoundError("This workflow is not in the catalog any more. Please type /fix again.")
            return await self.view_for(workflow, await self._desk.person(press.slack_id), context)

        self._background.spawn(self._modals.fill(press.view_id, make))

    async def view_for(self, workflow: Workflow, person: Person, context: FormContext) -> Block:
        """Return the form of one workflow for one person; raise `NotAllowedError` where they may not run it."""
        prepared = await prepare_run(workflow.id, person, context.channel_id, desk=self._desk)
        form = Form(
            workflow=prepared.workflow,
            devices=_devices(prepared),
            questions=tuple(_question(field) for field in prepared.fields),
            is_favourite=self._desk.usage.usage.is_favourite(person.slack_id, workflow.id),
            notes=tuple(note for note in (_approval_note(prepared), self._desk.catalog.age_note()) if note),
        )
        return form_view(form, context, self._desk.clock().astimezone(UTC))

    async def submit(self, submission: Interaction) -> JSON | None:
        """Store what was handed in and close the modal, or say under the fields what is missing."""
        view = submission.view
        chosen, (made_for, version) = chosen_workflow(view), form_is_for(view)
        workflow = self.workflow_of(chosen)
        if workflow is None or chosen != made_for:
            return _errors(error_under_workflow(STILL_LOADING if chosen else CHOOSE_FIRST))
        shown = self.shown_parameters(workflow)
        context = load_context(str(view.get("private_metadata", "")))
        handed_in = Submission(
            view_id=submission.view_id,
            slack_id=submission.slack_id,
            channel_id=context.channel_id,
            workflow_id=workflow.id,
            version=version,
            device_uid=chosen_device(view) if BlockId.DEVICE in state_of(view) else context.device,
            answers=answers_of(view, workflow, shown),
        )
        try:
            await submit_run(handed_in, desk=self._desk)
        except InvalidInputError as error:
            return _errors(errors_under_fields(error.fields, view, workflow, shown))
        except (NotAllowedError, NotFoundError) as error:
            about = {"workflow_id": workflow.id, "channel_id": context.channel_id}
            await self._desk.record_refusal(submission.slack_id, "submission.refused", about, str(error))
            return _errors(error_under_workflow(str(error)))
        self._worker.wake()
        return None

    def workflow_of(self, value: str) -> Workflow | None:
        """Return the workflow that an option stands for."""
        known = self._desk.catalog.get(WorkflowId(value))
        if known is not None or not value:
            return known
        index = self._desk.catalog.index
        listed = index.workflows if index else ()
        return next((workflow for workflow in listed if option_value(workflow) == value), None)

    def shown_parameters(self, workflow: Workflow) -> tuple[Parameter, ...]:
        """Return the parameters that the form asks for, in its order."""
        rule = rule_for(self._desk.policy, workflow.id)
        return tuple(field.parameter for field in fields_of(workflow, rule)) if rule else ()


def _errors(errors: dict[str, str]) -> JSON:
    return {"response_action": "errors", "errors": errors}


def _question(field: Field) -> Question:
    return Question(
        parameter=field.parameter,
        label=field.label,
        hint=field.help,
        is_optional=field.rule.optional,
        default=field.rule.default or "",
        type=field.rule.type,
    )


def _devices(prepared: Prepared) -> Devices:
    """Say where it will run, and let the person choose where fixdesk names the device."""
    found = prepared.found
    if found.trouble:
        return Devices(chosen=None, lines=(f"{found.trouble}: Nexthink takes the device that you used last.",))
    stale = "This device has not been seen for a while: is it the right one?" if found.is_stale else ""
    if prepared.send is Send.USER:
        lines = (f"It runs for {prepared.upn}. Nexthink takes the device that you used last.", stale)
        return Devices(chosen=found.newest, lines=tuple(line for line in lines if line))
    ask = "You used two devices at nearly the same time: please choose." if found.must_ask else ""
    return Devices(
        chosen=None if found.must_ask else found.newest,
        choices=found.devices,
        lines=tuple(line for line in (ask, stale) if line),
    )


def _approval_note(prepared: Prepared) -> str:
    if prepared.rule.approval is None:
        return ""
    return f"{' or '.join(prepared.rule.approval.by)} must approve before it starts."
