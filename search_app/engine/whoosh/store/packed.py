"""Numbers of which nearly all are small, in few bits each, by arrays that NumPy unpacks at once.

<name>        u8 or u16: the numbers, from 1; 0 for one that is too large
<name>_at     u64, ascending: the indices of the large ones
<name>_large  u32: these numbers
"""

import numpy as np

from search_app.engine.arrays import Array
from search_app.engine.whoosh.store.array_file import ArrayFile, ArrayWriter


class Packed:
    """Reads packed numbers."""

    def __init__(self, file: ArrayFile, name: str) -> None:
        self._file, self.small = file, file[name]
        self._at, self._large = file[f"{name}_at"], file[f"{name}_large"]
        file.check(len(self._at) == len(self._large))
        self._all_small = not len(self._at)

    def read(self, start: int, end: int, kind: type = np.intp) -> Array:
        """The numbers from `start` up to `end`, (end - start,); raises DamagedIndex."""
        small = self.small[start:end]
        self._file.check(len(small) == end - start)
        values: Array = small.astype(kind)
        if self._all_small:
            return values
        zeros = len(small) - np.count_nonzero(small)
        if zeros:
            first, last = self._at.searchsorted(np.array([start, end], self._at.dtype)).tolist()
            self._file.check(last - first == zeros)
            values[self._at[first:last].astype(np.intp) - start] = self._large[first:last]
        return values

    def at(self, indices: Array) -> Array:
        """The numbers at these indices, (len(indices),)."""
        values: Array = self.small[indices]
        if not self._all_small and not values.all():
            values = values.astype(np.intp)
            for zero in (values == 0).nonzero()[0].tolist():
                index = int(indices[zero])
                values[zero] = self.read(index, index + 1)[0]
        return values


class PackedWriter:
    """Writes numbers for `Packed`, slab by slab."""

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
