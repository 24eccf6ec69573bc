"""The cases in PyTorch: eager autograd, and torch.compile where its compiler works."""

import sys
from functools import partial

import torch
import torchdiffeq
from timing import best_of, per_call_us, steps


def versions() -> dict:
    return {"torch": torch.__version__, "torchdiffeq": torchdiffeq.__version__}


def use_threads(n: int) -> None:
    torch.set_num_threads(n)
    torch.set_num_interop_threads(1)


def loss(params, x, t):
    h = x
    for i in range(0, len(params) - 2, 2):
        h = torch.tanh(torch.addmm(params[i + 1], h, params[i]))
    y = torch.addmm(params[-1], h, params[-2])
    return 0.5 / x.shape[0] * torch.sum((y - t) ** 2)


def layers(tensors: dict, w: str = "w", b: str = "b") -> tuple:
    n = sum(1 for name in tensors if name[0] == w and name[1:].isdigit())
    return tuple(torch.from_numpy(tensors[f"{k}{i}"].copy()) for i in range(n) for k in (w, b))


def eager(eta: float, count: int, params, x, t):
    """In place, as optimizers do: no new parameter tensors a step."""
    ps = [p.clone().requires_grad_(True) for p in params]
    for _ in range(count):
        gs = torch.autograd.grad(loss(ps, x, t), ps)
        with torch.no_grad():
            torch._foreach_add_(ps, gs, alpha=-eta)
    return ps


def functional_step(eta: float, inner: int):
    gradient = torch.func.grad(loss)

    def step(params, x, t):
        for _ in range(inner):
            gs = gradient(params, x, t)
            params = tuple(p - eta * g for p, g in zip(params, gs))
        return params

    return step


def compiled_runs(eta: float, chunk: int, params, x, t) -> dict:
    runs = {}
    for inner, options in ((1, {}), (5, {"cpp_wrapper": True})):
        name = f"torch.compile, {inner} step{'s' if inner > 1 else ''} a call{', C++ wrapper' if options else ''}"
        try:
            torch._dynamo.reset()
            step = torch.compile(functional_step(eta, inner), fullgraph=True, options=options)

            def run(step=step, inner=inner):
                ps = params
                with torch.no_grad():
                    for _ in range(chunk // inner):
                        ps = step(ps, x, t)

            run()
            runs[name] = (run, chunk // inner * inner)
        except Exception as error:  # no compiler on this machine, or one it cannot use
            print(f"{name}: {type(error).__name__}: {str(error)[:300]}", file=sys.stderr)
    return runs


def descent(request: dict, tensors: dict) -> dict:
    params, x, t = layers(tensors), torch.from_numpy(tensors["x"].copy()), torch.from_numpy(tensors["t"].copy())
    eta, chunk, check_steps = request["eta"], request["chunk"], request["checkSteps"]
    runs = {"eager autograd": (lambda: eager(eta, chunk, params, x, t), chunk), **compiled_runs(eta, chunk, params, x, t)}
    form, forms = best_of(runs)
    last = eager(eta, check_steps, params, x, t)
    return {"time": steps(*runs[form]), "form": form, "forms": forms, "check": {"loss": float(loss(last, x, t).detach())}}


def curvature(request: dict, tensors: dict) -> dict:
    params, v = layers(tensors), layers(tensors, "v", "u")
    x, t = torch.from_numpy(tensors["x"].copy()), torch.from_numpy(tensors["t"].copy())
    gradient = torch.func.grad(loss)

    def product(params, v, x, t):
        return torch.func.jvp(lambda p: gradient(p, x, t), (params,), (v,))[1]

    leaves = [p.clone().requires_grad_(True) for p in params]

    def eager_gradient():
        torch.autograd.grad(loss(leaves, x, t), leaves)

    gradients, products = {"eager autograd": (eager_gradient, 1)}, {"torch.func, jvp of grad": (lambda: product(params, v, x, t), 1)}
    try:
        fast_gradient, fast_product = torch.compile(gradient, fullgraph=True), torch.compile(product, fullgraph=True)
        fast_gradient(params, x, t)
        gradients["torch.compile"] = (lambda: fast_gradient(params, x, t), 1)
        fast_product(params, v, x, t)
        products["torch.compile, jvp of grad"] = (lambda: fast_product(params, v, x, t), 1)
    except Exception as error:
        print(f"torch.compile: {type(error).__name__}: {str(error)[:300]}", file=sys.stderr)
    g_form, g_forms = best_of(gradients)
    form, forms = best_of(products)
    quadratic = sum(float(torch.sum(a * b)) for a, b in zip(v, product(params, v, x, t)))

    def sample(reps: int) -> dict:
        return {"us_per_step": per_call_us(products[form][0], reps), "us_gradient": per_call_us(gradients[g_form][0], reps)}

    return {"time": sample, "form": f"{form}; gradient: {g_form}", "forms": {**forms, **{f"gradient, {k}": s for k, s in g_forms.items()}}, "check": {"vHv": quadratic}}


def product(dtype, request: dict, tensors: dict) -> dict:
    a, b = torch.from_numpy(tensors["a"].copy()).to(dtype), torch.from_numpy(tensors["b"].copy()).to(dtype)
    out = torch.empty(a.shape[0], b.shape[1], dtype=dtype)
    torch.mm(a, b, out=out)
    c = out.double()
    return {"time": steps(lambda: torch.mm(a, b, out=out), 1), "form": "eager, out=", "check": {"sumOfSquares": float(torch.sum(c * c))}}


def many_starts(request: dict, tensors: dict) -> dict:
    w0, b0, w1, b1 = layers(tensors)
    x, reference = torch.from_numpy(tensors["x"].copy()), torch.from_numpy(tensors["reference"].copy())
    times = torch.tensor([0.0, 1.0], dtype=torch.float64)

    def end():
        field = lambda t, h: torch.addmm(b1, torch.tanh(torch.addmm(b0, h, w0)), w1)
        with torch.no_grad():
            return torchdiffeq.odeint(field, x, times, rtol=request["rtol"], atol=request["atol"], method="dopri5")[-1]

    found = end()
    off = float((found[: len(reference)] - reference).abs().max())
    return {
        "time": steps(end, 1),
        "form": f"torchdiffeq dopri5, one step size for all; off by {off:.1e}",
        "check": {"sumOfSquares": float(torch.sum(found * found))},
    }


CASES = {
    "node-starts": many_starts,
    "gd-small": descent,
    "gd-digits": descent,
    "gd-wide": descent,
    "hvp-digits": curvature,
    "matmul-f32": partial(product, torch.float32),
    "matmul-f64": partial(product, torch.float64),
}
