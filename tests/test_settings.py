"""Settings: defaults that work on a fresh clone, and the environment over them."""

from pathlib import Path

import pytest

from qcore.settings import ASSETS, REPOSITORY, Settings, data_dir, settings


def test_the_repository_is_where_the_package_lies() -> None:
    assert (REPOSITORY / "pyproject.toml").is_file()
    assert ASSETS.is_dir()


def test_defaults_need_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QLINICAL_DATABASE", raising=False)
    monkeypatch.delenv("QLINICAL_DATA", raising=False)
    monkeypatch.delenv("QLINICAL_PROGRAMS", raising=False)
    fresh = Settings()
    assert fresh.database.startswith("sqlite:///")
    assert Path(fresh.database.removeprefix("sqlite:///")).is_relative_to(REPOSITORY)
    assert fresh.data.is_absolute()
    assert fresh.programs.is_relative_to(REPOSITORY / ".cache"), "what git ignores and make clean removes"


def test_the_environment_wins_and_is_read_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("QLINICAL_DATA", str(tmp_path))
    settings.cache_clear()
    assert data_dir() == tmp_path
    monkeypatch.setenv("QLINICAL_DATA", str(tmp_path / "elsewhere"))
    assert data_dir() == tmp_path


def test_no_test_touches_the_compiled_circuits_of_real_runs() -> None:
    assert not settings().programs.is_relative_to(REPOSITORY)


def test_compiled_circuits_can_be_kept_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("QLINICAL_PROGRAMS", str(tmp_path / "elsewhere"))
    settings.cache_clear()
    assert settings().programs == tmp_path / "elsewhere"


def test_a_folder_that_is_not_there_is_no_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    for absent in (tmp_path / "nowhere", file):
        monkeypatch.setenv("QLINICAL_DATA", str(absent))
        settings.cache_clear()
        assert data_dir() is None
