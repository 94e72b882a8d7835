"""How near each other the words of a query stand in a document."""

from collections.abc import Mapping

import numpy as np

from search_app.engine.ranking import NEAR_SYMBOLS, NEAR_WEIGHT
from search_app.engine.whoosh.arrays import Array
from search_app.engine.whoosh.leaves import PLACE_BITS, SegmentView, fields_of
from search_app.query.tree import TEXT_FIELDS, Run


def nearness(view: SegmentView, docs: Array, weights: Mapping[Run, float]) -> Array:
    """What the score of each document is multiplied by for the nearness of some runs.

    1 + NEAR_WEIGHT × the largest share by weight of the runs inside NEAR_SYMBOLS symbols of one
    field. `docs` are sorted.
    """
    best = np.zeros(len(docs))
    for name in TEXT_FIELDS:
        runs = [run for run in weights if name in fields_of(run)]
        places = [view.pairs[name].places(run, docs) for run in runs]
        starts = np.concatenate([np.empty(0, np.int64), *places])
        share = np.zeros(len(starts))
        for run, found in zip(runs, places, strict=True):
            if len(found):
                first = found.take(found.searchsorted(starts), mode="clip") - starts
                share += weights[run] * ((first >= 0) & (first <= NEAR_SYMBOLS - len(run.symbols)))
        np.maximum.at(best, docs.searchsorted(starts >> PLACE_BITS), share)
    return 1 + NEAR_WEIGHT * best / sum(weights.values())
