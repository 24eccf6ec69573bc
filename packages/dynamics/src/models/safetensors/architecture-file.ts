import { lookup } from "../../core/lookup.js";
import { suggestion } from "../../core/nearest.js";
import { activations } from "../../networks/activations.js";
import { mlp } from "../../networks/mlp.js";
import type { Architecture } from "../../networks/architecture.js";
import type { Layered } from "../onnx/layered.js";
import type { StoredTensor } from "./safetensors.js";

/** What a file of weights does not say about a multilayer perceptron. */
export interface ArchitectureFile {
  /** Units of each layer, input first, output last. */
  readonly widths: readonly number[];
  /** Name of an entry of `activations`. Default "tanh". */
  readonly activation?: string;
  /** Name of the weights and of the bias (null: none) of each layer, as the file of weights has them. */
  readonly layers: readonly { readonly weight: string; readonly bias: string | null }[];
  /** How weights lie: "outputs-inputs" as PyTorch has them (default), or "inputs-outputs" as Keras and NumPy users do. */
  readonly order?: "outputs-inputs" | "inputs-outputs";
}

const KEYS = ["widths", "activation", "layers", "order"];

/**
 * A multilayer perceptron and its parameters from a file of weights and a small description.
 *
 * *Arguments*: `description`: an `ArchitectureFile`, or its text in JSON; `tensors` from `readSafetensors`.
 * *Returns*: the architecture and theta, its parameters; and what `layered` says of a model that is a multilayer perceptron.
 * *Error*: throws a RangeError that names the key or tensor when one is missing, is not known, or has another shape than the widths say.
 * *Cost*: one copy of the weights.
 * *Example*: `const tensors = new Map([["fc.weight", { shape: [1, 2], data: Float64Array.of(3, 4) }]]);
 * loadWeights({ widths: [2, 1], layers: [{ weight: "fc.weight", bias: null }] }, tensors).theta // [3, 4]`
 */
export function loadWeights(
  description: ArchitectureFile | string,
  tensors: ReadonlyMap<string, StoredTensor>,
): { architecture: Architecture; theta: Float64Array; layered: Pick<Layered, "widths" | "activations"> } {
  const {
    widths,
    activation = "tanh",
    layers,
    order = "outputs-inputs",
  } = checked(typeof description === "string" ? parsed(description) : description);
  const phi = lookup("activation", activations, activation);
  const tensor = (name: string, shape: readonly number[]): Float64Array => {
    const found = tensors.get(name);
    if (!found)
      return refuse(
        `there is no tensor ${JSON.stringify(name.slice(0, 60))}; the file has ${[...tensors.keys()].slice(0, 20).join(", ")}`,
      );
    if (found.shape.join() !== shape.join())
      refuse(`tensor ${name} has shape [${found.shape.join(", ")}]; expected [${shape.join(", ")}]`);
    return found.data;
  };
  const turned = order === "outputs-inputs";
  // All tensors are there and have their shapes before anything is made of widths that only a text announces.
  const found = layers.map(({ weight, bias }, l) => {
    const [inputs, outputs] = [widths[l]!, widths[l + 1]!];
    const values = tensor(weight, turned ? [outputs, inputs] : [inputs, outputs]);
    return { values, shift: bias === null ? undefined : tensor(bias, [outputs]) };
  });
  const architecture = mlp({ widths, activation, bias: layers.map((l) => l.bias !== null) });
  const theta = new Float64Array(architecture.size);
  const place = new Map(architecture.layout.map((p) => [p.name, p]));
  found.forEach(({ values, shift }, l) => {
    const [inputs, outputs] = [widths[l]!, widths[l + 1]!];
    const { offset } = place.get(`W${l + 1}`)!;
    for (let i = 0; i < inputs; i++)
      for (let o = 0; o < outputs; o++) theta[offset + i * outputs + o] = values[turned ? o * inputs + i : i * outputs + o]!;
    if (shift) theta.set(shift, place.get(`b${l + 1}`)!.offset);
  });
  return {
    architecture,
    theta,
    layered: { widths, activations: layers.map((_, l) => (l < layers.length - 1 ? phi : undefined)) },
  };
}

const MOST_UNITS = 1_000_000;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return refuse(`no JSON (${(error as Error).message.slice(0, 80)})`);
  }
}

/** The description, once it is one: own keys alone count, and others than those known are refused. */
function checked(given: unknown): ArchitectureFile {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    return refuse("expected an object with widths and layers");
  const other = Object.keys(given).find((key) => !KEYS.includes(key));
  if (other !== undefined)
    refuse(`the key ${JSON.stringify(other.slice(0, 60))} is not known; expected ${KEYS.join(", ")}${suggestion(other, KEYS)}`);
  const own = new Map<string, unknown>(Object.entries(given));
  const widths = own.get("widths");
  if (!Array.isArray(widths) || widths.length < 2 || !widths.every((w) => Number.isInteger(w) && w >= 1 && w <= MOST_UNITS))
    return refuse(`widths: expected at least two integers from 1 to ${MOST_UNITS}`);
  const layers = own.get("layers");
  if (!Array.isArray(layers) || layers.length !== widths.length - 1)
    return refuse(`layers: expected ${widths.length - 1}, one fewer than widths`);
  layers.forEach((layer: unknown, l) => {
    const entries = new Map(Object.entries((layer ?? {}) as object));
    const bias = entries.get("bias");
    if (typeof entries.get("weight") !== "string" || (bias !== null && typeof bias !== "string"))
      refuse(`layers[${l}]: expected { "weight": name, "bias": name or null }`);
  });
  const [activation, order] = [own.get("activation"), own.get("order")];
  if (activation !== undefined && typeof activation !== "string") refuse("activation: expected a name");
  if (order !== undefined && order !== "outputs-inputs" && order !== "inputs-outputs")
    refuse("order: expected outputs-inputs or inputs-outputs");
  return given as ArchitectureFile;
}

function refuse(why: string): never {
  throw new RangeError(`architecture: ${why}`);
}
