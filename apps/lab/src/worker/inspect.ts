import { threads } from "#engine";
import { again, inspectFiles, parseSamples } from "#report";
import network from "../../../../data/digits-network.onnx?url";
import digits from "../../../../data/digits.csv.gz?url";
import { dataFile } from "./data-file.js";
import { figuresOf, finished } from "./finished.js";
import type { InspectedFiles } from "./protocol/inspect.js";
import type { Work } from "./protocol/jobs.js";
import { fetched } from "./read-table.js";

/** The network and the data of docs/models.md. */
async function sample(): Promise<InspectedFiles> {
  const [model, data] = ["digits-network.onnx", "digits.csv.gz"] as const;
  return {
    model: { name: model, bytes: await fetched(network, model) },
    data: { name: data, bytes: await fetched(digits, data) },
  };
}

/** Inspects a model file by the code of the command, and tells what is known after each part. */
export const inspect: Work<"inspect"> = async ({ files, target, inputs, options, processors, width }, host) => {
  const stop = new AbortController();
  host.onOrder(() => stop.abort());
  const { model, structure, weights, data, targets } = files === "sample" ? await sample() : files;
  const chosen = { ...(target === undefined ? {} : { target }), ...(inputs === undefined ? {} : { inputs }) };
  const samples = data && (await parseSamples(dataFile(data), chosen, targets && dataFile(targets)));
  const pool = await threads(processors);
  try {
    const record = await inspectFiles(
      {
        model: dataFile(model),
        beside(name) {
          const found = weights?.find((w) => w.name === name);
          return found && dataFile(found);
        },
        ...(structure ? { structure: dataFile(structure) } : {}),
        ...(samples ? { data: { ...samples, name: data.name } } : {}),
      },
      options,
      {
        threads: pool,
        threadCount: pool.count,
        version: __VERSION__,
        signal: stop.signal,
        onModel: (compiling, count) => host.news({ compiling, samples: count }),
        onPlan: (plan) =>
          host.news({ plan: plan.map(({ part, level, seconds, why }) => ({ name: part.name, level, seconds, why })) }),
        onProgress: (progress) => host.news(progress),
        onPart: (soFar) =>
          host.news({ soFar: { manifest: soFar.manifest, figures: figuresOf(soFar, width), clock: soFar.clock } }),
      },
    );
    const { budget: _, parts: __, ...words } = options;
    const command = again(
      model.name,
      {
        ...words,
        ...chosen,
        ...(data ? { data: data.name } : {}),
        ...(targets ? { target: targets.name } : {}),
        ...(structure ? { structure: structure.name } : {}),
      },
      record,
    );
    return finished(record, command, width);
  } finally {
    pool.close();
  }
};
