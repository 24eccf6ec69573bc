"""The cases in JAX: every step jitted, many steps inside one lax.scan."""

from functools import partial
from time import perf_counter

import diffrax
import jax
import jax.numpy as jnp
import jaxlib
import numpy as np
from jax import lax
from timing import best_of, per_call_us, steps


def versions() -> dict:
    return {"jax": jax.__version__, "jaxlib": jaxlib.__version__, "diffrax": diffrax.__version__}


def loss(params, x, t):
    h = x
    for w, b in params[:-1]:
        h = jnp.tanh(h @ w + b)
    w, b = params[-1]
    return 0.5 * jnp.sum((h @ w + b - t) ** 2) / x.shape[0]


def layers(tensors: dict, w: str = "w", b: str = "b"):
    n = sum(1 for name in tensors if name[0] == w and name[1:].isdigit())
    return [(jnp.asarray(tensors[f"{w}{i}"]), jnp.asarray(tensors[f"{b}{i}"])) for i in range(n)]


def descend(eta, params, x, t):
    return jax.tree.map(lambda p, g: p - eta * g, params, jax.grad(loss)(params, x, t))


def scanned(eta: float, count: int, unroll: int):
    @jax.jit
    def run(params, x, t):
        return lax.scan(lambda p, _: (descend(eta, p, x, t), None), params, None, length=count, unroll=unroll)[0]

    return run


def descent(request: dict, tensors: dict) -> dict:
    params, x, t = layers(tensors), jnp.asarray(tensors["x"]), jnp.asarray(tensors["t"])
    eta, chunk, check_steps = request["eta"], request["chunk"], request["checkSteps"]
    one = jax.jit(partial(descend, eta))

    def loop():
        p = params
        for _ in range(chunk):
            p = one(p, x, t)
        jax.block_until_ready(p)

    def scan(unroll):
        f = scanned(eta, chunk, unroll)
        return lambda: jax.block_until_ready(f(params, x, t))

    runs = {"jit, one step a call": (loop, chunk), "lax.scan": (scan(1), chunk), "lax.scan, unroll 5": (scan(5), chunk)}
    form, forms = best_of(runs)
    last = scanned(eta, check_steps, 1)(params, x, t)
    return {"time": steps(*runs[form]), "form": form, "forms": forms, "check": {"loss": float(jax.jit(loss)(last, x, t))}}


def curvature(request: dict, tensors: dict) -> dict:
    params, v, x, t = layers(tensors), layers(tensors, "v", "u"), jnp.asarray(tensors["x"]), jnp.asarray(tensors["t"])
    gradient = jax.jit(jax.grad(loss))
    product = jax.jit(lambda p, v, x, t: jax.jvp(lambda q: jax.grad(loss)(q, x, t), (p,), (v,))[1])
    hv = product(params, v, x, t)
    quadratic = sum(float(jnp.vdot(a, b)) for a, b in zip(jax.tree.leaves(v), jax.tree.leaves(hv)))

    def run_gradient():
        jax.block_until_ready(gradient(params, x, t))

    def run_product():
        jax.block_until_ready(product(params, v, x, t))

    run_gradient()

    def sample(reps: int) -> dict:
        return {"us_per_step": per_call_us(run_product, reps), "us_gradient": per_call_us(run_gradient, reps)}

    return {"time": sample, "form": "jit, jvp of grad", "check": {"vHv": quadratic}}


def product(dtype, request: dict, tensors: dict) -> dict:
    a, b = jnp.asarray(tensors["a"], dtype), jnp.asarray(tensors["b"], dtype)
    multiply = jax.jit(jnp.matmul)
    c = multiply(a, b).astype(jnp.float64)
    return {"time": steps(lambda: multiply(a, b).block_until_ready(), 1), "form": "jit", "check": {"sumOfSquares": float(jnp.sum(c * c))}}


def first_step(request: dict, tensors: dict) -> dict:
    params, x, t = layers(tensors), jnp.asarray(tensors["x"]), jnp.asarray(tensors["t"])
    eta = request["eta"]

    def once() -> float:
        jax.clear_caches()
        began = perf_counter()
        jax.block_until_ready(jax.jit(partial(descend, eta))(params, x, t))
        return (perf_counter() - began) * 1e6

    once()  # starts the back end
    value = float(jax.jit(loss)(partial(descend, eta)(params, x, t), x, t))

    def sample(_reps: int) -> dict:
        return {"us_per_step": once()}

    return {"time": sample, "form": "jit of one step", "check": {"loss": value}}


def random_products(request: dict, tensors: dict) -> dict:
    eta, chunk = request["eta"], request["chunk"]
    table, start, drawn = tensors["g"], tensors["r"], tensors["drawn"].astype(np.int32)

    def walk(g, r, indices):
        return lax.scan(lambda v, i: (v - g[i] * (eta * v[i]), None), r, indices)[0]

    jitted = jax.jit(walk)
    on_device = [jnp.asarray(a) for a in (table, start, drawn)]

    def scan():
        return jitted(*on_device).block_until_ready()

    def loop():
        r = start.copy()
        for i in drawn:
            r -= table[i] * (eta * r[i])

    runs = {"lax.scan": (scan, chunk), "NumPy, one step a call": (loop, chunk)}
    form, forms = best_of(runs)
    r = scan()
    return {"time": steps(*runs[form]), "form": form, "forms": forms, "check": {"sumOfSquares": float(jnp.vdot(r, r))}}


def many_trainings(request: dict, tensors: dict) -> dict:
    eta, chunk, check_steps = request["eta"], request["chunk"], request["checkSteps"]
    w, x, t = jnp.asarray(tensors["w"]), jnp.asarray(tensors["x"]), jnp.asarray(tensors["t"])

    def step(theta):
        def value(p):
            hidden = (p[:32].reshape(2, 16), p[32:48])
            last = (p[48:64].reshape(16, 1), p[64:65])
            return loss([hidden, last], x, t)

        return theta - eta * jax.grad(value)(theta)

    def scan_of_vmap(count):
        return jax.jit(lambda all_: lax.scan(lambda c, _: (jax.vmap(step)(c), None), all_, None, length=count)[0])

    def vmap_of_scan(count):
        return jax.jit(jax.vmap(lambda one: lax.scan(lambda c, _: (step(c), None), one, None, length=count)[0]))

    def bound(f):
        return lambda: f(w).block_until_ready()

    runs = {"scan of vmap": (bound(scan_of_vmap(chunk)), chunk), "vmap of scan": (bound(vmap_of_scan(chunk)), chunk)}
    form, forms = best_of(runs)
    last = scan_of_vmap(check_steps)(w)
    return {"time": steps(*runs[form]), "form": form, "forms": forms, "check": {"sumOfSquares": float(jnp.sum(last * last))}}


def many_starts(request: dict, tensors: dict) -> dict:
    (w0, b0), (w1, b1) = layers(tensors)
    x, reference = jnp.asarray(tensors["x"]), tensors["reference"]
    term = diffrax.ODETerm(lambda t, h, args: jnp.tanh(h @ w0 + b0) @ w1 + b1)
    controller = diffrax.PIDController(rtol=request["rtol"], atol=request["atol"])

    def end(solver, y):
        found = diffrax.diffeqsolve(term, solver, 0.0, 1.0, None, y, stepsize_controller=controller, saveat=diffrax.SaveAt(t1=True))
        return found.ys[0]

    ends = {
        "diffrax Tsit5, vmap: a step size each": jax.jit(jax.vmap(partial(end, diffrax.Tsit5()))),
        "diffrax Dopri5, vmap: a step size each": jax.jit(jax.vmap(partial(end, diffrax.Dopri5()))),
        "diffrax Tsit5, one step size for all": jax.jit(partial(end, diffrax.Tsit5())),
    }
    form, forms = best_of({name: (lambda f=f: f(x).block_until_ready(), 1) for name, f in ends.items()})
    found = np.asarray(ends[form](x))
    off = float(np.abs(found[: len(reference)] - reference).max())
    return {
        "time": steps(lambda: ends[form](x).block_until_ready(), 1),
        "form": f"{form}; off by {off:.1e}",
        "forms": forms,
        "check": {"sumOfSquares": float(np.sum(found * found))},
    }


def flow_gradient(request: dict, tensors: dict) -> dict:
    params, x, t = layers(tensors), jnp.asarray(tensors["x"]), jnp.asarray(tensors["t"])
    count, horizon = request["steps"], request["horizon"]
    times = jnp.linspace(0.0, horizon, count + 1)

    def value(adjoint, p):
        (w0, b0), (w1, b1) = p
        term = diffrax.ODETerm(lambda s, h, args: jnp.tanh(h**3 @ w0 + b0) @ w1 + b1)
        controller = diffrax.StepTo(ts=times)
        path = diffrax.diffeqsolve(
            term, diffrax.Dopri5(), 0.0, horizon, None, x, stepsize_controller=controller, saveat=diffrax.SaveAt(t0=True, steps=True), adjoint=adjoint, max_steps=count
        ).ys
        error = path[: count + 1] - t
        return jnp.mean(error * error)

    adjoints = {"diffrax, RecursiveCheckpointAdjoint": diffrax.RecursiveCheckpointAdjoint(), "diffrax, DirectAdjoint": diffrax.DirectAdjoint()}
    runs = {}
    for name, adjoint in adjoints.items():
        f = jax.jit(jax.value_and_grad(partial(value, adjoint)))
        runs[name] = (lambda f=f: jax.block_until_ready(f(params)), 1)

    form, forms = best_of(runs)
    loss_, gradient = runs[form][0]()
    squares = sum(float(jnp.vdot(g, g)) for g in jax.tree.leaves(gradient))
    return {"time": steps(*runs[form]), "form": f"{form}, Dopri5", "forms": forms, "check": {"loss": float(loss_), "sumOfSquares": squares}}


CASES = {
    "node-starts": many_starts,
    "node-gradient": flow_gradient,
    "sgd-products": random_products,
    "trainings-1024": many_trainings,
    "gd-small": descent,
    "gd-digits": descent,
    "gd-wide": descent,
    "hvp-digits": curvature,
    "matmul-f32": partial(product, jnp.float32),
    "matmul-f64": partial(product, jnp.float64),
    "compile-time": first_step,
}
