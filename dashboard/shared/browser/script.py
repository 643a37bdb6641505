"""JavaScript modules as one text.

It is sent as text, not by Streamlit's way for packages (``[[tool.streamlit.component.components]]``): that looks for
pyproject.toml beside a package called like the distribution, and ``qlinical`` has none of that name, neither where it
is installed nor in a clone that nobody has installed. A text is one module, so the modules are joined here.
"""

import re
from collections.abc import Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable

COMMON = files("dashboard.shared.browser")
_IMPORT = re.compile(r"^import\b[^;]*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)


def joined(folder: Traversable, modules: Iterable[str]) -> str:
    """Return modules as one; a name that two of them use would be an error when the browser loads it.

    Args:
        folder: where they are; those that it lacks are taken from the common ones.
        modules: their names without ``.js``, each after those it imports from.
    """
    return "\n".join(_EXPORT.sub("", _IMPORT.sub("", _text(folder, f"{name}.js"))) for name in modules)


def styled(folder: Traversable, name: str) -> str:
    """Return the common look of controls and a style of a folder's own, as one."""
    return _text(COMMON, "controls.css") + _text(folder, name)


def _text(folder: Traversable, name: str) -> str:
    own = folder / name
    return (own if own.is_file() else COMMON / name).read_text(encoding="utf-8")
