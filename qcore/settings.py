"""Settings from the environment (prefix QLINICAL_), each with a default that works on a fresh clone."""

from functools import cache
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

REPOSITORY = Path(__file__).resolve().parent.parent
ASSETS = REPOSITORY / "assets"


class Settings(BaseSettings):
    """What can be set from outside.

    Attributes:
        data: folder of the public data sets (training, evaluation and some tests need it).
        database: SQLAlchemy URL of the audit trail.
        programs: folder in which compiled circuits are kept between runs; it may be deleted at any time.
    """

    model_config = SettingsConfigDict(env_prefix="QLINICAL_")

    data: Path = REPOSITORY.parent / "shared" / "data"
    database: str = f"sqlite:///{REPOSITORY / '.cache' / 'qlinical.db'}"
    programs: Path = REPOSITORY / ".cache" / "programs"


@cache
def settings() -> Settings:
    """Return the settings of this process, read once."""
    return Settings()


def data_dir() -> Path | None:
    """Return the folder of the public data sets, or None where it is absent."""
    folder = settings().data
    return folder if folder.is_dir() else None
