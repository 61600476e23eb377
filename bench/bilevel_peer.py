"""Runs the solvers of a local copy of the public benchmark_bilevel on problems that are handed over. One JSON object a line in, one a line out.

usage: bilevel_peer.py DIR. The copy's own classes are run by their own `run`; nothing of it is changed."""

import importlib
import io
import json
import math
import os
import sys
import time
from contextlib import redirect_stdout
from importlib import metadata

# One thread: what is computed stays on one core.
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

out = sys.stdout
sys.stdout = sys.stderr


def answer(content):
    print(json.dumps(content), file=out, flush=True)


versions = {"python": sys.version.split()[0]}
missing = []
for name in ["jax", "benchopt", "jaxopt"]:
    try:
        importlib.import_module(name)
        versions[name] = metadata.version(name)
    except Exception as error:
        missing.append(f"{name} ({error})")

directory = sys.argv[1]
sys.path.insert(0, directory)
solvers = {}
if not missing:
    import jax
    import jax.numpy as jnp

    for name in ["soba", "saba", "fsla", "stocbio", "amigo", "f2sa", "bome", "jaxopt_gd"]:
        try:
            with redirect_stdout(io.StringIO()):
                solvers[name] = importlib.import_module(f"solvers.{name}").Solver
        except Exception as error:
            missing.append(f"{name} ({type(error).__name__}: {error})")

problem = {}


def sliced(array, start, size):
    return jax.lax.dynamic_slice_in_dim(array, start, size)


def regularisation_selection(Z, y, train, valid):
    """One weight exp(x_j) / 2 of the penalty for each feature of a logistic regression."""

    def loss(w, Z, y):
        return jnp.mean(-jax.nn.log_sigmoid(y * (Z @ w)))

    def inner(w, x, start=0, batch_size=1):
        part = loss(w, sliced(Z[:train], start, batch_size), sliced(y[:train], start, batch_size))
        return part + jnp.dot(jnp.exp(x) * w, w) / 2

    def outer(w, x, start=0, batch_size=1):
        last = train + valid
        Zs, ys = sliced(Z[train:last], start, batch_size), sliced(y[train:last], start, batch_size)
        return loss(w, Zs, ys)

    n = Z.shape[1]
    return inner, outer, jnp.zeros(n), jnp.full(n, -4.0)


def data_cleaning(Z, Y, train, valid):
    """One weight sigmoid(x_i) for each training digit of a multinomial logistic regression; 0.01 sumsq(W) below."""
    n, classes = Z.shape[1], Y.shape[1]

    def losses(W, Z, Y):
        scores = Z @ W.reshape(n, classes)
        return jax.nn.logsumexp(scores, axis=1) - jnp.sum(scores * Y, axis=1)

    def inner(W, x, start=0, batch_size=1):
        Zs, Ys = sliced(Z[:train], start, batch_size), sliced(Y[:train], start, batch_size)
        weights = jax.nn.sigmoid(sliced(x, start, batch_size))
        return jnp.mean(weights * losses(W, Zs, Ys)) + 0.01 * jnp.sum(W**2)

    def outer(W, x, start=0, batch_size=1):
        last = train + valid
        Zs, Ys = sliced(Z[train:last], start, batch_size), sliced(Y[train:last], start, batch_size)
        return jnp.mean(losses(W, Zs, Ys))

    return inner, outer, jnp.zeros(n * classes), jnp.full(train, -2.0)


builders = {"regularisation_selection": regularisation_selection, "data_cleaning": data_cleaning}


def open_problem(task):
    """Takes the data as our side computed them from the same files."""
    jax.config.update("jax_enable_x64", task["bits"] == 64)
    Z = jnp.array(task["Z"], dtype=float).reshape(-1, task["n"])
    targets = jnp.array(task["targets"], dtype=float)
    if task["classes"] > 1:
        targets = targets.reshape(-1, task["classes"])
    train, valid = task["train"], task["valid"]
    inner, outer, inner0, outer0 = builders[task["problem"]](Z, targets, train, valid)
    problem.update(inner=inner, outer=outer, train=train, valid=valid, inner0=inner0, outer0=outer0)
    answer({"opened": True})


def values_at(task):
    """Both goals at a point: what shows that both sides have the same problem."""
    lower, upper = jnp.array(task["lower"], dtype=float), jnp.array(task["upper"], dtype=float)
    g = problem["inner"](lower, upper, 0, problem["train"])
    f = problem["outer"](lower, upper, 0, problem["valid"])
    answer({"values": [float(g), float(f)]})


def run(task):
    """Begins a run; after every `every` iterations says the seconds and the outer variables, and waits for 'go' or 'stop'."""
    begun = time.perf_counter()
    solver = solvers[task["solver"]].get_instance(**task["parameters"])
    compiled = dict(static_argnames=("batch_size",))
    solver.set_objective(
        f_inner=jax.jit(problem["inner"], **compiled),
        f_outer=jax.jit(problem["outer"], **compiled),
        n_inner_samples=problem["train"],
        n_outer_samples=problem["valid"],
        inner_var0=problem["inner0"],
        outer_var0=problem["outer0"],
    )
    every = task["every"]
    # A first block compiles what the solver's own warm-up did not.
    calls = [0]

    def warming():
        calls[0] += 1
        return calls[0] <= every + 1

    solver.run(warming)
    jax.block_until_ready(solver.outer_var)
    compiling = time.perf_counter() - begun
    calls[0] = 0
    spent = [0.0]
    clock = time.process_time if task["clock"] == "processor" else time.perf_counter
    since = [clock()]

    def callback():
        calls[0] += 1
        if (calls[0] - 1) % every != 0:
            return True
        jax.block_until_ready((solver.outer_var, solver.inner_var))
        spent[0] += clock() - since[0]
        # JSON has no NaN.
        entries = [float(entry) for entry in solver.outer_var]
        x = [entry if math.isfinite(entry) else "NaN" for entry in entries]
        answer({"seconds": spent[0], "compiling": compiling, "x": x})
        goes_on = sys.stdin.readline().strip() == "go"
        since[0] = clock()
        return goes_on

    solver.run(callback)


answer({"missing": missing, "versions": versions, "solvers": list(solvers)})
tasks = {"open": open_problem, "values": values_at, "run": run}
for line in sys.stdin:
    if line.strip() in ("", "stop", "go"):
        continue
    task = json.loads(line)
    try:
        tasks[task["op"]](task)
    except Exception as error:
        answer({"error": f"{type(error).__name__}: {error}"})
