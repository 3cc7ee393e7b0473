"""Alembic's entry: migrate the connection that `bot.store.migration` hands over. Logging stays as it is."""

from alembic import context

from bot.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite's too, since the engine says BEGIN itself: a migration is kept whole or not at all
    render_as_batch=True,  # SQLite changes a column by copying the table
)
with context.begin_transaction():
    context.run_migrations()
