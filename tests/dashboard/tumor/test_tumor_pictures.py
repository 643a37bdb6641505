"""Large series are drawn thinned, in the right place; nothing else of them changes."""

from dataclasses import replace

import numpy as np

from dashboard.shared.viewer.picture import Picture
from dashboard.tumor import images
from qcore.tasks.tumor.examples import EXAMPLES

SERIES = EXAMPLES["none"].series()


def test_a_series_of_usual_size_is_drawn_in_full() -> None:
    assert images._step(SERIES) == 1
    assert images._thinned(SERIES, 1) is SERIES


def test_a_large_one_is_thinned_and_stays_where_it_lies() -> None:
    large = replace(SERIES, pixels=np.broadcast_to(SERIES.pixels[:1, :1, :1], (200, 512, 512)))
    assert images._step(large) == 2
    thin = images._thinned(SERIES, 2)
    assert (thin.pixels == SERIES.pixels[:, ::2, ::2]).all()
    whole, drawn = Picture.of(SERIES), Picture.of(thin)
    assert drawn.spacing_mm == (whole.spacing_mm[0], 2.0, 2.0)
    assert whole.origin_mm is not None
    assert drawn.origin_mm is not None
    assert (drawn.origin_mm == whole.origin_mm).all()
