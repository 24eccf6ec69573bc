import { z } from "zod";
import { compile, constant, scalarMath, type Tensor } from "#engine";
import { fillNormal, random } from "../../../core/random.js";
import { integrate } from "../../../flow/integrate.js";
import { dopri8 } from "../../../flow/solvers/dopri8.js";
import type { Architecture } from "../../../networks/architecture.js";
import { denseResnet, type DenseResnetOptions } from "../../../networks/dense-resnet.js";
import { neuralDelayEquation } from "../../../networks/neural-delay-equation.js";
import type { ResnetOptions } from "../../../networks/residual.js";
import { resnet } from "../../../networks/resnet.js";
import { refuse } from "../../problem.js";
import { count, show, withError } from "../../words.js";
import type { PropagationBench, PropagationQuestion } from "../question.js";

const schema = z
  .strictObject({
    type: z.literal("depth-limit"),
    doublings: z.int().min(2).max(10).default(5).describe("How often the number of layers is doubled"),
  })
  .describe(
    "Whether a residual network with shared parameters tends to its flow, or with shortcuts to its delay equation, as layers are added",
  );

type Spec = z.infer<typeof schema>;

/** Most inputs at which networks are compared. */
const INPUTS = 64;
const STREAM = 1_000_030;
/** Steps of the limit's solver over the whole horizon, and in the shortest delay. */
const FINE = 200;
const FINE_IN_DELAY = 24;

/** The network with more layers, as a function of how many times more, and what it tends to. */
interface Family {
  readonly depth: number;
  readonly limit: string;
  /** The kind of equation that it is. */
  readonly kind: string;
  deeper(times: number): Architecture;
  readonly end: (theta: Tensor, x: Tensor) => Tensor;
}

function familyOf({ type, options, network }: PropagationBench): Family {
  const { shared = false } = options as ResnetOptions;
  if ((type !== "resnet" && type !== "dense-resnet") || !shared)
    refuse(
      ["type"],
      `${network.name} has no limit of many layers that could be computed; allowed: resnet and dense-resnet with shared: true, whose layers are steps of one equation`,
    );
  if (type === "resnet") {
    const own = options as ResnetOptions;
    const depth = own.depth ?? 5;
    const flow = network.flow!;
    return {
      depth,
      limit: "the flow of its branch, a neural ODE",
      kind: "a differential equation",
      deeper: (times) => resnet({ ...own, depth: depth * times }),
      end: (theta, x) =>
        flow.readout(
          theta,
          integrate((h, t) => flow.field(theta, h, t), { solver: dopri8, to: flow.horizon, steps: FINE })(flow.lift(theta, x)),
        ),
    };
  }
  const own = options as DenseResnetOptions;
  const { depth = 5, horizon = 1 } = own;
  const { memory = Math.max(1, depth - 1) } = own;
  const { shortcuts = memory } = own;
  const { depth: _d, memory: _m, shortcuts: _s, shared: _h, ...rest } = own;
  const delay = (memory * horizon) / depth;
  const equation = neuralDelayEquation({ ...rest, delay, lags: shortcuts, horizon, steps: FINE_IN_DELAY, solver: "dopri5" });
  return {
    depth,
    limit: `the delay equation of its branch, with the delay ${show(delay)}`,
    kind: "a delay equation",
    deeper: (times) => denseResnet({ ...own, depth: depth * times, memory: memory * times, shortcuts }),
    end: (theta, x) => equation.apply(theta, x),
  };
}

export const depthLimit: PropagationQuestion<Spec> = {
  name: "depth-limit",
  description: "how fast a residual network with ever more layers tends to its flow or delay equation",
  schema,
  points: ({ doublings }) => doublings + 1,
  async ask({ doublings }, bench, breathe) {
    const { network, theta, data, seed } = bench;
    const family = familyOf(bench);
    const n = data ? Math.min(INPUTS, data.train.samples) : INPUTS;
    const inputs = data
      ? Float64Array.from(data.train.inputs).slice(0, n * network.inputs)
      : fillNormal(new Float64Array(n * network.inputs), random(seed, STREAM));
    const x = constant(inputs, [n, network.inputs]);
    const ends = (f: (theta: Tensor, x: Tensor) => Tensor): Float64Array => {
      const program = compile((p) => [f(p!, x)], [{ shape: [network.size] }]);
      program.inputs[0]!.set(theta);
      program.run();
      return Float64Array.from(program.outputs[0]!);
    };
    await breathe(0, "the limit");
    const limit = ends(family.end);
    const depths: number[] = [];
    const errors: number[] = [];
    for (let k = 0; k <= doublings; k++) {
      const made = family.deeper(2 ** k);
      depths.push(family.depth * 2 ** k);
      errors.push(ends((p, h) => made.apply(p, h)).reduce((m, y, i) => Math.max(m, Math.abs(y - limit[i]!)), 0));
      await breathe(k + 1, `${depths.at(-1)} layers`);
    }
    const orders = errors.slice(1).map((e, k) => scalarMath.log(errors[k]! / e) / scalarMath.log(2));
    const [before, order] = orders.slice(-2) as [number, number];
    const right = Number.isFinite(order);
    return {
      answers: [
        {
          name: "depth_order",
          label: "order at which the network tends to its limit: errors fall like layers to the power of minus this",
          value: order,
          error: Math.abs(order - before),
          unit: "1",
          status: right ? "ok" : "not-converged",
          method: `largest difference at ${count(n, "input")}, last doubling of the layers; the error is the change from the doubling before`,
          sources: ["Haber, Ruthotto 2017", "Kuehn, Kuntz 2025"],
          cost: {},
          ...(right
            ? {}
            : { explanation: "the network is its limit to rounding, or not finite: look at another gain or horizon" }),
        },
      ],
      sentences: [
        `With more layers and as much thinner ones this network ${order > 0.5 ? `TENDS TO ${family.kind.toUpperCase()}, ${family.limit}` : `DOES NOT YET COME NEARER to ${family.limit}; the layers are too thick for its horizon and gain`}: with ${count(depths[0]!, "layer")} it is ${show(errors[0]!)} away at most, with ${count(depths.at(-1)!, "layer")} ${show(errors.at(-1)!)}.`,
        `The order is ${withError(order, Math.abs(order - before))}; theory says 1, that of Euler's method, which the layers are.`,
      ],
      arrays: { depth_limit: { shape: [depths.length, 2], data: Float64Array.from(depths.flatMap((d, k) => [d, errors[k]!])) } },
      facts: { depthLimit: family.limit },
    };
  },
};
