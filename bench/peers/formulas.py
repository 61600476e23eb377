"""The functions of Moré, Garbow and Hillstrom, value and gradient at the start, with CasADi and JAX."""

import json
import os
import re

import numpy as np


def tasks(folder):
    suite = json.load(open(json.load(open(os.path.join(folder, "sizes.json")))["suite"]))
    made, missing = {}, []
    for name, section in {"CasADi": with_casadi, "JAX": with_jax}.items():
        try:
            for problem in suite["problems"]:
                made[f"{name} {problem['name']}"] = section(problem)
        except Exception as error:
            missing.append(f"{name}: {error}")
    return made, missing


def evaluate(problem, x, library):
    """The formula, counted from 1, with the functions of a library."""
    text = re.sub(r"x\[(\d+)\]", lambda found: f"x[{int(found[1]) - 1}]", problem["minimize"]).replace("^", "**")
    names = {name: getattr(library, name) for name in ["exp", "log", "sin", "cos", "sqrt"]}
    return eval(text, {"x": x, **names})


def repeat(count, call):
    def task():
        for _ in range(count):
            call()
        return {"iterations": count}

    return task


def with_casadi(problem):
    import casadi as ca

    x = ca.SX.sym("x", problem["dim"])
    f = evaluate(problem, x, ca)
    function = ca.Function("f", [x], [f, ca.gradient(f, x)])
    # Without copies between Python's and its own matrices.
    buffer, call = function.buffer()
    at, value, gradient = np.array(problem["start"], float), np.zeros(1), np.zeros(problem["dim"])
    buffer.set_arg(0, memoryview(at))
    buffer.set_res(0, memoryview(value))
    buffer.set_res(1, memoryview(gradient))
    task = repeat(2000, call)
    task.kept = (function, buffer, at, value, gradient)
    return task


def with_jax(problem):
    import jax
    import jax.numpy as jnp

    function = jax.jit(jax.value_and_grad(lambda x: jnp.asarray(evaluate(problem, x, jnp), float)))
    at = jnp.asarray(problem["start"], float)
    # Compiled when the first round asks for it.
    return repeat(500, lambda: jax.block_until_ready(function(at)))
