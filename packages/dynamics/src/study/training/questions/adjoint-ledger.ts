import { compile, concat, constant, reshape, slice, type Tensor } from "#engine";
import { memoryless } from "../../../core/memory.js";
import { adjointLedger as measure } from "../../../flow/adjoint-ledger.js";
import { ledgerConclusion, ledgerSchema, type LedgerSpec } from "../../adjoint-ledger.js";
import { refuse } from "../../problem.js";
import { count } from "../../words.js";
import type { Question } from "../question.js";

/** Most samples whose solutions are differentiated together. */
const SAMPLES = 64;

export const adjointLedger: Question<LedgerSpec> = {
  name: "adjoint-ledger",
  description: "what each way to a neural ODE's gradient costs on this network and data, its error, and which to take",
  schema: ledgerSchema,
  attach({ megabytes }, bench) {
    const { architecture } = bench.run;
    const { flow } = architecture;
    if (!flow)
      refuse(
        ["type"],
        `${architecture.name} has no flow whose gradient could be taken in several ways; allowed: neural-ode, augmented-neural-ode, and resnet with shared layers`,
      );
    return {
      ...memoryless,
      conclude({ status }) {
        if (status === "diverged") return { answers: [], sentences: [] };
        const { train } = bench.data;
        const samples = Math.min(SAMPLES, train.samples);
        const { units, horizon, steps, solver, from, size } = flow!;
        const all = Float64Array.from(bench.run.parameters);
        const theta = constant(all, [all.length]);
        const inputs = constant(Float64Array.from(train.inputs).slice(0, samples * architecture.inputs), [
          samples,
          architecture.inputs,
        ]);
        const targets = constant(Float64Array.from(train.targets).slice(0, samples * architecture.outputs), [
          samples,
          architecture.outputs,
        ]);
        const start = compile(() => [flow!.lift(theta, inputs)], []);
        start.run();
        const ledger = measure({
          field: (x, t, own) =>
            reshape(flow!.field(withOwn(theta, own, from), reshape(x, [samples, units]), t), [samples * units]),
          loss: (end) => bench.loss(flow!.readout(theta, reshape(end, [samples, units])), targets),
          initial: start.outputs[0]!,
          parameters: all.slice(from, from + size),
          solver,
          steps,
          to: horizon,
          memory: megabytes * 1e6,
        });
        return ledgerConclusion(ledger, `the loss of ${count(samples, "sample")} by the ${size} parameters of the field`);
      },
    };
  },
};

/** All parameters, those of the field exchanged for others. */
function withOwn(theta: Tensor, own: Tensor, from: number): Tensor {
  const after = from + own.shape[0]!;
  return concat([slice(theta, [0], [from]), own, slice(theta, [after], [theta.shape[0]!])].filter((part) => part.shape[0]! > 0));
}
