"""What all tests share: an audit trail and compiled circuits of their own, one thread, public data, a random model."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

# Before torch or OpenBLAS is loaded by anything.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pandas as pd
import pytest
import scipy.stats
from hypothesis import settings as hypothesis_settings
from toys import Command, Finished, random_inputs, random_model
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from qcore.backends.protocol import Backend
from qcore.backends.registry import backend
from qcore.records import database
from qcore.settings import data_dir, settings
from qcore.tasks.aki import model as aki
from qcore.training.cohorts.cohort import Cohort
from qcore.training.cohorts.physionet2012 import read_cohort

TOGETHER = ("tests/browser/test_looks.py", "tests/browser/", "tests/dashboard/dosing/")
"""Tests that share what takes long to make, a server or the answers of a page: one worker runs each, the first that
fits. Looks have a server of their own, because one worker with all browsers would end alone."""
LONG = (*TOGETHER, "tests/dashboard/", "tests/population/", "tests/training/", "tests/models/")
"""These come first: a worker that began a long folder last would end alone."""

# The same examples in every run: a test turns red by a change, not by luck. A slow machine is no failure.
hypothesis_settings.register_profile("reproducible", derandomize=True, deadline=None)
hypothesis_settings.load_profile("reproducible")


MAIN = sys.modules["__main__"]


class FilesAndFolders(LoadFileScheduling):
    """Tests of one file, or of one of some folders, run on one worker, in the order they are collected in."""

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in TOGETHER if nodeid.startswith(folder)), super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FilesAndFolders:
    """Share the tests out as above, whatever number of tests a file holds."""
    config.option.loadscopereorder = False
    return FilesAndFolders(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put long folders first."""

    def place(item: pytest.Item) -> int:
        return next((at for at, folder in enumerate(LONG) if item.nodeid.startswith(folder)), len(LONG))

    items.sort(key=place)


@pytest.fixture(autouse=True)
def own_main() -> Iterator[None]:
    """AppTest leaves a page as the main program, which a process that is spawned later would run first."""
    yield
    sys.modules["__main__"] = MAIN


@pytest.fixture(scope="session", autouse=True)
def own_programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Neither read nor leave compiled circuits where real runs keep theirs: another version may have made them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QLINICAL_PROGRAMS", str(tmp_path_factory.mktemp("programs")))
        settings.cache_clear()
        yield


@pytest.fixture
def fresh_engine(own_audit_trail: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:  # noqa: ARG001 - first
    """Nothing is compiled yet, and what this test compiles, into this folder, serves no other."""
    from qcore.noise import compile as compiling

    folder = tmp_path / "programs"
    monkeypatch.setenv("QLINICAL_PROGRAMS", str(folder))
    settings.cache_clear()
    monkeypatch.setattr(compiling, "_programs", type(compiling._programs)(compiling.KEPT_IN_MEMORY))
    return folder


@pytest.fixture(autouse=True)
def own_audit_trail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep every test away from the real database and from settings another test has read."""
    monkeypatch.setenv("QLINICAL_DATABASE", f"sqlite:///{tmp_path / 'own_trail.db'}")
    settings.cache_clear()
    yield
    database.close()
    settings.cache_clear()


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of the public data sets; without it the test is skipped."""
    folder = data_dir()
    if folder is None:
        pytest.skip(f"the public data sets are not in {settings().data}; set QLINICAL_DATA")
    return folder


@pytest.fixture(scope="session")
def model() -> aki.AkiModel:
    """The AKI models with random weights, so that no test hangs on how the shipped ones were tuned."""
    return random_model(1)


@pytest.fixture(scope="session")
def ideal() -> Backend:
    """The noiseless backend."""
    return backend("ideal")


@pytest.fixture(scope="session")
def patients() -> pd.DataFrame:
    """Forty complete patients for the random model."""
    return random_inputs(40, seed=11)


@pytest.fixture
def qlinical(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run the command in this process, from its entry point on, errors included."""
    from qcore import cli

    def run(*arguments: object) -> Finished:
        monkeypatch.setattr(sys, "argv", ["qlinical", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            cli.main()
        streams = capsys.readouterr()
        return Finished(int(end.value.code or 0), streams.out, streams.err)

    return run


@pytest.fixture(scope="session")
def set_a(data: Path) -> Cohort:
    """The training half of PhysioNet 2012, read once."""
    return read_cohort("a", data)


@pytest.fixture(scope="session")
def set_b(data: Path) -> Cohort:
    """The test half of PhysioNet 2012, read once."""
    return read_cohort("b", data)


@pytest.fixture(scope="session")
def evaluated(data: Path) -> Finished:
    """`qlinical evaluate aki --json` on the shipped models, run once; 25 resamples instead of 1000."""
    from typer.testing import CliRunner

    from qcore.cli import app
    from qcore.evidence import metrics

    def bootstrap(*arguments: object, n_resamples: int, **others: object) -> object:
        return scipy.stats.bootstrap(*arguments, n_resamples=min(n_resamples, 25), **others)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QLINICAL_DATA", str(data))
        patch.setattr(metrics, "bootstrap", bootstrap)
        settings.cache_clear()
        done = CliRunner().invoke(app, ["evaluate", "aki", "--json"])
    settings.cache_clear()
    return Finished(done.exit_code, done.stdout, done.stderr)
