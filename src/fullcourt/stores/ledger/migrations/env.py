"""Alembic's entry: runs the revisions on the connection the ledger hands over."""

from __future__ import annotations

from alembic import context

from fullcourt.stores.ledger import schema

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=schema.metadata, transactional_ddl=False)
context.run_migrations()
