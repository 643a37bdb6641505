"""The database of the records: where it is made, and how each failure reads."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from qcore.errors import QlinicalError
from qcore.records import audit, database
from qcore.records.audit import Action
from qcore.records.database import DatabaseUnavailable
from qcore.settings import settings

Use = Callable[[str | Path], None]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Iterator[Use]:
    def choose(target: str | Path) -> None:
        url = f"sqlite:///{target}" if isinstance(target, Path) else target
        monkeypatch.setenv("QLINICAL_DATABASE", url)
        settings.cache_clear()

    yield choose
    database.close()
    settings.cache_clear()


def test_the_folder_and_the_tables_are_made_on_first_use(tmp_path: Path, use: Use) -> None:
    file = tmp_path / "a" / "b" / "trail.db"
    use(file)
    with database.session(write=False) as session:
        assert session.scalar(text("SELECT count FROM audit_head")) == 0
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
    assert file.is_file()


def test_an_error_inside_a_session_rolls_back(tmp_path: Path, use: Use) -> None:
    use(tmp_path / "trail.db")
    with pytest.raises(KeyError), database.session(write=True) as session:  # noqa: PT012
        session.execute(text("UPDATE audit_head SET count = 7"))
        raise KeyError
    assert audit.verify().broken is None


def test_readers_are_not_held_up_by_a_writer(tmp_path: Path, use: Use) -> None:
    use(tmp_path / "trail.db")
    with database.session(write=True) as writer, database.session(write=False) as reader:
        writer.execute(text("UPDATE audit_head SET hash = 'x'"))
        assert reader.scalar(text("SELECT hash FROM audit_head")) == audit.GENESIS


def test_a_writer_that_waits_too_long_is_an_error(tmp_path: Path, use: Use, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_S", 0.05)
    file = tmp_path / "trail.db"
    use(file)
    audit.append(Action.VIEW, "aki")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseUnavailable, match="database is locked"):
            audit.append(Action.VIEW, "aki")
        other.execute("ROLLBACK")
    assert audit.append(Action.VIEW, "aki").id == 2


def test_a_file_deleted_while_running_is_an_error(tmp_path: Path, use: Use) -> None:
    file = tmp_path / "trail.db"
    use(file)
    audit.append(Action.VIEW, "aki")
    moved = file.rename(tmp_path / "moved.db")
    with pytest.raises(DatabaseUnavailable, match="deleted, moved or replaced"):
        audit.append(Action.VIEW, "aki")
    moved.rename(file)
    assert audit.append(Action.VIEW, "aki").id == 2


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, use: Use) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("minutes of the ward round\n" * 100)
    use(file)
    with pytest.raises(DatabaseUnavailable, match=r"not a database\. Check that"):
        audit.verify()
    assert file.read_text().startswith("minutes")


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path, use: Use) -> None:
    (tmp_path / "taken").write_text("")
    use(tmp_path / "taken" / "trail.db")
    with pytest.raises(DatabaseUnavailable, match="set QLINICAL_DATABASE"):
        audit.verify()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:x?uri=true"])
def test_a_trail_in_memory_is_refused(url: str, use: Use) -> None:
    use(url)
    with pytest.raises(DatabaseUnavailable, match="a file of its own"):
        audit.verify()


@pytest.mark.parametrize("url", ["", "trail.db", "nothing://trail"])
def test_an_address_that_is_none_is_an_error(url: str, use: Use) -> None:
    use(url)
    with pytest.raises(QlinicalError, match="QLINICAL_DATABASE"):
        audit.verify()


def test_a_missing_driver_is_named_and_the_password_is_not(use: Use, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    use("postgresql://clinic:secret@localhost/trail")
    with pytest.raises(DatabaseUnavailable, match=r"pip install 'psycopg\[binary\]'") as caught:
        audit.verify()
    assert "secret" not in str(caught.value)


def test_a_forked_process_opens_its_own_connections(tmp_path: Path, use: Use) -> None:
    file = tmp_path / "trail.db"
    use(file)
    audit.append(Action.VIEW, "aki")
    program = """
import os
from qcore.records.audit import Action, append
append(Action.VIEW, "aki")
child = os.fork()
append(Action.VIEW, "aki")
if child:
    raise SystemExit(os.waitpid(child, 0)[1])
"""
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True, timeout=600)
    assert audit.verify().count == 4
    assert audit.verify().broken is None
