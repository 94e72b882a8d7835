"""How near each other the words of a query stand in a document."""

from collections.abc import Mapping

import numpy as np

from search_app.engine.arrays import Array
from search_app.engine.ranking import NEAR_SYMBOLS, NEAR_WEIGHT
from search_app.engine.whoosh.answer.leaves import SegmentView
from search_app.engine.whoosh.store.field import PLACE_BITS
from search_app.query.tree import Run


def nearness(view: SegmentView, docs: Array, weights: Mapping[Run, float]) -> Array:
    """What the score of each document is multiplied by for the nearness of some runs.

    1 + NEAR_WEIGHT × the largest share by weight of the runs inside NEAR_SYMBOLS symbols of one
    field. `docs` are sorted.
    """
    places = [view.places(run, docs) for run in weights]
    starts = np.concatenate(places)
    share = np.zeros(len(starts))
    for (run, weight), places_of_run in zip(weights.items(), places, strict=True):
        if len(places_of_run):
            following = places_of_run.take(places_of_run.searchsorted(starts), mode="clip")
            way = following - starts
            share += weight * ((way >= 0) & (way <= NEAR_SYMBOLS - len(run.symbols)))
    best = np.zeros(len(docs))
    np.maximum.at(best, docs.searchsorted(starts >> PLACE_BITS), share)
    return 1 + NEAR_WEIGHT * best / sum(weights.values())
