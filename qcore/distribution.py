"""The other package called qcore, with which ours cannot share an environment.

The public registry has a distribution named `qcore` (helpers for Python, by Quora), and its package is called `qcore`
too. Ours is the distribution `qlinical`, so that pip never takes one for the other; but if both are installed into one
environment, the later one overwrites `qcore/__init__.py` and `qcore/errors.py`, and removing either breaks the other.
"""

from pathlib import Path


def mixture(site: Path = Path(__file__).parent.parent) -> str:
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
