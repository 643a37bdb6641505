"""Installed from a wheel, the library finds its assets, keeps its files at home, and notices another qcore."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from qcore.settings import REPOSITORY

pytestmark = pytest.mark.slow

PARTS = (".ci", "assets", "dashboard", "qcore", "LICENSE", "README.md", "constraints.txt", "pyproject.toml")
PIP = ("-m", "pip", "--disable-pip-version-check", "--no-cache-dir")
USE = """
import qcore
from qcore.doctor import checks
from qcore.settings import settings

answer = qcore.load_aki_model().predict(qcore.aki_examples()[0].inputs.to_frame().T, qcore.backend("noisy:fez"))
print(qcore.__file__, settings().programs, settings().database, 0 < answer.value[0] < 1, sep="\\n")
print([check.name for check in checks(port=0) if check.required and not check.ok])
"""


def python(*arguments: object, folder: Path, **environment: object) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder, without the settings that the tests make."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("QLINICAL_")}
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=folder,
        env=inherited | {name: str(value) for name, value in environment.items()},
        capture_output=True,
        text=True,
        check=False,
    )


def output(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files(folder: Path) -> set[Path]:
    found = (file.relative_to(folder) for file in folder.rglob("*") if file.is_file())
    return {file for file in found if "__pycache__" not in file.parts}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a wheel is installed that was built from the source distribution of this working tree."""
    source, site = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("site")
    for part in (REPOSITORY / name for name in PARTS):
        if part.is_dir():
            shutil.copytree(part, source / part.name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(part, source)
    output(python("-c", "from setuptools.build_meta import build_sdist; build_sdist('dist')", folder=source))
    (archive,) = (source / "dist").glob("*.tar.gz")
    output(python(*PIP, "wheel", "--no-deps", "--no-build-isolation", "--no-index", archive, folder=source))
    (wheel,) = source.glob("*.whl")
    output(python(*PIP, "install", "--no-deps", "--no-index", "--target", site, wheel, folder=source))
    return site


def test_a_wheel_brings_all_assets_and_the_types(site: Path) -> None:
    assert files(site / "qcore" / "assets") == files(REPOSITORY / "assets")
    assert (site / "qcore" / "py.typed").is_file()


def test_it_runs_from_anywhere_and_keeps_its_files_at_home(site: Path, tmp_path: Path) -> None:
    before, home = files(site), tmp_path / "home" / "qlinical"
    done = python("-c", USE, folder=tmp_path, PYTHONPATH=site, XDG_CACHE_HOME=home.parent)
    assert output(done).splitlines() == [
        str(site / "qcore" / "__init__.py"),
        str(home / "programs"),
        f"sqlite:///{home / 'qlinical.db'}",
        "True",
        "['port']",
    ]
    assert files(site) == before
    assert list((home / "programs").iterdir())


def test_another_distribution_called_qcore_is_named_by_the_library_and_by_the_command(
    site: Path, tmp_path: Path
) -> None:
    mixed = tmp_path / "mixed"
    shutil.copytree(site, mixed, ignore=shutil.ignore_patterns("assets"))
    (mixed / "qcore-1.11.1.dist-info").mkdir()
    assert "qcore 1.11.1" in python("-c", "import qcore", folder=tmp_path, PYTHONPATH=mixed).stderr
    # As if it had been installed last.
    for name in ("__init__", "errors"):
        (mixed / "qcore" / f"{name}.py").write_text("", encoding="utf-8")
    done = python("-m", "qcore", "device", "list", folder=tmp_path, PYTHONPATH=mixed)
    assert done.returncode == 1
    assert "environment of its own" in done.stderr
    assert "Traceback" not in done.stderr
