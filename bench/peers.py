"""The micro benchmarks with NumPy, SciPy and scikit-learn, one thread. Reads a task's name a line, answers with one JSON object a line."""

import importlib
import json
import sys
import time

versions = {"python": sys.version.split()[0]}
missing = []
for name in ["numpy", "scipy", "sklearn"]:
    try:
        versions[name] = importlib.import_module(name).__version__
    except ImportError:
        missing.append(name)

m, n = 20_000, 512
tasks = {}

if "numpy" not in missing:
    import numpy as np

    # Pseudo-random entries that are easy to make again elsewhere.
    A = (np.sin(np.arange(m * n) * 12.9898) * 43758.5453 % 1 - 0.5).reshape(m, n)
    b = np.where(np.sin(np.arange(m) * 78.233) > 0, 1.0, -1.0)
    x = np.full(n, 0.01)
    # Labels with a rule and some noise, so that a fit has work to do.
    labels = np.where(A @ np.cos(np.arange(n)) + np.sin(np.arange(m) * 3.7) > 0, 1.0, -1.0)

    def rosenbrock_steps():
        z = np.array([-1.2, 1.0])
        for _ in range(1000):
            r = z[1] - z[0] ** 2
            z = z - 0.001 * np.array([-400 * z[0] * r - 2 * (1 - z[0]), 200 * r])
        return {"iterations": 1000}

    tasks["numpy rosenbrock"] = rosenbrock_steps

if not missing[:2]:
    from scipy.optimize import minimize, rosen, rosen_der
    from scipy.special import expit

    def numpy_logistic():
        margin = b * (A @ x)
        np.logaddexp(0, -margin).mean()
        A.T @ (-b * expit(-margin)) / m
        return {"iterations": 1}

    def scipy_rosenbrock():
        found = minimize(rosen, [-1.2, 1.0], jac=rosen_der, method="L-BFGS-B")
        return {"iterations": int(found.nit), "value": float(found.fun)}

    tasks["numpy logistic"] = numpy_logistic
    tasks["scipy rosenbrock"] = scipy_rosenbrock

if not missing:
    from sklearn.linear_model import LogisticRegression

    def sklearn_fit():
        # C = 1 of the sum is a penalty of 1/(2 m) of the mean.
        model = LogisticRegression(C=1.0, fit_intercept=False, tol=1e-6, max_iter=20)
        model.fit(A, labels)
        w = model.coef_[0]
        value = np.logaddexp(0, -labels * (A @ w)).mean() + w @ w / (2 * m)
        return {"iterations": int(model.n_iter_[0]), "value": float(value)}

    tasks["sklearn fit"] = sklearn_fit

    try:
        from sklearn._loss import HalfBinomialLoss
        from sklearn.linear_model._linear_loss import LinearModelLoss

        loss = LinearModelLoss(base_loss=HalfBinomialLoss(), fit_intercept=False)
        zero_one = (b + 1) / 2

        def sklearn_logistic():
            loss.loss_gradient(x, A, zero_one)
            return {"iterations": 1}

        tasks["sklearn logistic"] = sklearn_logistic
    except ImportError:
        missing.append("sklearn's value and gradient")


def answer(content):
    print(json.dumps(content), flush=True)


answer({"tasks": list(tasks), "missing": missing, "versions": versions})
for line in sys.stdin:
    begun = time.perf_counter()
    try:
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = tasks[line.strip()]()
        answer({**result, "ms": (time.perf_counter() - begun) * 1e3})
    except Exception as error:
        answer({"error": str(error)})
