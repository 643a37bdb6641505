"""Huffman codes of SCP-ECG, the default table and those that a file brings, and differences undone."""

import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qcore.errors import UnreadableInput

DEFAULT = 19999
"""Number of tables that stands for the one of the standard."""
DAMAGED = "A lead of the SCP file is damaged: its compressed samples end too early. Export it again."
Code = tuple[int, int, bool]
"""Value, number of further bits that are added to it, and whether it switches to the table of that number instead."""
Table = dict[str, Code]


def default_table() -> Table:
    """Return the standard's table: one bit for 0, two more than its size for numbers up to 8, and longer ones whole."""
    table: Table = {"0": (0, 0, False), "1" * 9 + "0": (0, 8, False), "1" * 10: (0, 16, False)}
    for size in range(1, 9):
        table["1" * size + "00"] = (size, 0, False)
        table["1" * size + "01"] = (-size, 0, False)
    return table


def read_tables(body: bytes) -> list[Table]:
    """Return the tables of section 2.

    Raises:
        UnreadableInput: they are damaged.
    """
    count = int.from_bytes(body[:2], "little")
    if count == DEFAULT:
        return [default_table()]
    tables: list[Table] = []
    at = 2
    try:
        for _ in range(count):
            (n_codes,) = struct.unpack_from("<H", body, at)
            at += 2
            table: Table = {}
            for prefix, total, mode, value, code in struct.iter_unpack("<BBBhI", body[at : at + 9 * n_codes]):
                if not 1 <= prefix <= 32 or total < prefix or total - prefix > 32:
                    raise UnreadableInput(DAMAGED)
                # The first bit of a code is the lowest of the number that holds it.
                bits = f"{code & ((1 << prefix) - 1):0{prefix}b}"[::-1]
                table[bits] = (value, total - prefix, mode == 0)
            at += 9 * n_codes
            tables.append(table)
    except struct.error as error:
        raise UnreadableInput(DAMAGED) from error
    if not tables or not all(tables):
        raise UnreadableInput(DAMAGED)
    return tables


def decoded(data: bytes, n_samples: int, tables: Sequence[Table]) -> NDArray[np.int64]:
    """Return ``(n_samples,)`` numbers from a stream of bits.

    Raises:
        UnreadableInput: it ends too early, or holds an unknown code.
    """
    bits = "".join(f"{byte:08b}" for byte in data)
    longest = [max(map(len, table)) for table in tables]
    values = np.empty(n_samples, np.int64)
    table, most, at, n = tables[0], longest[0], 0, 0
    while n < n_samples:
        for length in range(1, most + 1):
            code = table.get(bits[at : at + length])
            if code is not None:
                break
        else:
            raise UnreadableInput(DAMAGED)
        if at + length > len(bits):
            raise UnreadableInput(DAMAGED)
        at += length
        value, further, switches = code
        if switches:
            if not 1 <= value <= len(tables):
                raise UnreadableInput(DAMAGED)
            table, most = tables[value - 1], longest[value - 1]
            continue
        if further:
            if at + further > len(bits):
                raise UnreadableInput(DAMAGED)
            added = int(bits[at : at + further], 2)
            value += added - (1 << further) if added >> (further - 1) else added
            at += further
        values[n] = value
        n += 1
    return values


def undifferenced(values: NDArray[np.int64], order: int) -> NDArray[np.int64]:
    """Return samples from their first or second differences, in 16 bits, which wrap as the writers' do."""
    if order == 0 or values.size <= order:
        return values
    if order == 1:
        return np.cumsum(values).astype(np.int16).astype(np.int64)
    slopes = np.concatenate(([0, values[1] - values[0]], values[2:]))
    sums: NDArray[np.int64] = (values[0] + np.cumsum(np.cumsum(slopes))).astype(np.int16).astype(np.int64)
    return sums
