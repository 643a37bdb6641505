"""The other package called qcore, with which ours cannot share an environment.

The public registry has a distribution named `qcore` (helpers for Python, by Quora), and its package is called `qcore`
too. Ours is the distribution `qlinical`, so that pip never takes one for the other; but if both are installed into one
environment, the later one overwrites `qcore/__init__.py` and `qcore/errors.py`, and removing either breaks the other.
Where ours is installed from a checkout (``pip install --editable``), no file is overwritten, and either may be
imported: ours from a program that starts in the checkout, the other one elsewhere. Where the other one is, none of our
code runs, and nothing here can tell.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

SITE = Path(__file__).parent.parent
"""The folder in which our package lies: site-packages, or a checkout."""


def mixture(site: Path = SITE) -> str:
    """Return a sentence that says what to do where the other distribution lies among our files, else an empty one.

    Args:
        site: the folder in which our package lies, such as site-packages.
    """
    other = next(site.glob("qcore-*.dist-info"), None)
    if other is None:
        return ""
    name, version = other.stem.split("-", maxsplit=1)
    return (
        f"The distribution {name} {version} has a package called qcore too, and its files are mixed with those of "
        f"Qlinical in {site}. Install the distribution qlinical into an environment of its own; where {name} was not "
        f"wanted, run: pip uninstall {name}, then: pip install --force-reinstall --no-deps qlinical"
    )


def beside(site: Path = SITE, path: Sequence[str] | None = None) -> str:
    """Return a sentence that says what to do where the other distribution stands beside a checkout, else an empty one.

    Args:
        site: the folder in which our package lies; of an installed one, which is found before the other, nothing is
            said.
        path: folders from which Python imports; those of this process if None.
    """
    if next(site.glob("qlinical-*.dist-info"), None) is not None:
        return ""
    for folder in map(Path, sys.path if path is None else path):
        other = next(folder.glob("qcore-*.dist-info"), None)
        if folder != site and other is not None and (folder / "qcore" / "__init__.py").is_file():
            name, version = other.stem.split("-", maxsplit=1)
            return (
                f"The distribution {name} {version} in {folder} has a package called qcore too, which Python imports "
                f"instead of that of Qlinical in {site} wherever a program does not start there. Install Qlinical into "
                f"an environment of its own; where {name} was not wanted, run: pip uninstall {name}"
            )
    return ""
