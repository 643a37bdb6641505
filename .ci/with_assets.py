"""How setuptools builds the wheel: what lies beside the package in the repository is put inside it."""

import shutil
from pathlib import Path

from setuptools.command.build_py import build_py

ASSETS = Path("assets")
BESIDE = ("constraints.txt", "pyproject.toml")
"""What `qlinical doctor` reads."""


class BuildWithAssets(build_py):
    """Copies assets/ and the lists of libraries into qcore/ of the wheel, where `qcore.settings` finds them."""

    def run(self) -> None:
        """Build the packages, then add the rest; an editable installation reads it where it is."""
        super().run()
        if self.editable_mode:
            return
        package, unwanted = Path(self.build_lib, "qcore"), shutil.ignore_patterns("__pycache__")
        shutil.copytree(ASSETS, package / ASSETS, dirs_exist_ok=True, ignore=unwanted)
        for name in BESIDE:
            shutil.copy(name, package)

    def get_source_files(self) -> list[str]:
        """Return what belongs into a source distribution, from which a wheel can be built again."""
        assets = (str(file) for file in ASSETS.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
        return [*super().get_source_files(), ".ci/with_assets.py", *BESIDE, *assets]
