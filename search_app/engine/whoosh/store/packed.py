"""Numbers of which nearly all are small, in few bits each."""

import numpy as np

from search_app.engine.arrays import Array
from search_app.engine.whoosh.store.array_file import ArrayFile, ArrayWriter


class Packed:
    """Numbers from 1 in few bits. Zero stands for one too large, which is kept aside.

    `<name>_at` are the places of these in order, `<name>_large` (u32) what stands there.
    """

    def __init__(self, file: ArrayFile, name: str) -> None:
        self._file, self.small = file, file[name]
        self._at, self._large = file[f"{name}_at"], file[f"{name}_large"]
        file.check(len(self._at) == len(self._large))
        self._all_small = not len(self._at)

    def read(self, start: int, end: int, kind: type = np.intp) -> Array:
        """The numbers in a range, (end - start,)."""
        small = self.small[start:end]
        values: Array = small.astype(kind)
        if self._all_small and len(values) == end - start:
            return values
        if (missing := len(small) - np.count_nonzero(small)) or len(values) != end - start:
            first, last = self._at.searchsorted(np.array([start, end], self._at.dtype)).tolist()
            self._file.check(last - first == missing and len(values) == end - start)
            values[self._at[first:last].astype(np.intp) - start] = self._large[first:last]
        return values

    def at(self, places: Array) -> Array:
        """The numbers at some places."""
        values: Array = self.small[places]
        if not self._all_small and not values.all():
            values = values.astype(np.intp)
            for missing in (values == 0).nonzero()[0].tolist():
                values[missing] = self.read(int(places[missing]), int(places[missing]) + 1)[0]
        return values


class PackedWriter:
    """Writes numbers for `Packed`, piece by piece."""

    def __init__(self, writer: ArrayWriter, name: str, dtype: type) -> None:
        self._writer, self._name, self._dtype = writer, name, dtype
        self._count = 0

    def append(self, values: Array) -> None:
        """Adds numbers from 1."""
        fits = values <= np.iinfo(self._dtype).max
        large = np.flatnonzero(~fits)
        self._writer.append(self._name, np.where(fits, values, 0).astype(self._dtype))
        self._writer.append(f"{self._name}_at", (large + self._count).astype(np.uint64))
        self._writer.append(f"{self._name}_large", values[large].astype(np.uint32))
        self._count += len(values)
