"""What Alembic runs to apply the steps: on the connection, and in the transaction, of ``upgrading.upgrade``."""

from alembic import context


def run() -> None:
    """Apply the steps that Alembic was asked for."""
    context.configure(
        connection=context.config.attributes["connection"], version_table=context.config.attributes["version_table"]
    )
    with context.begin_transaction():
        context.run_migrations()


# The name under which Alembic loads this file; anybody else who imports it (a documentation tool) starts nothing.
if __name__ == "env_py":
    run()
