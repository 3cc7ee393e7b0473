"""The tables, in types that SQLite and PostgreSQL share; a change here needs a migration beside it."""

from datetime import UTC, datetime

from sqlalchemy import JSON, Column, DateTime, ForeignKey, Index, Integer, MetaData, Table, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept and given back in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Turn a time into UTC on its way in."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - as above
        """Give a time its zone back: SQLite drops it, PostgreSQL may choose another."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class CleanText(TypeDecorator[str]):
    """Text without the character NUL, which PostgreSQL does not take."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - as above
        """Put the sign for what cannot be shown in its place."""
        return value and value.replace("\x00", "\ufffd")


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    }
)
"""Every constraint has a name, so that a later migration can take hold of it."""

catalog = Table(
    "catalog",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("workflows", JSON, nullable=False),
    Column("fetched_at", UtcDateTime, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("view_id", CleanText, nullable=False, unique=True),
    Column("requester_slack_id", CleanText, nullable=False),
    Column("requester_name", CleanText, nullable=False),
    Column("requester_upn", CleanText, nullable=False),
    Column("workflow_id", CleanText, nullable=False),
    Column("workflow_uuid", CleanText, nullable=False),
    Column("workflow_name", CleanText, nullable=False),
    Column("workflow_version", CleanText, nullable=False),
    Column("target", JSON, nullable=False),
    Column("parameters", JSON, nullable=False),
    Column("state", CleanText, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("channel_id", CleanText, nullable=False),
    Column("request_id", CleanText, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("started_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("note", CleanText, nullable=False),
    Index(None, "state", "created_at"),
    Index(None, "requester_slack_id", "created_at"),
)

executions = Table(
    "executions",
    metadata,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("execution_id", CleanText, nullable=False),
    Column("state", CleanText, nullable=False),
    Column("details", CleanText, nullable=False),
    Column("device_name", CleanText, nullable=False),
    Index(None, "run_id", "execution_id", unique=True),
)

decisions = Table(
    "decisions",
    metadata,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", CleanText, primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),  # which execution; 0 for an approval
    Column("state", CleanText, nullable=False),
    Column("deciders", JSON, nullable=False),
    Column("channel_id", CleanText, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("parameters", JSON(none_as_null=True)),  # of a resume only
    Column("verdict_choice", CleanText),  # null = no verdict, and so are the five below
    Column("verdict_slack_id", CleanText),
    Column("verdict_name", CleanText),
    Column("verdict_upn", CleanText),
    Column("verdict_at", UtcDateTime),
    Column("verdict_reason", CleanText),
    Column("details", JSON(none_as_null=True)),  # what only one of the two kinds has
    Column("note", CleanText, nullable=False),
    Index(None, "state"),
)

cards = Table(
    "cards",
    metadata,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("role", CleanText, primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("channel_id", CleanText, nullable=False),
    Column("ts", CleanText, nullable=False),
    Column("shown_revision", Integer, nullable=False),
    Index(None, "channel_id", "ts"),
)

work = Table(
    "work",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", CleanText, nullable=False),
    Column("identity", CleanText, nullable=False, unique=True),
    Column("subject", JSON, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("wanted", Integer, nullable=False),
    Column(
        "claimed_wanted", Integer, nullable=False
    ),  # `wanted` when it was last claimed; with `attempts` it names a claim
    Column("claimed_until", UtcDateTime),
    Column("done_at", UtcDateTime),
    Column("failure", CleanText, nullable=False),
    Index(None, "done_at", "due_at"),
    sqlite_autoincrement=True,  # an id is never given twice, even after rows were forgotten
)

batches = Table(
    "batches",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("key", CleanText, nullable=False),
    Column("workflow_id", CleanText, nullable=False),
    Column("workflow_uuid", CleanText, nullable=False),
    Column("workflow_name", CleanText, nullable=False),
    Column("parameters", JSON, nullable=False),
    Column("actor", CleanText, nullable=False),
    Column("rule", CleanText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "key", "created_at"),
)

batch_parts = Table(
    "batch_parts",
    metadata,
    Column("batch_id", ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("targets", JSON, nullable=False),
    Column("state", CleanText, nullable=False),
    Column("request_id", CleanText, nullable=False),
    Column("execution_ids", JSON, nullable=False),
    Column("note", CleanText, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)

resumptions = Table(
    "resumptions",
    metadata,
    Column("execution_id", CleanText, primary_key=True),  # in lower case
    Column("state", CleanText, nullable=False),
    Column("actor", CleanText, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)

favourites = Table(
    "favourites",
    metadata,
    Column("slack_id", CleanText, primary_key=True),
    Column("workflow_id", CleanText, primary_key=True),
    Column("since", UtcDateTime, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", CleanText, nullable=False),
    Column("action", CleanText, nullable=False),
    Column("subject", JSON, nullable=False),
    Column("previous_hash", CleanText, nullable=False),
    Column("hash", CleanText, nullable=False),
)

probes = Table(
    "probes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("writes", Integer, nullable=False),
)
