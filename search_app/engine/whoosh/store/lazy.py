"""Values of an object that are made when first asked for."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class lazy(Generic[T]):  # noqa: N801, as `property`
    """As `functools.cached_property`, for values that come out the same in two threads."""

    # Without its lock, which takes longer than a small array.
    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make, self.__doc__ = make, make.__doc__

    def __get__(self, owner: object, kind: type) -> T:
        # From now on the value hides this descriptor: it is only asked where there is none.
        value = owner.__dict__[self._make.__name__] = self._make(owner)
        return value
