"""The database of the records, opened once a process: a SQLite file, or PostgreSQL by URL."""

import atexit
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from qcore.errors import QlinicalError
from qcore.settings import settings

BUSY_S = 10.0  # a writer holds SQLite for less than a millisecond, so this is a long queue
SCHEMA_LOCK = 7_164_316_425  # any number: the name of PostgreSQL's lock around making the tables

_engines: dict[tuple[int, str], Engine] = {}
_opening = threading.Lock()


class DatabaseUnavailable(QlinicalError):
    """The records cannot be opened, read or written. The message says why and what to do."""


class Base(DeclarativeBase):
    """Parent of every table of the records."""


@contextmanager
def session(*, write: bool) -> Iterator[Session]:
    """Open a transaction on ``settings().database``; commit at the end, roll back on any error.

    The folder, the file and the tables are made on first use. There are no migrations yet: no
    column has ever changed, so ``create_all`` says the same as Alembic would in more files. The
    first change of a column brings Alembic in.

    Args:
        write: take SQLite's write lock at the start. Two transactions that read the same row
            before writing would otherwise both be granted, and one would fail at its commit.

    Raises:
        DatabaseUnavailable: anything the database refuses, the commit included.
    """
    try:
        engine = _engine(settings().database).execution_options(write=write)
        with Session(engine) as opened, opened.begin():
            yield opened
    except SQLAlchemyError as error:
        raise DatabaseUnavailable(_sentence(error)) from error


def close() -> None:
    """Close every connection of this process. The next session opens new ones."""
    with _opening:
        for key in [key for key in _engines if key[0] == os.getpid()]:
            _engines.pop(key).dispose()


atexit.register(close)


def _engine(url: str) -> Engine:
    # The process is part of the key: a connection must not be shared with a forked child.
    key = (os.getpid(), url)
    with _opening:
        if key not in _engines:
            _engines[key] = _open(url)
        return _engines[key]


def _open(url: str) -> Engine:
    try:
        parsed = make_url(url)
        is_sqlite = parsed.get_backend_name() == "sqlite"
        if is_sqlite:
            _file(parsed).parent.mkdir(parents=True, exist_ok=True)
        # Named, so that every database keeps its connections: opening SQLite anew costs 15 ms.
        engine = create_engine(
            parsed,
            poolclass=QueuePool,
            pool_pre_ping=not is_sqlite,
            connect_args={"timeout": BUSY_S} if is_sqlite else {},
        )
    except (ImportError, OSError) as error:
        raise DatabaseUnavailable(_sentence(error)) from error
    if is_sqlite:
        _prepare_sqlite(engine, _file(parsed))
    try:
        with engine.execution_options(write=True).begin() as connection:
            if not is_sqlite:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({SCHEMA_LOCK})"))
            Base.metadata.create_all(connection)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _file(url: URL) -> Path:
    if not url.database or ":memory:" in url.database or url.database.startswith("file:"):
        raise DatabaseUnavailable(
            "The audit trail needs a file of its own, not a database in memory. "
            "Set QLINICAL_DATABASE to sqlite:////folder/file.db, or leave it unset."
        )
    return Path(url.database)


def _prepare_sqlite(engine: Engine, file: Path) -> None:
    def connected(connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # SQLAlchemy begins transactions, not the driver
        _use_write_ahead_log(connection)
        entry.info["file"] = _identity(file)

    # An open connection goes on writing to a file that was deleted: rows would vanish silently.
    def checked_out(_: object, entry: ConnectionPoolEntry, __: object) -> None:
        if entry.info["file"] != _identity(file):
            raise DatabaseUnavailable(
                f"The audit trail {file} was deleted, moved or replaced while Qlinical was "
                "running. Put it back, or start Qlinical again to begin a new one."
            )

    def begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    event.listen(engine, "connect", connected)
    event.listen(engine, "checkout", checked_out)
    event.listen(engine, "begin", begin)


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    # Changing the mode ignores the busy timeout, so processes that start together must wait here.
    # A file system that refuses the mode (some network drives) keeps its own: slower, still safe.
    deadline = time.monotonic() + BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").close()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _sentence(error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    reason = (str(cause).strip().splitlines() or [type(cause).__name__])[0].rstrip(".")
    advice = "Check that its folder can be written to, or set QLINICAL_DATABASE to another database"
    if isinstance(error, ImportError):
        advice = "Install the driver: .venv/bin/python -m pip install 'psycopg[binary]'"
    return f"The audit trail in {_shown(settings().database)} cannot be used: {reason}. {advice}."


def _shown(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return "the database of QLINICAL_DATABASE"
