"""Cases in SciPy: solve_ivp with RK45 and a right-hand side in NumPy."""

import numpy as np
import scipy
from scipy.integrate import solve_ivp
from scipy.sparse import csr_matrix
from timing import best_of, steps


def versions() -> dict:
    return {"scipy": scipy.__version__}


def kuramoto(request: dict, tensors: dict) -> dict:
    offsets, columns = (tensors[k].astype(np.int32) for k in ("offsets", "columns"))
    omega, start = tensors["omega"].copy(), tensors["start"].copy()
    n = len(omega)
    k = 3 / (n - 1)
    graph = csr_matrix((np.ones(len(columns)), columns, offsets), shape=(n, n))
    rows = np.repeat(np.arange(n), np.diff(offsets))

    def by_nodes(_t, u):
        s, c = np.sin(u), np.cos(u)
        return omega + k * (c * (graph @ s) - s * (graph @ c))

    def by_edges(_t, u):
        return omega + k * np.bincount(rows, np.sin(u[columns] - u[rows]), minlength=n)

    fields = {"sparse matrix, a sine and a cosine a node": by_nodes, "a sine an edge": by_edges}
    if n <= 2000:
        dense = graph.toarray()
        fields["full matrix of sines"] = lambda _t, u: omega + k * np.sum(dense * np.sin(u[None, :] - u[:, None]), axis=1)

    def solve(field, tolerance: float):
        return solve_ivp(field, (0, request["horizon"]), start, method="RK45", rtol=tolerance, atol=tolerance, t_eval=[request["horizon"]])

    runs = {name: (lambda field=field: solve(field, request["rtol"]), 1) for name, field in fields.items()}
    form, forms = best_of(runs)
    tight = solve(by_nodes, request["tight"]).y[:, -1]
    plain = solve(fields[form], request["rtol"])
    off = float(np.max(np.abs(plain.y[:, -1] - tight)))
    return {
        "time": steps(*runs[form]),
        "form": f"solve_ivp, {form}; {plain.nfev} evaluations, off by {off:.1e}",
        "forms": forms,
        "check": {"sumOfSquares": float(np.sum(tight**2))},
    }


CASES = {"kuramoto-1000": kuramoto, "kuramoto-100000": kuramoto}
