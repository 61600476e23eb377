"""Small problems: Rosenbrock's function with C at -O2, CasADi and JAX, and entropic transport with POT."""

import ctypes
import json
import os
import shutil
import subprocess

import numpy as np


def tasks(folder):
    sizes = json.load(open(os.path.join(folder, "sizes.json")))
    made, missing = {}, []
    for name, section in {"C": in_c, "CasADi": with_casadi, "JAX": with_jax, "SciPy": with_scipy, "POT": with_pot}.items():
        try:
            made.update(section(folder, sizes))
        except Exception as error:
            missing.append(f"{name}: {error}")
    return made, missing


def in_c(folder, sizes):
    if shutil.which("gcc") is None:
        raise RuntimeError("gcc is not there")
    library = os.path.join(folder, "rosenbrock.so")
    source = os.path.join(os.path.dirname(__file__), "rosenbrock.c")
    subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", library, source], check=True)
    code = ctypes.CDLL(library)
    for name in ["gradients", "products", "descent"]:
        getattr(code, name).restype = ctypes.c_double
    n = sizes["n"]
    x, v, g, z = np.full(n, 0.5), np.full(n, 0.01), np.zeros(n), np.array([-1.2, 1.0])
    at = lambda array: ctypes.c_void_p(array.ctypes.data)

    def run(count, call):
        def task():
            call(count)
            return {"iterations": count}

        return task

    return {
        "C gradient": run(20_000, lambda k: code.gradients(k, n, at(x), at(g))),
        "C Hessian product": run(20_000, lambda k: code.products(k, n, at(x), at(v), at(g))),
        "C descent": run(1_000_000, lambda k: code.descent(k, at(z))),
    }


def repeat(count, call):
    def task():
        for _ in range(count):
            call()
        return {"iterations": count}

    return task


def with_casadi(folder, sizes):
    import casadi as ca

    n = sizes["n"]
    x, v = ca.SX.sym("x", n), ca.SX.sym("v", n)
    f = ca.sumsqr(1 - x[:-1]) + 100 * ca.sumsqr(x[1:] - x[:-1] ** 2)
    g = ca.gradient(f, x)
    gradient = ca.Function("g", [x], [g])
    product = ca.Function("h", [x, v], [ca.jtimes(g, x, v)])

    # Without copies between Python's and its own matrices.
    def buffered(function, inputs):
        buffer, call = function.buffer()
        out = np.zeros(n)
        for k, each in enumerate(inputs):
            buffer.set_arg(k, memoryview(each))
        buffer.set_res(0, memoryview(out))
        task = repeat(1000, call)
        task.kept = (buffer, inputs, out)
        return task

    X, V = np.full(n, 0.5), np.full(n, 0.01)
    return {"CasADi gradient": buffered(gradient, [X]), "CasADi Hessian product": buffered(product, [X, V])}


def with_jax(folder, sizes):
    import jax
    import jax.numpy as jnp

    n = sizes["n"]
    x, v = jnp.full(n, 0.5), jnp.full(n, 0.01)
    f = lambda x: jnp.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)
    gradient = jax.jit(jax.grad(f))
    product = jax.jit(lambda x, v: jax.jvp(jax.grad(f), (x,), (v,))[1])
    return {
        "JAX gradient": repeat(1000, lambda: gradient(x).block_until_ready()),
        "JAX Hessian product": repeat(1000, lambda: product(x, v).block_until_ready()),
    }


def with_scipy(folder, sizes):
    from scipy.optimize import minimize, rosen, rosen_der

    def lbfgs():
        found = minimize(rosen, [-1.2, 1.0], jac=rosen_der, method="L-BFGS-B")
        return {"iterations": int(found.nit)}

    return {"SciPy L-BFGS-B": lbfgs}


def with_pot(folder, sizes):
    import ot

    n, eps = sizes["points"], sizes["eps"]
    k = np.arange(1, n + 1)
    a, b = 2 * k / (n * (n + 1)), np.full(n, 1 / n)
    C = (k[:, None] - k[None, :]) ** 2 / n**2

    def solve(method):
        def task():
            plan = ot.sinkhorn(a, b, C, eps, method=method, stopThr=1e-7, numItermax=20_000, warn=False)
            return {"error": float(np.abs(plan.sum(axis=0) - b).sum() + np.abs(plan.sum(axis=1) - a).sum())}

        return task

    return {"POT sinkhorn": solve("sinkhorn"), "POT sinkhorn_log": solve("sinkhorn_log")}
