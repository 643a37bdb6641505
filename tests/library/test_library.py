"""`import qcore` for researchers: what it offers, that it costs nothing, and what another package called qcore does."""

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import qcore
from qcore.distribution import beside, mixture

HEAVY = ("streamlit", "torch", "qiskit", "pennylane", "sklearn", "scipy", "pandas", "numpy", "pydantic")


def imported_for_editors() -> dict[str, str]:
    """Every public name and where it comes from, as the imports for editors and mypy say."""
    tree = ast.parse(Path(qcore.__file__).read_text(encoding="utf-8"))
    (block,) = (each for each in tree.body if isinstance(each, ast.If) and ast.unparse(each.test) == "TYPE_CHECKING")
    return {
        alias.asname or alias.name: f"{each.module}.{alias.name}"
        for each in block.body
        if isinstance(each, ast.ImportFrom)
        for alias in each.names
    }


def test_the_list_the_table_and_the_imports_for_editors_agree() -> None:
    table = {
        each.rpartition(" as ")[2]: f"{module}.{each.partition(' as ')[0]}"
        for module, names in qcore._WHERE.items()
        for each in names.split(", ")
    }
    assert table == imported_for_editors()
    assert sorted(qcore.__all__) == sorted(table) == dir(qcore)


@pytest.mark.parametrize("name", qcore.__all__)
def test_every_name_can_be_used_and_says_what_it_is(name: str) -> None:
    offered = getattr(qcore, name)
    assert offered is getattr(qcore, name)
    assert offered.__doc__


@pytest.mark.parametrize("name", qcore.__all__)
def test_what_it_says_is_a_sentence_and_no_riddle(name: str) -> None:
    offered = getattr(qcore, name)
    if callable(offered):
        summary = inspect.cleandoc(offered.__doc__).splitlines()[0]
        assert len(summary.split()) >= 5, summary
        assert summary.endswith("."), summary


def test_another_name_is_refused_as_python_does() -> None:
    with pytest.raises(AttributeError, match="no attribute 'bakend'"):
        _ = qcore.bakend
    with pytest.raises(ImportError):
        from qcore import bakend  # noqa: F401


def test_importing_and_listing_loads_nothing_heavy() -> None:
    program = f"import sys, qcore; dir(qcore); qcore.QlinicalError; print(sorted(set({HEAVY!r}) & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_package_says_that_it_is_typed() -> None:
    assert Path(qcore.__file__).with_name("py.typed").is_file()


def test_alone_in_its_environment_there_is_nothing_to_say(tmp_path: Path) -> None:
    (tmp_path / "qlinical-0.1.0.dist-info").mkdir()
    (tmp_path / "qcore_more-1.0.dist-info").mkdir()
    assert mixture(tmp_path) == ""
    assert beside(tmp_path / "checkout", [str(tmp_path), str(tmp_path / "python311.zip"), ""]) == ""
    assert mixture() == beside() == ""


def test_another_distribution_of_this_package_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "qcore-1.11.1.dist-info").mkdir()
    assert "qcore 1.11.1" in mixture(tmp_path)
    assert "pip uninstall qcore" in mixture(tmp_path)


def test_another_distribution_beside_a_checkout_is_named_too(tmp_path: Path) -> None:
    checkout, site = tmp_path / "checkout", tmp_path / "site-packages"
    for folder in (checkout / "qcore", site / "qcore", site / "qcore-1.11.1.dist-info"):
        folder.mkdir(parents=True)
    path = [str(checkout), str(site)]
    # What an uninstalled distribution leaves is not in the way.
    assert beside(checkout, path) == ""
    (site / "qcore" / "__init__.py").touch()
    assert f"qcore 1.11.1 in {site}" in beside(checkout, path)
    assert "pip uninstall qcore" in beside(checkout, path)
    # An installed one of ours is found first.
    (checkout / "qlinical-0.1.0.dist-info").mkdir()
    assert beside(checkout, path) == ""


def test_the_command_says_so_instead_of_failing_somewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    from qcore import __main__ as command

    monkeypatch.setattr(command, "mixture", lambda: "Another package is in the way.")
    with pytest.raises(SystemExit, match="in the way"):
        command.main()
