import { spectralDensity } from "../../../analysis/spectral-density.js";
import { show, withError } from "../../words.js";
import type { Part } from "../part.js";

const SETTINGS = { full: { probes: 8, steps: 60 }, quick: { probes: 3, steps: 30 } };

/** The whole spectrum of the Hessian, smoothed by chance. */
export const density: Part = {
  name: "density",
  description: "density of all Hessian eigenvalues: trace, and how many are of which size",
  refusal: () => undefined,
  seconds: ({ architecture }, { product, compile }, level) => {
    const { probes, steps } = SETTINGS[level];
    return compile + probes * Math.min(steps, architecture.size) * (product + 2e-9 * 2 * steps * architecture.size);
  },
  async ask({ hessian, architecture, seed }, level, breathe) {
    await breathe(0);
    const found = spectralDensity(hessian, { ...SETTINGS[level], seed });
    const { nodes, weights, trace, squares } = found;
    const largest = nodes.reduce((m, x) => Math.max(m, Math.abs(x)), 0);
    const [large, negative] = [found.above(0.01 * largest), found.above(-1e-6 * largest)];
    const share = { ...negative, value: 1 - negative.value };
    const size = architecture.size;
    return {
      answers: [
        { ...trace, name: "hessian_trace", label: "trace of the Hessian", unit: "loss" },
        { ...squares, name: "hessian_squares", label: "sum of the squared eigenvalues", unit: "loss^2" },
        {
          ...large,
          name: "large_eigenvalues",
          label: "eigenvalues above a hundredth of the largest",
          value: size * large.value,
          error: size * large.error,
          unit: "eigenvalue",
        },
        { ...share, name: "negative_share", label: "share of eigenvalues below zero" },
      ],
      sentences: [
        trace.status === "ok"
          ? `Of ${show(size, 12)} Hessian eigenvalues about ${show(size * large.value, 2)} are larger than a hundredth of the largest, and their sum is ${withError(trace.value, trace.error)}: on average ${show(trace.value / size)}.`
          : `The density of the eigenvalues is unknown: ${trace.explanation}.`,
      ],
      arrays: {
        density_nodes: { shape: [nodes.length], data: nodes },
        density_weights: { shape: [weights.length], data: weights },
      },
    };
  },
};
