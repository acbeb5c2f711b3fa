"""The schema of a database: which version it has, and how it gets the one that this Colophon needs."""

import threading
from importlib import resources

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from colophon.errors import OutputError
from colophon.storing.tables import metadata

# A name of our own, so that an operator's own Alembic can live in the same database.
VERSION_TABLE = "colophon_schema"
# Alembic keeps the step that it runs in a global of its module.
_alembic = threading.Lock()


def newest() -> str:
    """Return the version that this Colophon reads and writes."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise OutputError(str(resources.files("colophon.storing") / "migrations"), "is empty; reinstall colophon")
    return head


def prepare(connection: Connection, shown: str, *, upgrade: bool) -> None:
    """Bring the schema to the newest version: an empty database always, an older one when ``upgrade`` says so.

    Runs inside the caller's transaction. ``shown`` names the database in errors.
    Raises OutputError when the schema is older, newer, or not Colophon's.
    """
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    found = context.get_current_revision()
    if found == newest():
        return
    if found is None:
        _refuse_foreign_tables(connection, shown)
    elif found not in _known():
        raise OutputError(
            shown,
            f"its schema {found} is newer than this Colophon, which knows {newest()}; install the Colophon that made "
            "it, or a later one",
        )
    elif not upgrade:
        raise OutputError(
            shown,
            f"its schema {found} is older than this Colophon's {newest()}; make a back-up, then add --upgrade",
        )
    with _alembic:
        command.upgrade(config_for(connection), "head")


def config_for(connection: Connection) -> Config:
    """Return what Alembic's commands need to work on ``connection``, in its transaction."""
    config = _config()
    config.attributes.update(connection=connection, version_table=VERSION_TABLE)
    return config


def _refuse_foreign_tables(connection: Connection, shown: str) -> None:
    taken = sorted(set(metadata.tables) & set(inspect(connection).get_table_names()))
    if taken:
        raise OutputError(
            shown,
            f"has tables named {', '.join(taken)} that Colophon did not make; give Colophon a database, or in "
            "PostgreSQL a schema, of its own",
        )


def _known() -> set[str]:
    return {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def _config() -> Config:
    config = Config()
    folder = str(resources.files("colophon.storing") / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    return config
