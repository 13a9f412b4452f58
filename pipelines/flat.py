"""Columns of numbers between Arrow and numpy, without pyarrow's bridge; either is loaded when it is first used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from standards import late

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    Numbers = npt.NDArray[np.int64]
else:
    np = late.module("numpy")
    pa = late.module("pyarrow")
    Numbers = Any

__all__ = ["Numbers", "arrow", "flat", "np"]

_NAMED = {"double": "float64", "float": "float32", "halffloat": "float16"}


def flat(array: pa.Array) -> Any:
    """Give a column of numbers or truth values without nulls as numpy's array, which is not to be written to.

    Numbers are shared with Arrow, truth values copied: Arrow keeps eight of them in a byte.
    """
    if not len(array):
        return np.empty(0, _dtype(array.type))
    if pa.types.is_boolean(array.type):
        return flat(array.cast(pa.uint8())).view(np.bool_)
    return np.frombuffer(array.buffers()[1], _dtype(array.type), len(array) + array.offset)[array.offset :]


def _dtype(kind: pa.DataType) -> Any:
    name = str(kind)
    return np.dtype(_NAMED.get(name, name))


def arrow(values: Any) -> pa.Array:
    """Give numpy's numbers or truth values, in one dimension, as a column without nulls."""
    if values.dtype == np.bool_:
        return _array(pa.bool_(), len(values), np.packbits(values, bitorder="little"))
    return _array(getattr(pa, values.dtype.name)(), len(values), np.ascontiguousarray(values))


def _array(kind: pa.DataType, count: int, values: Any) -> pa.Array:
    return pa.Array.from_buffers(kind, count, [None, pa.py_buffer(values)])
