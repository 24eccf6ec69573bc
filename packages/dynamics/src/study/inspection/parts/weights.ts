import { weightOrganisation } from "../../../analysis/weight-organisation.js";
import { organisationAnswers } from "../../training/organisation.js";
import { show } from "../../words.js";
import type { Part } from "../part.js";

/** How the weight vectors of each layer are organised. */
export const weights: Part = {
  name: "weights",
  description: "norm, effective rank and alignment of the weight vectors, matrix by matrix",
  refusal: ({ architecture }) =>
    architecture.layout.some((p) => p.shape.length === 2) ? undefined : "the model has no weights that form a matrix",
  seconds: ({ architecture }) =>
    architecture.layout.reduce((seconds, { shape: [n, m, ...more] }) => {
      if (n === undefined || m === undefined || more.length > 0) return seconds;
      return seconds + (9 * Math.min(n, m) ** 3 + m * m * n) * 1e-9;
    }, 0.01),
  ask({ architecture, theta, layered }) {
    const measured = weightOrganisation(architecture.layout, theta);
    // Files keep matrices either way up; which side the units are on is known of layered models only. Norm and ranks do not ask.
    const found = layered ? measured : measured.map((m) => ({ ...m, alignment: NaN, chain: NaN }));
    const told = found.filter((m) => Number.isFinite(m.effectiveRank));
    // A single unit has no other to be compared with.
    const list = told.map(
      (m) =>
        `${m.name} ${show(m.effectiveRank, 3)} of ${Math.min(m.inputs, m.units)}${Number.isFinite(m.alignment) ? `, ${show(m.alignment, 2)} (${show(m.isotropic, 2)})` : ""}`,
    );
    return Promise.resolve({
      answers: organisationAnswers(found),
      sentences: list.length
        ? [
            `Effective rank of the weights${layered ? ", and the mean |cosine| between weight vectors of units (in brackets that of isotropic ones)" : ""}: ${list.slice(0, 8).join("; ")}${list.length > 8 ? `; and ${list.length - 8} more` : ""}.`,
          ]
        : [],
    });
  },
};
