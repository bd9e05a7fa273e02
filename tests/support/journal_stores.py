"""The stores of the order journal, opened by functions that other processes can import."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

from octopus_cards.journal import Journal, JournalStore
from support.paths import PROJECT


def open_sqlite(path: Path, **ciphers: Any) -> JournalStore:
    """Open the journal in a file."""
    return Journal.open(path, **ciphers)


def open_django(dsn: dict[str, Any], **ciphers: Any) -> JournalStore:
    """Open the example for Django."""
    store: JournalStore = configured_django(dsn).DjangoJournal(**ciphers)
    return store


def configured_django(dsn: dict[str, Any]) -> Any:
    """Return the module of the example, with Django set up for this database."""
    settings: Any = importlib.import_module("django.conf").settings
    if not settings.configured:
        database = {"ENGINE": "django.db.backends.postgresql"} | {name.upper(): value for name, value in dsn.items()}
        settings.configure(DATABASES={"default": database}, INSTALLED_APPS=[], USE_TZ=True)
        importlib.import_module("django").setup()
    return example("django_journal")


def open_sqlalchemy(dsn: dict[str, Any], **ciphers: Any) -> JournalStore:
    """Open the example for SQLAlchemy."""
    store: JournalStore = example("sqlalchemy_journal").SQLAlchemyJournal(create_engine(dsn), **ciphers)
    return store


def create_engine(dsn: dict[str, Any]) -> Any:
    """Return an engine that keeps no connection open."""
    sqlalchemy: Any = importlib.import_module("sqlalchemy")
    address = {"username": dsn["user"], "host": dsn["host"], "port": dsn["port"], "database": dsn["name"]}
    url = sqlalchemy.URL.create("postgresql+psycopg", **address)
    return sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)


def example(name: str) -> Any:
    """Import a module of examples/journals."""
    folder = str(PROJECT / "examples" / "journals")
    if folder not in sys.path:
        sys.path.append(folder)
    return importlib.import_module(name)
