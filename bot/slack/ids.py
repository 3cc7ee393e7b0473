"""Every command, action, view and block that Slack sends back to fixdesk."""

import enum


class CommandId(enum.StrEnum):
    """Slash commands of the manifest."""

    FIX = "/fix"


class ActionId(enum.StrEnum):
    """Controls: `step.verb`."""

    WORKFLOW = "run.workflow"
    DEVICE = "run.device"
    OPTION = "run.option"
    TEXT = "run.text"
    STAR = "run.star"
    UNSTAR = "run.unstar"
    APPROVE_START = "approval.approve"
    DENY_START = "approval.deny"
    APPROVE_RESUME = "resume.approve"
    DENY_RESUME = "resume.deny"
    APPROVE_WITH_WORDS = "resume.approve_with_words"
    DENY_WITH_WORDS = "resume.deny_with_words"
    DETAILS = "decision.details"
    REASON = "decision.reason"
    WITHDRAW = "run.withdraw"
    CHECK_AGAIN = "uncertain.check"
    START_AGAIN = "uncertain.again"
    LEAVE_IT = "uncertain.leave"


class ViewId(enum.StrEnum):
    """Modals, by callback id."""

    RUN = "run.form"
    NOTICE = "run.notice"
    DECISION = "decision.reason"


class BlockId(enum.StrEnum):
    """Blocks whose name never changes; those of parameters are made in `blocks.run`.

    A card's buttons keep theirs through every edit, so that a press that was under way during one is still theirs.
    """

    WORKFLOW = "workflow"
    DEVICE = "device"
    FAVOURITE = "favourite"
    DECISION = "decision"
    SETTLEMENT = "settlement"
    WITHDRAWAL = "withdrawal"
    REASON = "reason"
