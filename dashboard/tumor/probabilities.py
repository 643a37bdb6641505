"""What every answer card of the page shows: probabilities in columns, and what noise made of one."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from dashboard.shared.charts import palette
from dashboard.shared.numbers import percent, points
from qcore.backends.specification import parse


def probability_table(rows: Mapping[str, Sequence[float]], columns: Iterable[str], absent: str, usual: set[str]) -> str:
    """Return a table with a line for each answer, and a bar as long as its first probability.

    Args:
        rows: probabilities in [0, 1] by answer, one for each column.
        columns: names of what says them.
        absent: the answer that nothing is there, whose bar has a colour of its own.
        usual: answers of the conformal set, which stand out.
    """
    lines = []
    for name, shares in rows.items():
        colour = palette.BRAND if name == absent else palette.RAISES
        bar = f"<span class='bar' style='width:{100 * shares[0]:.0f}%;background:{colour}'></span>"
        cells = "".join(f"<td class='num'>{percent(share)}</td>" for share in shares)
        strong = " strong" if name in usual else ""
        lines.append(
            f"<tr><td class='whole{strong}'>{escape(name.capitalize())}</td><td style='width:35%'>{bar}</td>"
            f"{cells}</tr>"
        )
    head = "<th></th><th></th>" + "".join(f"<th class='num'>{escape(name)}</th>" for name in columns)
    return f"<table class='q-table'><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def moved_by_noise(here: float, noiseless: float, backend: str, stays: bool) -> str:
    """Return a sentence on what noise made of a probability.

    Args:
        here: the probability with noise.
        noiseless: the same without.
        backend: where the circuit ran; shots scatter what the noise moves.
        stays: whether the decision is the same.
    """
    moved = round(here, 3) - round(noiseless, 3)
    by = f"by {points(moved)} points" if abs(moved) > 0.0005 else "by less than 0.1 points"
    change = "the decision stays" if stays else "**the decision changes**"
    move = "the noise moves" if parse(backend).shots is None else "noise and scatter of the shots move"
    return f"Noiseless {noiseless * 100:.1f} %, here {here * 100:.1f} %: {move} it {by}; {change}."
