"""Timing shared by both libraries."""

import math
from time import perf_counter


def per_call_us(call, calls: int) -> float:
    """Mean wall time of one call in microseconds; `call` must block until its result is there."""
    began = perf_counter()
    for _ in range(calls):
        call()
    return (perf_counter() - began) / calls * 1e6


def steps(run, chunk: int):
    """A sample of at least `reps` steps, made of whole chunks; `run` does one chunk."""

    def sample(reps: int) -> dict:
        return {"us_per_step": per_call_us(run, max(1, math.ceil(reps / chunk))) / chunk}

    return sample


def best_of(forms: dict, budget_s: float = 0.3) -> tuple[str, dict]:
    """The fastest of several ways to do the same step: each is (run, chunk); warmed up before it is timed."""
    times = {}
    for name, (run, chunk) in forms.items():
        run()
        once = per_call_us(run, 1)
        calls = max(1, int(budget_s * 1e6 / once / 3))
        times[name] = min(per_call_us(run, calls) for _ in range(3)) / chunk
    return min(times, key=times.get), times
