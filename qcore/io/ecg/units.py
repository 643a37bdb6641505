"""Units of voltage, as files spell them."""

MICROVOLTS = {"v": 1e6, "mv": 1e3, "uv": 1.0, "nv": 1e-3, "volt": 1e6, "millivolt": 1e3, "microvolt": 1.0}
"""How many microvolts one is."""


def microvolts(unit: str) -> float | None:
    """Return how many µV a unit is; None if it is no unit of voltage."""
    bare = unit.replace("\0", "").strip().replace("µ", "u").replace("μ", "u").lower()
    return MICROVOLTS.get(bare.removesuffix("s"))
