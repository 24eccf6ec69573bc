import { attractorsInParts } from "../../analysis/attractors.js";
import { basinsInParts } from "../../analysis/basins.js";
import { gridStarts } from "../../analysis/starts.js";
import { uncertaintyExponentInParts } from "../../analysis/uncertainty-exponent.js";
import type { RunRecord } from "../record.js";
import type { Study } from "../schema.js";
import type { RunContext } from "../system.js";
import { conclude } from "./conclude.js";
import { buildBasins } from "./subject.js";
import type { BasinsAsked, BasinsSpec, Exponent } from "./system.js";

/** Runs a study of basins. */
export async function conduct(spec: BasinsSpec, study: Study, context: RunContext): Promise<RunRecord> {
  const { system, name, described, components, picture, box } = buildBasins(spec, context.threads);
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
  const end = further ? 0.7 : 1;
  const image =
    found &&
    (await drive(
      basinsInParts(found, { starts: gridStarts(picture), looks, stay }),
      0.1,
      end,
      `${found.attractors.length} attractors`,
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
          1,
          "pairs of starts",
        )
      : undefined;
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
    dim: system.dim,
    kind: system.kind,
  });
}
