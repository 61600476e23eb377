"""What others take to compile: JAX a value and gradient of so many terms, CVXPY the same least squares with a penalty."""

import json
import os
import time

import numpy as np


def tasks(folder):
    sizes = json.load(open(os.path.join(folder, "sizes.json")))
    made, missing = {}, []
    for name, section in {"JAX": with_jax, "CVXPY": with_cvxpy}.items():
        try:
            made.update(section(sizes["terms"]))
        except Exception as error:
            missing.append(f"{name}: {error}")
    return made, missing


def with_jax(counts):
    import jax
    import jax.numpy as jnp

    def compiled(count):
        def task():
            def goal(x):
                return sum((x[k % 10] - k / 7) ** 2 + 0.01 * jnp.exp(x[(k + 3) % 10] / (k + 1)) for k in range(1, count + 1))

            jax.jit(jax.value_and_grad(goal)).lower(jnp.zeros(10)).compile()

        return task

    return {f"JAX {count}": compiled(count) for count in counts}


def with_cvxpy(counts):
    import cvxpy as cp

    def compiled(count):
        def task():
            x = cp.Variable(10)
            goal = sum(cp.square(x[k % 10] - k / 7) + 0.01 * cp.exp(x[(k + 3) % 10] / (k + 1)) for k in range(1, count + 1))
            cp.Problem(cp.Minimize(goal)).get_problem_data(cp.CLARABEL)

        return task

    return {f"CVXPY {count}": compiled(count) for count in counts}
