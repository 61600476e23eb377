"""Writes the binary files of these tests with NumPy and PyArrow: `python make.py`."""
import os
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

here = os.path.dirname(os.path.abspath(__file__))
at = lambda name: os.path.join(here, name)
matrix = np.arange(12, dtype=np.float64).reshape(4, 3) / 4 - 1
for kind in ["<f8", ">f8", "<f4", "<f2", "<i8", ">i4", "|u1", "<u8", "|b1"]:
    values = (np.arange(12).reshape(4, 3) % 2 == 0) if kind == "|b1" else np.arange(12).reshape(4, 3)
    np.save(at(f"type-{kind[1:]}-{'big' if kind[0] == '>' else 'little'}.npy"), values.astype(kind))
np.save(at("columns.npy"), np.asfortranarray(matrix))
np.save(at("deep.npy"), np.asfortranarray(np.arange(24, dtype=np.float64).reshape(2, 3, 4)))
np.save(at("scalar.npy"), np.float64(2.5))
np.save(at("missing.npy"), np.array([[1.0, 2.0], [np.nan, 4.0]]))
np.save(at("large.npy"), np.array([1, 2**60 + 1]))
np.save(at("complex.npy"), np.array([1 + 2j]))
np.savez(at("two.npz"), A=matrix, b=np.arange(4.0))
np.savez_compressed(at("packed.npz"), A=matrix)
rows = 1000
table = pa.table({
    "x": pa.array(np.arange(rows) / 8, pa.float64()),
    "k": pa.array(np.arange(rows) * 3, pa.int64()),
    "single": pa.array(np.arange(rows) / 2, pa.float32()),
    "yes": pa.array(np.arange(rows) % 3 == 0),
    "kind": pa.array([["ash", "birch", "cedar"][i % 3] for i in range(rows)]),
    "gaps": pa.array([None if i == 700 else float(i) for i in range(rows)]),
    "pair": pa.array([[1.0, 2.0]] * rows),
})
for codec in ["none", "snappy", "gzip", "zstd", "brotli", "lz4"]:
    pq.write_table(table, at(f"{codec}.parquet"), compression=codec, row_group_size=300)
