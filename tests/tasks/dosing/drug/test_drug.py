from pathlib import Path

import pytest

from qcore.errors import MissingAsset, UnreadableInput
from qcore.tasks.dosing.drug import file as drug

GOOD = (drug.DIRECTORY / "challenge.toml").read_text(encoding="utf-8")


def test_the_drugs_that_come_with_qlinical_are_sound() -> None:
    assert "challenge" in drug.names()
    for name in drug.names():
        assert drug.shipped(name).regimens[0].cap > 0


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("cap = 100", "cap = 0.1", "below its step"),
        ("cap = 100", "cap = -1", "cap: .*greater than 0"),
        ("cap = 100", "", "cap: is missing"),
        ("cap = 100", "cap = inf", "finite"),
        ("step = 0.5", "stepp = 0.5", "stepp"),
        ('route = "oral"', 'route = "by mouth"', "'oral', 'subcutaneous' or 'intravenous'"),
        ("high = 3.3", "", "low or high"),
        ("high = 3.3", "high = 3.3\nlow = 5", "low must be below high"),
        ("shares = [0.9, 0.75]", "shares = [90]", "less than 1"),
        ('measure = "response"', 'measure = "mood"', "'response', 'trough', 'peak' or 'average'"),
        ("[aim]", "[aim", "is not TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    assert old in GOOD
    file = tmp_path / "drug.toml"
    file.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(UnreadableInput, match=sentence) as refused:
        drug.read_drug(file)
    assert str(refused.value).startswith("drug.toml")
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(MissingAsset, match="challenge"):
        drug.read_drug(tmp_path / "none.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UnreadableInput, match="not text"):
        drug.read_drug(tmp_path / "binary.toml")
