"""Reads what this package writes with the libraries that people use, and compares every value.

python3 read.py FOLDER [LIBRARY ...]     with FOLDER as test/interop/interop.node.test.ts makes it; by default all libraries

One line a library and file. Ends with 1 when a value differs. Libraries that cannot be imported are named and left out; NumPy is needed.
"""

import json
import pathlib
import sys

import numpy as np

folder = pathlib.Path(sys.argv[1])
expected = json.loads((folder / "expected.json").read_text())
faults = []


def library(name):
    if len(sys.argv) > 2 and name not in sys.argv[2:]:
        return None
    try:
        return __import__(name, fromlist=["x"])
    except ImportError:
        print(f"not there: {name}")
        return None


def number(value):
    """JSON has no NaN and no infinity: they stand as null and as text."""
    return float("nan") if value is None else float(value)


def same(what, found, wanted, kind=np.float64):
    found = np.asarray(found, dtype=np.float64)
    shape = tuple(wanted["shape"])
    with np.errstate(over="ignore"):
        values = np.array([number(v) for v in wanted["data"]], dtype=kind).astype(np.float64).reshape(shape)
    if found.shape != shape:
        faults.append(f"{what}: shape {found.shape}, written {shape}")
    elif not np.array_equal(found, values, equal_nan=True):
        at = np.flatnonzero(~((found == values) | (np.isnan(found) & np.isnan(values))))[0]
        faults.append(f"{what}: number {at} is {float(found.ravel()[at])!r}, written {float(values.ravel()[at])!r}")


def texts(what, found, wanted):
    if list(found) != list(wanted):
        faults.append(f"{what}: {list(found)[:5]}, written {list(wanted)[:5]}")


def table(reader, name, columns, get):
    wanted = expected["tables"][name]
    texts(f"{reader} {name}: columns", columns, wanted)
    for column, values in wanted.items():
        found = get(column)
        if any(isinstance(v, str) for v in values):
            texts(f"{reader} {name}: {column}", found, values)
        else:
            same(f"{reader} {name}: {column}", [number(v) if v is None or v != v else v for v in found], {"shape": [len(values)], "data": values})
    print(f"{reader}: {name}, {len(wanted)} columns")


pandas, polars, parquet = library("pandas"), library("polars"), library("pyarrow.parquet")
if pandas and not parquet:
    print("pandas: no tables, which it reads by pyarrow")
for name in expected["tables"]:
    path = folder / name
    if pandas and parquet:
        frame = pandas.read_parquet(path)
        table("pandas", name, frame.columns, lambda c: [None if v is None or (isinstance(v, float) and v != v) else v for v in frame[c].tolist()])
    if polars:
        frame = polars.read_parquet(path)
        table("polars", name, frame.columns, lambda c: frame[c].to_list())
    if parquet:
        read = parquet.read_table(path)
        table("pyarrow", name, read.column_names, lambda c: read[c].to_pylist())
        notes = {k.decode(): v.decode() for k, v in (read.schema.metadata or {}).items()}
        for column, note in expected["notes"].get(name, {}).items():
            if json.loads(notes.get(f"separatrix.{column}", "null")) != note:
                faults.append(f"pyarrow {name}: the note of {column} is {notes.get(f'separatrix.{column}')}")

for name, arrays in expected["arrays"].items():
    with np.load(folder / name) as read:
        texts(f"numpy {name}: names", sorted(read.files), sorted(arrays))
        for array, wanted in arrays.items():
            if read[array].dtype != np.float64:
                faults.append(f"numpy {name}: {array} is {read[array].dtype}")
            same(f"numpy {name}: {array}", read[array], wanted)
    print(f"numpy: {name}, {len(arrays)} arrays")

torch = library("torch")
for framework, module in [("numpy", "safetensors.numpy"), ("torch", "safetensors.torch" if torch else None)]:
    read = module and library(module)
    for name, tensors in expected["tensors"].items() if read else []:
        found = read.load_file(folder / name)
        texts(f"safetensors {name}: names", sorted(found), sorted(tensors))
        for tensor, wanted in tensors.items():
            value = found[tensor].numpy() if framework == "torch" else found[tensor]
            kind = np.float32 if name.endswith("32.safetensors") else np.float64
            if value.dtype != kind:
                faults.append(f"safetensors {name}: {tensor} is {value.dtype}")
            same(f"safetensors {name}: {tensor}", value, wanted, kind)
        print(f"safetensors for {framework}: {name}, {len(tensors)} tensors")

if torch:
    # A state that PyTorch's own layers take; the archive has the same weights where safetensors is not there.
    stored = library("safetensors.torch")
    if stored:
        state = stored.load_file(folder / "weights-64.safetensors")
    else:
        with np.load(folder / "weights.npz") as read:
            state = {name: torch.from_numpy(read[name]) for name in ("weight", "bias")}
    layer = torch.nn.Linear(*reversed(state["weight"].shape), dtype=torch.float64)
    layer.load_state_dict(state)
    same("torch: a linear layer", layer(torch.eye(layer.in_features, dtype=torch.float64)).detach().numpy(), expected["linear"])
    print("torch: a linear layer takes the weights and gives the outputs")

for name, wanted in expected["json"].items():
    if json.loads((folder / name).read_text(), parse_constant=lambda c: faults.append(f"{name}: {c} is no JSON")) != wanted:
        faults.append(f"{name}: not what was written")
    print(f"json: {name}")

if pandas:
    frame = pandas.json_normalize(
        json.loads((folder / "claims.json").read_text())["claims"], record_path="comparisons", meta=["name"]
    ).rename(columns={"name": "claim"})
    for column, values in expected["claims"].items():
        if column in ("predicted", "measured", "error"):
            same(f"pandas claims.json: {column}", [number(v) for v in frame[column]], {"shape": [len(values)], "data": values})
        else:
            texts(f"pandas claims.json: {column}", frame[column], values)
    print(f"pandas: claims.json, {len(frame)} comparisons")
    written = json.loads((folder / "sweep.json").read_text())
    frame = pandas.json_normalize(written["cells"])
    texts("pandas sweep.json: columns", [c["name"] for c in written["columns"]], expected["sweep"]["columns"])
    if len(frame) != expected["sweep"]["cells"] or int(frame["failure"].notna().sum()) != expected["sweep"]["failed"]:
        faults.append(f"pandas sweep.json: {len(frame)} cells, {frame['failure'].notna().sum()} failed")
    # A row of the table and a cell of sweep.json are the same cell.
    if parquet:
        texts("sweep.json and its table: cells", pandas.read_parquet(folder / "sweep-cells.parquet")["cell"], frame["cell"])
    print(f"pandas: sweep.json, {len(frame)} cells")

for fault in faults:
    print("WRONG " + fault)
print(f"{len(faults)} differences")
sys.exit(1 if faults else 0)
