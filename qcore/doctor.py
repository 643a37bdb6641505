"""What `qlinical doctor` looks at before the dashboard starts: each finding with what to do about it.

Imports no numerical library: a broken installation must not keep the doctor from saying so.
"""

import errno
import json
import re
import socket
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

from qcore.settings import ASSETS, INSTALLED, REPOSITORY, ROOT, data_dir, settings

ADDRESS = "127.0.0.1"
OLDEST_PYTHON = (3, 11)
PIP = (
    f"python -m pip install --constraint {ROOT / 'constraints.txt'}"
    if INSTALLED
    else ".venv/bin/python -m pip install --constraint constraints.txt"
)
WEIGHTS = (
    "hybrid-7.safetensors",
    "control-7.safetensors",
    "gradient_boosting-7.safetensors",
    "logistic_regression-7.safetensors",
    "preparation.safetensors",
)


@dataclass(frozen=True)
class Check:
    """What was found of one thing the dashboard needs, and what is to be done about it.

    Attributes:
        name: what was looked at, in a word or two.
        ok: nothing is to be done.
        required: without it the dashboard cannot run as it should.
        message: a sentence; where ``ok`` is False it says what to do.
    """

    name: str
    ok: bool
    required: bool
    message: str


def checks(port: int) -> list[Check]:
    """Look at everything a run of the dashboard on ``port`` of this machine needs.

    Changes nothing, but for the database, which is made where there is none.
    """
    installed = installed_versions()
    pins = pinned_versions((ROOT / "constraints.txt").read_text(encoding="utf-8"))
    needed = needed_libraries((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [
        check_python(sys.version_info[:2]),
        check_libraries("libraries", needed, pins, installed, required=True),
        check_libraries("other packages", (pins.keys() & installed) - needed, pins, installed, required=False),
        check_model(ASSETS / "models" / "aki"),
        check_data(),
        check_database(),
        check_port(port),
    ]


def check_python(version: tuple[int, int]) -> Check:
    """Compare a Python version with the oldest one that the code runs on."""
    shown, oldest = (".".join(map(str, parts)) for parts in (version, OLDEST_PYTHON))
    if version >= OLDEST_PYTHON:
        return Check("python", True, True, f"Python {shown}.")
    todo = f"Install Python {oldest}, remove the folder .venv and run make again."
    return Check("python", False, True, f"Python {shown} is too old: {oldest} is the oldest. {todo}")


def check_libraries(
    name: str,
    wanted: Iterable[str],
    pins: Mapping[str, str],
    installed: Mapping[str, str],
    *,
    required: bool,
) -> Check:
    """Compare installed versions with the pinned ones; all names are normalised."""
    wanted = sorted(wanted)
    wrong = {}
    for library in wanted:
        pin, present = pins.get(library), installed.get(library)
        if present is None:
            wrong[library] = f"{library} is missing"
        # A build of a release (2.13.0+cpu) is that release.
        elif pin not in (None, present, present.partition("+")[0]):
            wrong[library] = f"{library} is {present} instead of {pin}"
    if not wrong:
        return Check(name, True, required, f"{len(wanted)} at the versions tested together.")
    finding = ", ".join(wrong.values())
    return Check(name, False, required, f"{finding}. Run: {PIP} {' '.join(wrong)}")


def check_model(folder: Path) -> Check:
    """Look for the trained weights of the AKI models, and read their headers."""
    faults = [fault for name in WEIGHTS if (fault := _weights_fault(folder / name))]
    if fault := _card_fault(folder / "model.json"):
        faults.append(fault)
    if not faults:
        return Check("model", True, True, "The weights of the AKI models are there.")
    todo = "Restore them from the repository (git checkout assets), or run: .venv/bin/qlinical train aki"
    return Check("model", False, True, f"In {_short(folder)}: {', '.join(faults)}. {todo}")


def check_data() -> Check:
    """Look for the folder of the public data sets, which only training and evaluation need."""
    folder = data_dir()
    if folder:
        return Check("data", True, False, f"The public data sets are in {folder}.")
    message = (
        f"There is no folder {settings().data}. Only training and evaluation need it: "
        "put the public data sets there, or set QLINICAL_DATA to their folder."
    )
    return Check("data", False, False, message)


def check_database() -> Check:
    """Open the database of the records and verify the audit trail."""
    try:
        from qcore.records.audit import verify
        from qcore.records.database import DatabaseUnavailable
    except ImportError as error:
        message = f"The database cannot be opened: {error}. Run: {PIP} sqlalchemy"
        return Check("records", False, True, message)
    try:
        verification = verify()
    except DatabaseUnavailable as error:
        return Check("records", False, True, str(error))
    if verification.broken is None:
        return Check("records", True, True, verification.message)
    todo = "Keep a copy of the database and find out who changed it, then set QLINICAL_DATABASE to a new one."
    return Check("records", False, True, f"{verification.message} {todo}")


def check_port(port: int) -> Check:
    """See whether the dashboard could listen on a port of this machine."""
    if not 0 < port < 65536:
        return Check("port", False, True, f"There is no port {port}. Run: PORT=8501 make run")
    refused = _refusal(port)
    if refused is None:
        return Check("port", True, True, f"Port {port} on {ADDRESS} is free.")
    reason = "is taken by another program" if refused == errno.EADDRINUSE else "may not be used"
    start = port + 1 if 1023 < port < 65000 else 8501
    free = next((other for other in range(start, start + 50) if _refusal(other) is None), 8600)
    return Check("port", False, True, f"Port {port} on {ADDRESS} {reason}. Run: PORT={free} make run")


def installed_versions() -> dict[str, str]:
    """Return the version of every installed distribution by its normalised name."""
    versions: dict[str, str] = {}
    for package in distributions():
        # The first on the path is the one Python imports.
        versions.setdefault(_normalised(package.name), package.version)
    return versions


def pinned_versions(constraints: str) -> dict[str, str]:
    """Return the versions that the text of a constraints file pins, by normalised name."""
    pins = re.findall(r"^([\w.-]+)==([^\s;#]+)", constraints, flags=re.MULTILINE)
    return {_normalised(name): version for name, version in pins}


def needed_libraries(pyproject: str) -> set[str]:
    """Return the normalised names of the dependencies in the text of a pyproject.toml."""
    dependencies: list[str] = tomllib.loads(pyproject)["project"]["dependencies"]
    return {_normalised(re.split(r"[^\w.-]", requirement, maxsplit=1)[0]) for requirement in dependencies}


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _short(path: Path) -> str:
    return str(path.relative_to(REPOSITORY)) if path.is_relative_to(REPOSITORY) else str(path)


def _weights_fault(file: Path) -> str | None:
    """Check a safetensors file as far as its header: 8 bytes of length, then JSON, then the tensors."""
    try:
        with file.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            size = file.stat().st_size
            # A damaged length may claim more than the memory holds.
            header = json.loads(stream.read(min(length, size)))
        end = max(tensor["data_offsets"][1] for name, tensor in header.items() if name != "__metadata__")
        return None if 8 + length + end == size else f"{file.name} is damaged"
    except FileNotFoundError:
        return f"{file.name} is missing"
    except OSError as error:
        return f"{file.name} cannot be read ({error.strerror})"
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        return f"{file.name} is damaged"


def _card_fault(file: Path) -> str | None:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return f"{file.name} is missing"
    except OSError as error:
        return f"{file.name} cannot be read ({error.strerror})"
    except ValueError:
        content = None
    return None if isinstance(content, dict) else f"{file.name} is damaged"


def _refusal(port: int) -> int | None:
    """Return the error number of listening on a port, None where it works."""
    with socket.socket() as probe:
        # As the server does: a connection that has just closed does not hold the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError as error:
            return error.errno
    return None
