"""Settings from the environment (prefix QLINICAL_), each with a default that works on a fresh clone."""

import os
from functools import cache
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

PACKAGE = Path(__file__).resolve().parent
REPOSITORY = PACKAGE.parent
INSTALLED = (PACKAGE / "assets").is_dir()
"""Whether this is an installed wheel, which carries the assets inside the package, not the repository."""
ROOT = PACKAGE if INSTALLED else REPOSITORY
"""The folder of assets/, constraints.txt and pyproject.toml."""
ASSETS = ROOT / "assets"
# Nothing is written beside other people's packages.
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "qlinical") if INSTALLED else ROOT / ".cache"
"""The folder of the database, of compiled circuits and of unfinished training."""


class Settings(BaseSettings):
    """What can be set from outside.

    Attributes:
        data: folder of the public data sets (training, evaluation and some tests need it).
        database: SQLAlchemy URL of the audit trail.
        programs: folder in which compiled circuits are kept between runs; it may be deleted at any time.
    """

    model_config = SettingsConfigDict(env_prefix="QLINICAL_")

    data: Path = REPOSITORY.parent / "shared" / "data"
    database: str = f"sqlite:///{CACHE / 'qlinical.db'}"
    programs: Path = CACHE / "programs"


@cache
def settings() -> Settings:
    """Return the settings of this process, read once."""
    return Settings()


def data_dir() -> Path | None:
    """Return the folder of the public data sets, or None where it is absent."""
    folder = settings().data
    return folder if folder.is_dir() else None
