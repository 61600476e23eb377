"""The micro benchmarks with NumPy, SciPy and scikit-learn, one thread."""

import time

import numpy as np
from scipy.optimize import minimize, rosen, rosen_der
from scipy.special import expit
from sklearn.linear_model import LogisticRegression


def median_ms(work, rounds=15):
    """The median of the times of `work` in milliseconds, after three rounds to warm up."""
    times = []
    for round in range(rounds + 3):
        begun = time.perf_counter()
        work()
        if round >= 3:
            times.append((time.perf_counter() - begun) * 1e3)
    return sorted(times)[len(times) // 2]


m, n = 20_000, 512
A = (np.sin(np.arange(m * n) * 12.9898) * 0.5).reshape(m, n)
b = np.where(np.sin(np.arange(m) * 78.233) > 0, 1.0, -1.0)
x = np.full(n, 0.01)
# Labels with a rule and some noise, so that a solver has work to do.
labels = np.where(A @ np.cos(np.arange(n)) + np.sin(np.arange(m) * 3.7) > 0, 1.0, -1.0)


def value_and_gradient():
    margin = b * (A @ x)
    return np.logaddexp(0, -margin).mean(), A.T @ (-b * expit(-margin)) / m


print(f"NumPy: logistic value and gradient {median_ms(value_and_gradient):.2f} ms")

begun = time.perf_counter()
model = LogisticRegression(C=1.0, fit_intercept=False, max_iter=20).fit(A, labels)
spent = (time.perf_counter() - begun) * 1e3
print(f"scikit-learn: lbfgs on the same data {spent / max(1, model.n_iter_[0]):.2f} ms an iteration")

begun = time.perf_counter()
solved = minimize(rosen, [-1.2, 1.0], jac=rosen_der, method="L-BFGS-B")
spent = (time.perf_counter() - begun) * 1e9
print(f"SciPy: L-BFGS-B on Rosenbrock {spent / solved.nit:.0f} ns an iteration")
