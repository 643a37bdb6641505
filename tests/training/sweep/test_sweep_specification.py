"""What a specification of a sweep means: every combination, and a sentence for what cannot be."""

from pathlib import Path

import pytest
from sweep_grids import GRID, grid

from qcore.errors import InvalidValue, MissingAsset, UnreadableInput
from qcore.settings import REPOSITORY
from qcore.training.sweep.spec import CONTROL, HYBRID, NO_DEVICE, read_sweep


def test_a_grid_is_every_combination_and_one_control_for_all_devices(tmp_path: Path) -> None:
    text = GRID.replace("qubits = [2]", "qubits = [1, 4]").replace("layers = [1]", "layers = [1, 2, 3]")
    cells = read_sweep(grid(tmp_path, text)).cells()
    hybrids = [cell for cell in cells if cell.role == HYBRID]
    assert len(hybrids) == 2 * 3 * 2 * 2
    assert len(cells) - len(hybrids) == 2 * 3 * 2
    assert {cell.device for cell in cells if cell.role == CONTROL} == {NO_DEVICE}
    sizes = [cell.qubits * cell.layers for cell in hybrids]
    assert sizes == sorted(sizes, reverse=True)
    assert len({cell.key for cell in cells}) == len(cells)


def test_a_misspelt_setting_is_told_before_the_one_it_leaves_missing(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match=r"'famlies' is not a setting of a sweep\. Is 'families' meant"):
        read_sweep(grid(tmp_path, GRID.replace("families = ", "famlies = ")))


def test_a_family_that_takes_no_other_size_is_trained_once(tmp_path: Path) -> None:
    text = GRID.replace("qubits = [2]", "qubits = [1, 4]").replace("layers = [1]", "layers = [1, 2, 3]")
    families = GRID.split("families = ")[1].split("\n")[0]
    cells = read_sweep(grid(tmp_path, text.replace(families, '["qcnn"]'))).cells()
    assert {(cell.qubits, cell.layers) for cell in cells} == {(1, 1), (4, 1)}
    assert len({cell.key for cell in cells}) == len(cells)


def test_another_number_of_epochs_is_another_cell(tmp_path: Path) -> None:
    few, many = (
        {cell.key for cell in read_sweep(grid(tmp_path, GRID.replace("epochs = 2", f"epochs = {n}"))).cells()}
        for n in (2, 3)
    )
    assert not few & many


def test_the_example_is_the_grid_of_the_issue() -> None:
    example = read_sweep(REPOSITORY / "assets" / "sweeps" / "size.toml")
    assert (len(example.qubits), len(example.layers), len(example.seeds)) == (4, 4, 3)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            '"toy"',
            '"moon"',
            "there is no data set 'moon'. Choose one of: toy, aki, aki-series, breast, pneumonia, adrenal.",
        ),
        ("epochs = 2", "", "'epochs' is missing: a whole number from 1."),
        ("epochs = 2", "epochs = 2.5", "'epochs' must be a whole number from 1."),
        ("cases = 120", 'cases = "all"', "'cases' must be a whole number from 2"),
        ("qubits = [2]", "qubits = [0]", "'qubits' must be a list of whole numbers from 1 to 9."),
        ("qubits = [2]", "qubits = [10]", "'qubits' must be a list of whole numbers from 1 to 9."),
        ("qubits = [2]", "qubits = 2", "'qubits' must be a list of whole numbers from 1 to 9."),
        ("qubits = [2]", "qubits = []", "'qubits' must be a list of whole numbers from 1 to 9."),
        ("seeds = [0, 1]", "seeds = [1, 1]", "'seeds' lists 1 twice."),
        ("layers = [1]", "layers = [1]\ndepth = 3", "'depth' is not a setting of a sweep. There are: data, cases"),
        ('"variational"', '"perceptron"', "there is no family 'perceptron'. Choose from: variational"),
        ('"variational"', '"quanvolution"', "'quanvolution' takes image, volume; a case of 'toy' is a table."),
        ('"variational"', '"gru"', "the family 'gru' takes series, signal; a case of 'toy' is a table."),
        ('"ideal"', '"idle"', "There is no backend 'idle'."),
        ('"ideal"', '"noisy:fez:shots=100"', "training needs exact gradients, and 'noisy:fez:shots=100' has none"),
        ('"ideal"', '"ibm:fez"', "training needs exact gradients"),
        ('"ideal"', '"noisy:fez:9"', "The noise scale must lie between 0 and 5."),
    ],
)
def test_what_cannot_be_is_a_sentence(tmp_path: Path, old: str, new: str, said: str) -> None:
    file = grid(tmp_path, GRID.replace(old, new, 1))
    with pytest.raises(InvalidValue) as refused:
        read_sweep(file)
    assert str(refused.value).startswith(f"{file}: ")
    assert said in str(refused.value)


def test_what_is_no_specification_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="cannot be read as TOML"):
        read_sweep(grid(tmp_path, "data = "))
    with pytest.raises(MissingAsset, match="There is no file"):
        read_sweep(tmp_path / "nowhere.toml")
    with pytest.raises(MissingAsset, match="nowhere"):
        read_sweep(grid(tmp_path, GRID.replace("noisy:fez:3", "noisy:nowhere")))
