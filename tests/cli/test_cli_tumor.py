"""qlinical predict tumor: every file is in the list, with an answer or with the reason."""

import json
from pathlib import Path

import numpy as np
from made_up_images import archive, dicom, picture
from toys import Command

from qcore.tasks.tumor.examples import EXAMPLES

HEAD = EXAMPLES["ring"].series().pixels
MIDDLE = len(HEAD) // 2 + 6


def grey(slice_number: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.clip(HEAD[slice_number] / 4, 0, 255).astype(np.uint8)


def test_files_folders_and_archives_are_listed_with_answers_or_reasons(qlinical: Command, tmp_path: Path) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    (folder / "head.png").write_bytes(picture(grey(MIDDLE)))
    (folder / "head.jpg").write_bytes(picture(grey(MIDDLE), "JPEG"))
    (folder / "letter.txt").write_text("Dear colleague")
    (folder / "colours.png").write_bytes(picture(np.random.default_rng(0).integers(0, 255, (80, 80, 3), np.uint8)))
    for number in range(4):
        place = [0, 0, 4.0 * number]
        (folder / f"{number}.dcm").write_bytes(dicom(HEAD[MIDDLE + number], ImagePositionPatient=place))
    zipped = tmp_path / "head.zip"
    zipped.write_bytes(archive([("inside.png", picture(grey(MIDDLE)))]))
    rows = {
        Path(row["file"]).name: row
        for row in json.loads(qlinical("predict", "tumor", str(folder), str(zipped), "--json").out)
    }
    assert set(rows) == {"head.png", "head.jpg", "letter.txt", "colours.png", "0.dcm", "inside.png"}
    for name in ("head.png", "head.jpg", "0.dcm", "inside.png"):
        row = rows[name]
        assert row["rejected"] is None
        assert 0 <= row["tumor"] <= 1
        assert sum(row["classes"].values()) == 1 or abs(sum(row["classes"].values()) - 1) < 1e-3
        assert set(row["set"]) <= set(row["classes"])
    assert rows["head.png"]["slice"] == 1
    assert rows["0.dcm"]["slice"] in {1, 2, 3, 4}
    assert abs(rows["head.png"]["tumor"] - rows["inside.png"]["tumor"]) < 1e-4
    assert rows["letter.txt"]["tumor"] is None
    assert "can be opened" in rows["letter.txt"]["rejected"]
    assert "in colours" in rows["colours.png"]["rejected"]


def test_nothing_answered_is_an_exit_status_and_nothing_there_a_sentence(qlinical: Command, tmp_path: Path) -> None:
    (tmp_path / "empty.png").write_bytes(b"")
    finished = qlinical("predict", "tumor", str(tmp_path / "empty.png"), "--json")
    assert finished.code == 1
    assert json.loads(finished.out)[0]["rejected"] == "The file is empty."
    missing = qlinical("predict", "tumor", str(tmp_path / "nowhere"))
    assert missing.code == 2
    assert "There is nothing at" in missing.err
