import { attractorsInParts } from "../../analysis/attractors.js";
import { basinsInParts } from "../../analysis/basins.js";
import { gridStarts } from "../../analysis/starts.js";
import { uncertaintyExponentInParts } from "../../analysis/uncertainty-exponent.js";
import type { Conclusion } from "../conclusion.js";
import type { RunRecord } from "../record.js";
import type { Study } from "../schema.js";
import type { RunContext } from "../system.js";
import { count } from "../words.js";
import { checkQuestions } from "./check.js";
import { leaveBasins, trackEdge, type BoundarySetting } from "./boundary.js";
import { conclude } from "./conclude.js";
import { buildBasins } from "./subject.js";
import type { BasinsAsked, BasinsSpec, EdgeAsked, Exponent, PerturbationAsked } from "./system.js";

/** Runs a study of basins. */
export async function conduct(spec: BasinsSpec, study: Study, context: RunContext): Promise<RunRecord> {
  const { system, name, described, components, picture, box } = buildBasins(spec, context.threads);
  checkQuestions(study, { components, picture, box });
  const asked = study.questions.find((q) => q.type === "basins-of-attraction") as unknown as BasinsAsked;
  const further = study.questions.find((q) => q.type === "uncertainty-exponent") as unknown as Exponent | undefined;
  const started = new Date();
  const total = spec.columns * spec.rows;
  const breathe = async (share: number, note: string): Promise<void> => {
    context.onProgress?.({ done: Math.round(share * total), total, unit: "start", note });
    // The host may draw and hear a signal.
    await new Promise((resolve) => setTimeout(resolve));
  };
  /** Undefined when stopped. */
  const drive = async <T>(parts: Generator<number, T>, from: number, to: number, note: string): Promise<T | undefined> => {
    for (let part = parts.next(); ; part = parts.next()) {
      if (part.done) return part.value;
      if (context.signal?.aborted) return undefined;
      await breathe(from + (to - from) * part.value, note);
    }
  };
  const settings = { ...asked, seed: study.seed, threads: context.threads };
  const { type: _type, looks, stay, side: _side, tolerance, ...searching } = settings;
  const found = await drive(
    attractorsInParts({ ...searching, ...(tolerance === undefined ? {} : { tolerance }), system, box }),
    0,
    0.1,
    "finding attractors",
  );
  const edges = study.questions.filter((q) => q.type === "edge-state") as unknown as EdgeAsked[];
  const perturbations = study.questions.filter((q) => q.type === "minimal-perturbation") as unknown as PerturbationAsked[];
  const onBoundary = edges.length + perturbations.length;
  const last = onBoundary > 0 ? 0.8 : 1;
  const end = further ? 0.7 * last : last;
  const image =
    found &&
    (await drive(
      basinsInParts(found, { starts: gridStarts(picture), looks, stay }),
      0.1,
      end,
      count(found.attractors.length, "attractor"),
    ));
  const alpha =
    found && image && further
      ? await drive(
          uncertaintyExponentInParts(found, {
            box,
            pairs: further.pairs,
            seed: study.seed,
            looks,
            scales: Array.from({ length: further.finest - 3 }, (_, i) => 1 / (16 * (1 << i))),
          }),
          end,
          last,
          "pairs of starts",
        )
      : undefined;
  const boundary: Conclusion[] = [];
  if (found && image && onBoundary > 0) {
    const unit = system.kind === "flow" ? "unit of time" : "step";
    const setting: BoundarySetting = { found, looks, stay, seed: study.seed, components, axes: picture.axes, unit };
    const asking = [
      ...edges.map((q) => ({ parts: trackEdge(q, setting), note: "tracking the boundary" })),
      ...perturbations.map((q) => ({
        parts: leaveBasins(q, setting),
        note: "ways out of basins",
      })),
    ];
    for (const [i, { parts, note }] of asking.entries()) {
      const said = await drive(parts, last + ((1 - last) * i) / onBoundary, last + ((1 - last) * (i + 1)) / onBoundary, note);
      if (said) boundary.push(said);
    }
  }
  return conclude({
    study,
    context,
    started,
    spec,
    asked,
    name,
    described,
    components,
    picture,
    found,
    image,
    alpha,
    boundary,
    dim: system.dim,
    kind: system.kind,
  });
}
