"""Value and gradient of the logistic loss, over dense rows with NumPy or compressed ones with SciPy."""

import json
import os

import numpy as np
from scipy import sparse
from scipy.special import expit


def tasks(folder):
    sizes = json.load(open(os.path.join(folder, "sizes.json")))
    read = lambda name, kind=np.float64: np.fromfile(os.path.join(folder, name), dtype=kind)
    m, n, b = sizes["m"], sizes["n"], read("b")
    if sizes["storage"] == "dense":
        A = read("A").reshape(m, n)
    else:
        A = sparse.csr_array((read("data"), read("column", np.int32), read("rowStart", np.int32)), shape=(m, n))
    x = np.full(n, 0.01)
    count = max(1, round(2e7 / (m * n if sizes["storage"] == "dense" else A.nnz)))

    def logistic():
        for _ in range(count):
            z = -b * (A @ x)
            np.logaddexp(0, z).mean()
            A.T @ (-b * expit(z)) / m
        return {"iterations": count}

    return {"logistic": logistic}, []
