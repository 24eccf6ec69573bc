import { at, compile, constant, gt, reshape, select, take, vmap, type CompileOptions, type Tensor } from "#engine";
import type { Architecture } from "./architecture.js";
import type { Sites } from "./sites.js";

/** What stands at a site. */
export type Stand = "activation" | "identity";

export interface SiteRunsInput {
  readonly samples: number;
  readonly inputs: ArrayLike<number>;
  /** By site: numbers of the units whose values are wanted. */
  readonly units: readonly ArrayLike<number>[];
}

/** A network on samples with any of its activations replaced. */
export interface SiteRuns {
  run(
    theta: ArrayLike<number>,
    stands: readonly Stand[],
  ): {
    /** samples x outputs. */
    readonly outputs: Float64Array;
    /** By site: samples x units wanted, the local fields. */
    readonly fields: readonly Float64Array[];
    /** The same of what stands there. */
    readonly states: readonly Float64Array[];
  };
}

/** The choices as numbers, for a program. */
export const NUMBERS: Readonly<Record<Stand, number>> = { activation: 1, identity: 0 };

/**
 * A network on samples, with a choice at each of its sites, as one compiled program.
 *
 * *Arguments*: `architecture`; `sites` of it; see `SiteRunsInput`. *Returns*: a SiteRuns.
 * *Error*: exact: with all activations in place the outputs have the bits of the network itself.
 * *Cost*: a forward pass a run.
 * *Example*: `const runs = siteRuns(net, sitesOf(net, "here"), { ...data, units: [[0, 1]] }); runs.run(net.initial(0), ["identity"]).fields[0].length // 8`
 */
export function siteRuns(
  architecture: Architecture,
  sites: Sites,
  { samples, inputs, units }: SiteRunsInput,
  threads?: CompileOptions["threads"],
): SiteRuns {
  const x = constant(inputs, [samples, architecture.inputs]);
  const chosen = units.map((u) => constant(u, [u.length], "i32"));
  const program = compile(
    (theta, stands) =>
      vmap((row) => {
        const [fields, states]: [Tensor[], Tensor[]] = [[], []];
        const y = standing(architecture, sites, theta!, row, stands!, (field, out, s) => {
          fields.push(take(reshape(field, [-1]), chosen[s]!));
          states.push(take(reshape(out, [-1]), chosen[s]!));
          return out;
        });
        return [y, ...fields, ...states];
      })(x),
    [{ shape: [architecture.size] }, { shape: [Math.max(1, sites.sites.length)] }],
    threads === undefined ? {} : { threads },
  );
  return {
    run(theta, stands) {
      program.inputs[0]!.set(theta);
      stands.forEach((s, i) => (program.inputs[1]![i] = NUMBERS[s]));
      program.run();
      const [outputs, ...values] = program.outputs.map((v) => Float64Array.from(v)) as [Float64Array, ...Float64Array[]];
      return { outputs, fields: values.slice(0, units.length), states: values.slice(units.length) };
    },
  };
}

/** The outputs for one sample, with what is chosen at each site; `see` may change what a site gives. */
export function standing(
  architecture: Architecture,
  { sites }: Sites,
  theta: Tensor,
  row: Tensor,
  stands: Tensor,
  see: (field: Tensor, out: Tensor, site: number) => Tensor,
): Tensor {
  let [call, next] = [0, 0];
  const y = architecture.apply(theta, reshape(row, [1, architecture.inputs]), {
    activation(field, phi) {
      if (sites[next]?.call !== call++) return phi.apply(field);
      const site = next++;
      const active = gt(at(stands, site), 0);
      // Where it is not wanted the activation is looked at where it and its derivatives are small numbers.
      const wanted = phi.apply(select(active, field, HARMLESS));
      return see(field, select(active, wanted, field), site);
    },
  });
  return reshape(y, [architecture.outputs]);
}

const HARMLESS = 0.5;
