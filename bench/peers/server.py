"""The benchmarks with other libraries. A JSON object a line: {"load": section, "folder": data} answers with the section's tasks, {"task": name} runs one."""

import importlib
import json
import os
import sys
import time
import warnings

warnings.simplefilter("ignore")
tasks = {}
names = {"numpy": "NumPy", "scipy": "SciPy", "sklearn": "scikit-learn", "jax": "JAX", "celer": "celer", "skglm": "skglm",
         "casadi": "CasADi", "cvxpy": "CVXPY", "ot": "POT", "torch": "PyTorch"}


def versions():
    from importlib.metadata import PackageNotFoundError, version

    distributions = {"sklearn": "scikit-learn", "ot": "POT", "torch": "torch"}
    found, missing = {"Python": sys.version.split()[0]}, []
    for module, name in names.items():
        try:
            found[name] = version(distributions.get(module, module))
        except PackageNotFoundError:
            missing.append(name)
    return {"versions": found, "missing": missing}


def load(section, folder):
    """A section gives tasks by name, and what it had to leave out with the reason."""
    tasks.clear()
    made, missing = importlib.import_module(section).tasks(folder)
    tasks.update(made)
    return {"tasks": list(made), "missing": missing}


def run(name):
    begun = time.perf_counter()
    result = tasks[name]() or {}
    ms = (time.perf_counter() - begun) * 1e3
    return {"ms": ms, "iterations": 1, **result}


# What libraries print must not mix with the answers.
out = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def answer(content):
    print(json.dumps(content), file=out, flush=True)


answer(versions())
for line in sys.stdin:
    request = json.loads(line)
    try:
        answer(load(request["load"], request["folder"]) if "load" in request else run(request["task"]))
    except Exception as error:
        answer({"error": f"{type(error).__name__}: {error}"})
