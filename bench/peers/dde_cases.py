"""Delay equations in Python: jitcdde, which compiles the equation to C, and ddeint, which wraps SciPy's integrator."""

from importlib.metadata import version

import numpy as np
from timing import steps

LAG = 17.0
BETA, GAMMA, POWER = 0.2, 0.1, 10


def versions() -> dict:
    return {name: version(name) for name in ("jitcdde", "ddeint", "scipy")}


def with_jitcdde(request: dict, tensors: dict) -> dict:
    from jitcdde import jitcdde, t, y

    past, check_at = float(tensors["past"][0]), request["checkAt"]
    field = [BETA * y(0, t - LAG) / (1 + y(0, t - LAG) ** POWER) - GAMMA * y(0)]
    equation = jitcdde(field, verbose=False)
    equation.compile_C(simplify=False, do_cse=False)

    def run(until: float) -> float:
        equation.purge_past()
        equation.constant_past([past])
        equation.set_integration_parameters(rtol=request["rtol"], atol=request["atol"], first_step=0.1, max_step=10.0)
        equation.step_on_discontinuities()
        return float(equation.integrate(until)[0])

    found = run(check_at)
    return {"time": steps(lambda: run(request["until"]), 1), "form": f"jitcdde, rtol = {request['rtol']:.0e}; off by {off(found, request):.1e} at t = {check_at}", "check": {"x": found}}


def with_ddeint(request: dict, tensors: dict) -> dict:
    from time import perf_counter

    from ddeint import ddeint

    past, check_at = float(tensors["past"][0]), request["checkAt"]

    def field(state, now):
        delayed = state(now - LAG)
        return BETA * delayed / (1 + delayed**POWER) - GAMMA * state(now)

    def run(until: float) -> float:
        grid = np.linspace(0.0, until, int(until / request["grid"]) + 1)
        return float(np.ravel(ddeint(field, lambda now: past, grid))[-1])

    # Each step costs more than the one before; a run to the end takes hours. Its first part, scaled up, is less than it would take.
    def sample(reps: int) -> dict:
        began = perf_counter()
        run(check_at)
        return {"us_per_step": (perf_counter() - began) * 1e6 * request["until"] / check_at}

    found = run(check_at)
    return {"time": sample, "form": f"ddeint on a grid of {request['grid']}, time to t = {check_at} scaled up; off by {off(found, request):.1e} there", "check": {"x": found}}


def off(found: float, request: dict) -> float:
    return abs(found / request["reference"] - 1)


CASES_OF = {"jitcdde": {"mackey-glass": with_jitcdde}, "ddeint": {"mackey-glass": with_ddeint}}
