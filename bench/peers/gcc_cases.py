"""Cases in C: compiled with gcc -O3 when the peer starts, and called through ctypes."""

import ctypes
import os
import subprocess
import tempfile

import numpy as np
from timing import best_of, steps

HERE = os.path.dirname(os.path.abspath(__file__))
COMPILER = os.environ.get("CC", "gcc")


def versions() -> dict:
    return {"gcc": subprocess.run([COMPILER, "-dumpfullversion"], capture_output=True, text=True, check=True).stdout.strip()}


def library(source: str):
    made = os.path.join(tempfile.mkdtemp(prefix="separatrix-c-"), "case.so")
    subprocess.run([COMPILER, "-O3", "-shared", "-fPIC", "-o", made, os.path.join(HERE, source), "-lm"], check=True)
    return ctypes.CDLL(made)


def pointer(a):
    return a.ctypes.data_as(ctypes.c_void_p)


def kuramoto(request: dict, tensors: dict) -> dict:
    lib = library("kuramoto.c")
    offsets, columns = (np.ascontiguousarray(tensors[k], dtype=np.int32) for k in ("offsets", "columns"))
    omega, start = tensors["omega"].copy(), tensors["start"].copy()
    n = len(omega)
    real = ctypes.c_double

    def solve(form: int, tolerance: float):
        u = start.copy()
        used = lib.solve(n, pointer(offsets), pointer(columns), pointer(omega), real(3 / (n - 1)), real(request["horizon"]), real(tolerance), form, pointer(u))
        return u, used

    runs = {name: (lambda form=form: solve(form, request["rtol"]), 1) for form, name in enumerate(("plain loop, a sine an edge", "a sine and a cosine a node"))}
    form, forms = best_of(runs)
    tight = solve(0, request["tight"])[0]
    u, used = solve(0, request["rtol"])
    off = float(np.max(np.abs(u - tight)))
    return {
        "time": steps(*runs[form]),
        "form": f"{form}; {used} evaluations, off by {off:.1e}",
        "forms": forms,
        "check": {"sumOfSquares": float(np.sum(tight**2))},
    }


CASES = {"kuramoto-1000": kuramoto, "kuramoto-100000": kuramoto}
