"""Bring a database to the schema of this program, in the transaction of the connection that is given."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.store.faults import misconfigured

_SCRIPTS = Path(__file__).with_name("migrations")


def migrate(connection: Connection) -> None:
    """Apply the migrations that are missing; raise `ConfigurationError` for a database of a newer program."""
    config = _config(connection)
    scripts = ScriptDirectory.from_config(config)
    known = {script.revision for script in scripts.walk_revisions()}
    present = set(MigrationContext.configure(connection).get_current_heads())
    if not present <= known:
        revision = ", ".join(sorted(present - known))
        raise misconfigured(
            f"the database was made by a newer fixdesk (its revision {revision} is not known here); "
            "start that version, or name another database"
        )
    if present != set(scripts.get_heads()):
        command.upgrade(config, "heads")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))  # a lone % would be read as a variable
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
