import type { Status } from "../../core/status.js";
import type { Answer, Column } from "../conclusion.js";
import { refuse } from "../problem.js";
import { recordOf, seriesOf, type RunRecord } from "../record.js";
import type { RunContext } from "../system.js";
import type { Study } from "../schema.js";
import { count, percent, show } from "../words.js";
import { follow, type ClusterRow } from "./clustering.js";
import type { Question, Spec } from "./system.js";

const COLUMNS: readonly Column[] = [
  { name: "beta", unit: "1", description: "inverse temperature" },
  { name: "time", unit: "1", description: "time, the depth of the layers" },
  { name: "clusters", unit: "1", description: "groups of tokens linked by cosines above the threshold" },
  { name: "pair_share", unit: "1", description: "share of pairs with a cosine above the threshold" },
  { name: "mean_cosine", unit: "1", description: "mean cosine over all pairs" },
  {
    name: "equal_cosine",
    unit: "1",
    description: "the same in theory, if all angles were equal; NaN below as many dimensions as tokens",
  },
];

const numbers = (r: ClusterRow): number[] => [r.beta, r.time, r.count, r.pairs, r.cosine, r.equal];

/** Runs a study of this kind. */
export async function conduct(spec: Spec, study: Study, context: RunContext): Promise<RunRecord> {
  const started = new Date();
  const asked = study.questions[0] as unknown as Question;
  if (new Set(spec.betas).size < spec.betas.length) refuse(["system", "betas"], `${spec.betas.join(", ")} given; give each once`);
  const { until, moments, threshold } = asked;
  const times = Array.from({ length: moments }, (_, i) => (until * (i + 1)) / moments);
  const { tokens, dimension, weights } = spec;
  const rows: ClusterRow[] = [];
  const sentences: string[] = [];
  const answers: Answer[] = [];
  let status: Status = "ok";
  for (const [b, beta] of spec.betas.entries()) {
    context.onProgress?.({ done: b, total: spec.betas.length, unit: "run", note: `beta ${show(beta)}` });
    await new Promise((resolve) => setTimeout(resolve));
    if (context.signal?.aborted) {
      status = "aborted";
      break;
    }
    const found = follow({ tokens, dimension, beta, weights, times, threshold, seed: study.seed, threads: context.threads });
    rows.push(...found.rows);
    if (found.status !== "ok") {
      status = found.status;
      sentences.push(
        `β = ${show(beta)}: the run ENDED at time ${show(found.rows.at(-1)!.time)}: ${found.explanation ?? found.status}.`,
      );
      continue;
    }
    answers.push(...judge(found.rows, beta, b, threshold));
    sentences.push(sentence(found.rows, beta));
  }
  context.onProgress?.({ done: spec.betas.length, total: spec.betas.length, unit: "run", note: "" });
  return record(study, spec, context, { status, rows, sentences, answers, started, planned: moments * spec.betas.length });
}

function judge(rows: readonly ClusterRow[], beta: number, index: number, threshold: number): Answer[] {
  const last = rows.at(-1)!;
  const met = rows.find((r) => r.count === 1);
  const spacing = rows[1]!.time - rows[0]!.time;
  const base = { status: "ok" as const, sources: ["Geshkovski, Letrouit, Polyanskiy, Rigollet 2025"], cost: {} };
  return [
    {
      ...base,
      name: `clusters_${index + 1}`,
      label: `clusters at the end, β = ${show(beta)}`,
      value: last.count,
      error: 0,
      unit: "1",
      method: `groups linked by cosines above ${threshold}`,
    },
    {
      ...base,
      name: `meeting_${index + 1}`,
      label: `time at which all tokens have met, β = ${show(beta)}`,
      value: met?.time ?? NaN,
      error: met ? spacing : NaN,
      unit: "time",
      status: met ? "ok" : "not-converged",
      method: "first look at which one cluster is left; error: time between looks",
      ...(met ? {} : { explanation: "there are several clusters at the end; follow them longer" }),
    },
  ];
}

function sentence(rows: readonly ClusterRow[], beta: number): string {
  const last = rows.at(-1)!;
  const met = rows.find((r) => r.count === 1);
  // The number of clusters, above one, that lasted longest once half of the tokens had met.
  const lasting = new Map<number, number>();
  for (const r of rows) if (r.count > 1 && 2 * r.count <= rows[0]!.count) lasting.set(r.count, (lasting.get(r.count) ?? 0) + 1);
  const [stay, looks] = [...lasting].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0]);
  const step = rows[1]!.time - rows[0]!.time;
  return [
    met
      ? `β = ${show(beta)}: all tokens have met by time ${show(met.time)}`
      : `β = ${show(beta)}: ${count(last.count, "cluster")} are left at time ${show(last.time)}, with ${percent(last.pairs)} of all pairs inside one`,
    looks * step > 0.1 * last.time ? `; the longest stay was with ${count(stay, "cluster")}, for ${show(looks * step)}.` : ".",
  ].join("");
}

function record(
  study: Study,
  spec: Spec,
  context: RunContext,
  found: {
    readonly status: Status;
    readonly rows: readonly ClusterRow[];
    readonly sentences: readonly string[];
    readonly answers: readonly Answer[];
    readonly started: Date;
    readonly planned: number;
  },
): RunRecord {
  const { status, rows, sentences, answers, started, planned } = found;
  const size = spec.tokens * spec.dimension;
  return recordOf(study, context, started, {
    status,
    steps: { planned, done: rows.filter((r) => r.time > 0).length, unit: "look" },
    network: {
      name: `${spec.tokens} tokens on the unit sphere of ${spec.dimension} dimensions`,
      parameters: size,
      unit: "coordinate",
      layout: [{ name: "tokens", shape: [spec.tokens, spec.dimension], offset: 0 }],
    },
    verdict: [
      ...(status === "aborted" ? ["The run was STOPPED; what follows was known by then."] : []),
      `${count(spec.tokens, "token")} from random directions under self-attention (${spec.weights} weights); larger β means sharper attention, and clusters that last longer before they meet.`,
      ...sentences,
    ],
    facts: { betas: spec.betas.join("; ") },
    answers,
    series: seriesOf(COLUMNS, rows.map(numbers)),
  });
}
