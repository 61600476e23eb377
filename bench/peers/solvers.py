"""Lasso and logistic regression until the relative duality gap is 1e-8: each solver with the loosest tolerance of its own that gets there."""

import json
import os
import time

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, xlogy

wanted = 1e-8


def lasso_gap(A, b, penalty):
    m = len(b)

    def gap(x):
        r = b - A @ x
        value = r @ r / (2 * m) + penalty * np.abs(x).sum()
        dual = r * min(1, penalty * m / np.abs(A.T @ r).max()) / m
        bound = dual @ b - m * (dual @ dual) / 2
        return value, (value - bound) / max(1, abs(value))

    return gap


def logistic_gap(A, b):
    m = len(b)

    def gap(w):
        margin = b * (A @ w)
        p = expit(-margin)
        value = np.logaddexp(0, -margin).mean() + w @ w / (2 * m)
        pull = A.T @ (p * b) / m
        bound = -(xlogy(p, p) + xlogy(1 - p, 1 - p)).mean() - m * (pull @ pull) / 2
        return value, (value - bound) / max(1, abs(value))

    return gap


def until(gap, fit):
    """The first run looks for the tolerance; every run is timed alone."""
    known = []

    def task():
        for tol in known or [10.0**-k for k in range(4, 16)]:
            begun = time.perf_counter()
            x = fit(tol)
            ms = (time.perf_counter() - begun) * 1e3
            value, reached = gap(x)
            if reached <= wanted:
                break
        known[:] = [tol]
        return {"ms": ms, "value": float(value), "gap": float(reached)}

    return task


def tasks(folder):
    sizes = json.load(open(os.path.join(folder, "sizes.json")))
    m, n = sizes["m"], sizes["n"]
    read = lambda name: np.fromfile(os.path.join(folder, name))
    A, b = read("A").reshape(m, n), read("b")
    made, missing = {}, []
    if sizes["problem"] == "lasso":
        penalty = sizes["share"] * np.abs(A.T @ b).max() / m
        gap = lasso_gap(A, b, penalty)
        # By rows, as we have it; scikit-learn also by columns, which saves it a copy.
        columns = np.asfortranarray(A)
        for name, load, data in [
            ("scikit-learn Lasso", lasso_sklearn, A),
            ("scikit-learn Lasso, data by columns", lasso_sklearn, columns),
            ("celer", lasso_celer, A),
            ("skglm", lasso_skglm, A),
        ]:
            try:
                made[name] = until(gap, load(data, b, penalty))
            except Exception as error:
                missing.append(f"{name}: {error}")
        return made, missing
    gap = logistic_gap(A, b)
    from sklearn.linear_model import LogisticRegression

    def sklearn_fit(solver):
        return lambda tol: LogisticRegression(C=1.0, fit_intercept=False, solver=solver, tol=tol, max_iter=10_000).fit(A, b).coef_[0]

    def value_and_gradient(w):
        margin = b * (A @ w)
        return np.logaddexp(0, -margin).mean() + w @ w / (2 * m), A.T @ (-b * expit(-margin)) / m + w / m

    for solver in ["lbfgs", "newton-cholesky", "liblinear"]:
        made[f"scikit-learn {solver}"] = until(gap, sklearn_fit(solver))
    made["SciPy L-BFGS-B"] = until(
        gap,
        lambda tol: minimize(value_and_gradient, np.zeros(n), jac=True, method="L-BFGS-B", options={"ftol": 0, "gtol": tol, "maxiter": 10_000}).x,
    )
    return made, missing


def lasso_sklearn(A, b, penalty):
    from sklearn.linear_model import Lasso

    return lambda tol: Lasso(alpha=penalty, fit_intercept=False, tol=tol, max_iter=100_000).fit(A, b).coef_


def lasso_celer(A, b, penalty):
    from celer import Lasso

    return lambda tol: Lasso(alpha=penalty, fit_intercept=False, tol=tol).fit(A, b).coef_


def lasso_skglm(A, b, penalty):
    from skglm import Lasso

    return lambda tol: Lasso(alpha=penalty, fit_intercept=False, tol=tol).fit(A, b).coef_
