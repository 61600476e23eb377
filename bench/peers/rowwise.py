"""Values and gradients of mean losses over the rows of a matrix, with NumPy, SciPy and JAX."""

import json
import os

import numpy as np
from scipy import sparse
from scipy.special import expit, logsumexp

losses = ["logistic", "least squares", "poisson"]


def of_products(loss, xp, expit):
    """Value and slope of each row's loss, from the product z and the label y."""
    return {
        "logistic": lambda z, y: (xp.logaddexp(0, -y * z), -y * expit(-y * z)),
        "least squares": lambda z, y: ((z - y) ** 2 / 2, z - y),
        "poisson": lambda z, y: ((e := xp.exp(z)) - y * z, e - y),
    }[loss]


def tasks(folder):
    sizes = json.load(open(os.path.join(folder, "sizes.json")))
    read = lambda name, kind=np.float64: np.fromfile(os.path.join(folder, name), dtype=kind)
    made, missing = {}, []
    if sizes["storage"] == "dense":
        m, n, classes = sizes["m"], sizes["n"], sizes["classes"]
        A, b = read("A").reshape(m, n), read("b")
        Y = np.eye(classes)[read("labels", np.float64).astype(int) - 1]
        x, W = np.full(n, 0.01), np.full((n, classes), 0.01)

        def numpy_loss(loss):
            rule = of_products(loss, np, expit)

            def task():
                value, slope = rule(A @ x, b)
                return {"value": float(value.mean()), "check": float(np.sum(A.T @ slope) / m)}

            return task

        def numpy_softmax():
            Z = A @ W
            value = (logsumexp(Z, axis=1) - (Z * Y).sum(axis=1)).mean()
            Z -= Z.max(axis=1, keepdims=True)
            P = np.exp(Z)
            P /= P.sum(axis=1, keepdims=True)
            P -= Y
            return {"value": float(value), "check": float(np.sum(A.T @ P) / m)}

        square = np.ascontiguousarray(A[:, :].reshape(-1)[: 512 * 512].reshape(512, 512))
        made["numpy read"] = lambda: void(A @ x)
        made["numpy sum"] = lambda: void(A.sum())
        made["numpy products"] = lambda: void(square.T @ (square @ square))
        for loss in losses:
            made[f"numpy {loss}"] = numpy_loss(loss)
        made["numpy softmax"] = numpy_softmax
        jax_tasks = lambda: dense_jax(A, b, Y, x, W)
    else:
        m, n = sizes["m"], sizes["n"]
        A = sparse.csr_array((read("data"), read("column", np.int32), read("rowStart", np.int32)), shape=(m, n))
        b, x = read("b"), np.full(n, 0.01)

        def scipy_loss(loss):
            rule = of_products(loss, np, expit)

            def task():
                value, slope = rule(A @ x, b)
                return {"value": float(value.mean()), "check": float(np.sum(A.T @ slope) / m)}

            return task

        made["numpy sum"] = lambda: void(A.data.sum() + A.indices.sum())
        for loss in losses[:2]:
            made[f"scipy {loss}"] = scipy_loss(loss)
        jax_tasks = lambda: sparse_jax(A, b, x)
    try:
        made.update(jax_tasks())
    except ImportError as error:
        missing.append(f"JAX: {error}")
    return made, missing


def void(_):
    return None


def jax_losses():
    import jax
    import jax.numpy as jnp

    return {
        "logistic": lambda z, y: jnp.mean(jax.nn.softplus(-y * z)),
        "least squares": lambda z, y: jnp.mean((z - y) ** 2) / 2,
        "poisson": lambda z, y: jnp.mean(jnp.exp(z) - y * z),
    }


def timed(evaluate, arguments):
    import jax

    compiled = jax.jit(evaluate)

    def task():
        value, gradient = jax.block_until_ready(compiled(*arguments))
        return {"value": float(value)}

    return task


def dense_jax(A, b, Y, x, W):
    import jax
    import jax.numpy as jnp

    A, b, Y, x, W = map(jnp.asarray, (A, b, Y, x, W))
    made = {}
    for loss, rule in jax_losses().items():
        goal = lambda x, A, b, rule=rule: rule(A @ x, b)
        made[f"jax {loss}"] = timed(jax.value_and_grad(goal), (x, A, b))

    def softmax(W, A, Y):
        Z = A @ W
        return jnp.mean(jax.nn.logsumexp(Z, axis=1) - jnp.sum(Z * Y, axis=1))

    made["jax softmax"] = timed(jax.value_and_grad(softmax), (W, A, Y))
    return made


def sparse_jax(A, b, x):
    import jax
    import jax.numpy as jnp
    from jax.experimental import sparse as jsparse

    M = jsparse.BCSR((jnp.asarray(A.data), jnp.asarray(A.indices), jnp.asarray(A.indptr)), shape=A.shape).to_bcoo()
    b, x = jnp.asarray(b), jnp.asarray(x)
    made = {}
    for loss in losses[:2]:
        # The matrix is an argument: as a constant it would be folded at compile time.
        goal = lambda x, M, b, rule=jax_losses()[loss]: rule(M @ x, b)
        made[f"jax {loss}"] = timed(jax.value_and_grad(goal), (x, M, b))
    return made
