import { add, compile, constant, mean, reshape, vjp, vmap, type CompileOptions, type Tensor } from "#engine";
import type { Architecture } from "./architecture.js";
import { NUMBERS, standing, type SiteRunsInput, type Stand } from "./site-runs.js";
import type { Sites } from "./sites.js";

/** Derivatives of a network by what its sites give, on average over samples. */
export interface SiteSlopes {
  /** By units of `site`: the mean derivative of output `index`, or of the field of unit `index` of the site `of`. */
  slopes(theta: ArrayLike<number>, stands: readonly Stand[], site: number, index: number, of?: number): Float64Array;
}

/**
 * How outputs and fields of a network, with a choice at each of its sites, depend on what the sites give.
 *
 * *Arguments*: as for `siteRuns`. *Returns*: a SiteSlopes. *Error*: exact derivatives; of a mean over the samples given.
 * *Cost*: a forward and a backward pass a question.
 * *Example*: `const two = mlp({ widths: [1, 2, 1], activation: "relu", bias: false });
 * siteSlopes(two, sitesOf(two, "here"), { samples: 1, inputs: [1] }).slopes([1, 1, 3, 4], ["identity"], 0, 0) // [3, 4]`
 */
export function siteSlopes(
  architecture: Architecture,
  sites: Sites,
  { samples, inputs }: Pick<SiteRunsInput, "samples" | "inputs">,
  threads?: CompileOptions["threads"],
): SiteSlopes {
  const x = constant(inputs, [samples, architecture.inputs]);
  const widths = sites.sites.map((s) => s.units);
  const ends = [architecture.outputs, ...widths];
  const program = compile(
    (theta, stands, ...weights) => {
      const each = vmap((row) => {
        const { pull } = vjp(
          (...more) => {
            const fields: Tensor[] = [];
            const y = standing(architecture, sites, theta!, row, stands!, (field, out, s) => {
              fields.push(reshape(field, [-1]));
              return add(out, reshape(more[s]!, out.shape));
            });
            return [y, ...fields];
          },
          widths.map((n) => constant(new Float64Array(n), [n])),
        );
        return pull(weights);
      })(x);
      return each.map((g) => mean(g, [0]));
    },
    [{ shape: [architecture.size] }, { shape: [Math.max(1, widths.length)] }, ...ends.map((n) => ({ shape: [n] }))],
    threads === undefined ? {} : { threads },
  );
  return {
    slopes(theta, stands, site, index, of) {
      program.inputs[0]!.set(theta);
      stands.forEach((s, i) => (program.inputs[1]![i] = NUMBERS[s]));
      ends.forEach((_, i) => program.inputs[2 + i]!.fill(0));
      program.inputs[of === undefined ? 2 : 3 + of]![index] = 1;
      program.run();
      return Float64Array.from(program.outputs[site]!);
    },
  };
}
