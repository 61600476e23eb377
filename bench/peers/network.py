"""A step of gradient descent of a network of two layers, in 32 bits, with JAX and PyTorch."""

import json
import os

import numpy as np


def tasks(folder):
    sizes = json.load(open(os.path.join(folder, "sizes.json")))
    m, d, h, k = (sizes[name] for name in "mdhk")
    read = lambda name: np.fromfile(os.path.join(folder, name))
    X, labels = read("X").reshape(m, d).astype(np.float32), read("labels").astype(int)
    Y = np.eye(k, dtype=np.float32)[labels]
    W = [read("V1").reshape(d, h).astype(np.float32), read("V2").reshape(h, k).astype(np.float32)]
    made, missing = {}, []
    for name, section in {"JAX": with_jax, "PyTorch": with_torch}.items():
        try:
            made[name] = section(sizes, X, Y, W)
        except Exception as error:
            missing.append(f"{name}: {error}")
    return made, missing


def with_jax(sizes, X, Y, W):
    import jax
    import jax.numpy as jnp

    X, Y, start = jnp.asarray(X), jnp.asarray(Y), [jnp.asarray(w) for w in W]

    def loss(W):
        Z = jnp.tanh(X @ W[0]) @ W[1]
        return jnp.mean(jax.nn.logsumexp(Z, axis=1) - jnp.sum(Z * Y, axis=1))

    @jax.jit
    def step(W):
        return [w - sizes["rate"] * g for w, g in zip(W, jax.grad(loss)(W))]

    def task():
        W = start
        for _ in range(sizes["iterations"]):
            W = step(W)
        jax.block_until_ready(W)
        return {"iterations": sizes["iterations"]}

    return task


def with_torch(sizes, X, Y, W):
    import torch

    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    X, Y = torch.from_numpy(X), torch.from_numpy(Y)

    def task():
        weights = [torch.from_numpy(w.copy()).requires_grad_() for w in W]
        for _ in range(sizes["iterations"]):
            Z = torch.tanh(X @ weights[0]) @ weights[1]
            loss = (torch.logsumexp(Z, 1) - (Z * Y).sum(1)).mean()
            gradients = torch.autograd.grad(loss, weights)
            with torch.no_grad():
                for w, g in zip(weights, gradients):
                    w -= sizes["rate"] * g
        return {"iterations": sizes["iterations"]}

    return task
