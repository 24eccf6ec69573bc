"""One peer library at one thread count, as a long-lived process that speaks JSON lines.

Start: peer.py --lib jax|torch|jitcdde|ddeint|gcc|scipy --threads N [--core C]
Request: {"case": name, "lib": lib, "threads": N, "reps": n, "eta": e, "chunk": k, "checkSteps": s,
          "data": {"file": path, "tensors": [[name, shape], ...]}}; eta to data are needed only once a case.
Reply: {"us_per_step": t, "form": text, "check": {...}} or {"error": text}.
The first line printed is {"ready": true, "versions": {...}}.
"""

import argparse
import importlib
import json
import os
import sys
import time


def fix_threads(lib: str, threads: int, core: int) -> None:
    """Must run before the library is imported: both read their thread counts at start."""
    if hasattr(os, "sched_setaffinity"):
        allowed = sorted(os.sched_getaffinity(0))
        first = allowed.index(core) if core in allowed else 0
        os.sched_setaffinity(0, set((allowed[first:] + allowed[:first])[:threads]))
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = str(threads)
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    if lib == "jax":
        os.environ["JAX_PLATFORMS"] = "cpu"
        os.environ["JAX_ENABLE_X64"] = "1"
        if threads == 1:
            os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"


def load(data: dict) -> dict:
    """Tensors laid end to end as little-endian float64 in one file, named and shaped by the request."""
    import numpy as np

    flat = np.fromfile(data["file"], dtype="<f8")
    out, at = {}, 0
    for name, shape in data["tensors"]:
        size = int(np.prod(shape))
        out[name] = flat[at : at + size].reshape(shape)
        at += size
    if at != flat.size:
        raise ValueError(f"{data['file']}: {flat.size} numbers found, {at} named in the request")
    return out


def main() -> None:
    args = argparse.ArgumentParser()
    args.add_argument("--lib", choices=("jax", "torch", "jitcdde", "ddeint", "gcc", "scipy"), required=True)
    args.add_argument("--threads", type=int, choices=(1, 2), required=True)
    args.add_argument("--core", type=int, default=0)
    opts = args.parse_args()
    fix_threads(opts.lib, opts.threads, opts.core)
    cases = importlib.import_module({"jitcdde": "dde_cases", "ddeint": "dde_cases"}.get(opts.lib, f"{opts.lib}_cases"))
    if opts.lib == "torch":
        cases.use_threads(opts.threads)

    known = cases.CASES if hasattr(cases, "CASES") else cases.CASES_OF[opts.lib]

    # Libraries print to stdout now and then; replies keep the real one.
    reply_to = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def reply(message: dict) -> None:
        reply_to.write(json.dumps(message) + "\n")
        reply_to.flush()

    reply({"ready": True, "versions": {"python": sys.version.split()[0], **cases.versions()}})
    prepared = {}
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            request = json.loads(line)
            if (request["lib"], request["threads"]) != (opts.lib, opts.threads):
                raise ValueError(f"asked for {request['lib']} with {request['threads']} threads, this process is {opts.lib} with {opts.threads}")
            name = request["case"]
            if name not in prepared:
                if name not in known:
                    raise ValueError(f"case {name}: one of {', '.join(known)} expected")
                began = time.perf_counter()
                prepared[name] = known[name](request, load(request["data"]))
                prepared[name]["prepared_s"] = time.perf_counter() - began
            case = prepared[name]
            reply({**case["time"](request["reps"]), "form": case["form"], "forms": case.get("forms"), "check": case["check"], "prepared_s": case["prepared_s"]})
        except Exception as error:  # the caller decides what a failed case means
            reply({"error": f"{type(error).__name__}: {error}"})


if __name__ == "__main__":
    main()
