"""Ordering of states by similarity."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Distances = NDArray[np.float64]
Cluster = tuple[int, int, int]
"""Where a cluster begins, where its second half begins and where it ends, the leaves of the tree side by side."""


def order_by_similarity(distance: Distances) -> list[int]:
    """Return the S indices of a symmetric S x S ``distance`` (say, 1 - agreement) in the order of similarity.

    Average-linkage hierarchical clustering (Sokal and Michener 1958), the tree turned so that the distances between
    neighbours sum to the least (Bar-Joseph, Gifford and Jaakkola 2001). Where there is no distance (nan: no roll call
    in common), the largest there is stands for it. The diagonal does not matter.

    The result depends on nothing but the distances and the order they are given in: ties are settled by it, so give
    states in the order of their codes. Of the two directions, it is the one whose first state comes before its last.
    """
    # A fifth of a second, for one page; config/gunicorn.conf.py has servers load it once for all processes.
    from scipy.cluster.hierarchy import leaves_list, linkage  # noqa: PLC0415
    from scipy.spatial.distance import squareform  # noqa: PLC0415

    number = len(distance)
    if number < 3:
        return list(range(number))
    known = np.array(distance, np.float64)
    np.fill_diagonal(known, np.nan)
    known[np.isnan(known)] = 1.0 if np.isnan(known).all() else np.nanmax(known)
    np.fill_diagonal(known, 0)
    tree = linkage(squareform((known + known.T) / 2, checks=False), "average")
    leaves = leaves_list(tree)
    order: list[int] = leaves[_turned(_clusters(tree, leaves), known[np.ix_(leaves, leaves)])].tolist()
    return order if order[0] < order[-1] else order[::-1]


def _clusters(tree: Distances, leaves: NDArray[np.int32]) -> list[Cluster]:
    """Return the clusters of a SciPy ``tree`` in the order in which they were joined, ``leaves`` side by side."""
    places = np.argsort(leaves).tolist()
    spans = [(place, place + 1) for place in places]
    clusters = []
    for one, other in tree[:, :2].astype(int).tolist():
        (start, middle), (_, stop) = sorted((spans[one], spans[other]))
        spans.append((start, stop))
        clusters.append((start, middle, stop))
    return clusters


def _turned(clusters: list[Cluster], distance: Distances) -> list[int]:
    """Return the leaves in the order, among those that the tree allows, of the least sum between neighbours.

    SciPy 1.17 has a function for it whose orders are often not the best (its issue 11227), hence this one.
    """
    # For each two leaves, the least sum over the cluster in which they are in different halves, they being its ends.
    sums = np.zeros_like(distance)
    halves: dict[tuple[int, int], list[tuple[slice, slice]]] = {
        (leaf, leaf + 1): [(slice(leaf, leaf + 1),) * 2] for leaf in range(len(distance))
    }
    for start, middle, stop in clusters:
        one, other = slice(start, middle), slice(middle, stop)
        across = np.empty((middle - start, stop - middle))
        for end, inner in halves[start, middle]:
            across[end.start - start : end.stop - start] = _least(sums[end, inner], distance[inner, other])
        for inner, end in halves[middle, stop]:
            sums[one, end] = _least(across[:, inner.start - middle : inner.stop - middle], sums[inner, end])
        sums[other, one] = sums[one, other].T
        halves[start, stop] = [(one, other), (other, one)]

    def lay(start: int, stop: int, first: int, last: int) -> list[int]:
        """Return the leaves from ``start`` up to ``stop``, ``first`` and ``last`` at their ends."""
        if stop - start == 1:
            return [start]
        one, other = next(pair for pair in halves[start, stop] if pair[0].start <= first < pair[0].stop)
        inner = next(far for end, far in halves[one.start, one.stop] if end.start <= first < end.stop)
        outer = next(far for end, far in halves[other.start, other.stop] if end.start <= last < end.stop)
        whole = sums[first, inner, np.newaxis] + distance[inner, outer] + sums[outer, last]
        near, far = divmod(int(whole.argmin()), whole.shape[1])
        return [
            *lay(one.start, one.stop, first, inner.start + near),
            *lay(other.start, other.stop, outer.start + far, last),
        ]

    start, middle, stop = clusters[-1]
    first, last = divmod(int(sums[start:middle, middle:stop].argmin()), stop - middle)
    return lay(start, stop, first, middle + last)


def _least(one: Distances, other: Distances) -> Distances:
    """Return, for each row of ``one`` (P x Q) and column of ``other`` (Q x R), the least sum of a pair."""
    return np.asarray((one[:, :, np.newaxis] + other).min(axis=1))
