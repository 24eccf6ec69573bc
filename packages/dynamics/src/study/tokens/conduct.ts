import type { Threads } from "#engine";
import type { Status } from "../../core/status.js";
import { askInTurn, type Breathe } from "../asking.js";
import type { Answer, Column, Conclusion, NamedArray } from "../conclusion.js";
import { refuse } from "../problem.js";
import { recordOf, seriesOf, type RunRecord } from "../record.js";
import type { RunContext } from "../system.js";
import type { Study } from "../schema.js";
import { count, percent, show } from "../words.js";
import { follow, type ClusterRow } from "./clustering.js";
import type { Question, Spec, Transition } from "./system.js";
import { transition } from "./transition.js";

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

/** What a question says, the rows it made and the steps it took. */
interface TokensAnswer extends Conclusion {
  readonly rows?: readonly ClusterRow[];
  readonly status?: Status;
  readonly arrays?: Readonly<Record<string, NamedArray>>;
  readonly looks: number;
}

/** Follows tokens of each beta and counts their clusters. */
async function cluster(asked: Question, spec: Spec, study: Study, threads: Threads, breathe: Breathe): Promise<TokensAnswer> {
  const { until, moments, threshold } = asked;
  const times = Array.from({ length: moments }, (_, i) => (until * (i + 1)) / moments);
  const { tokens, dimension, weights, betas } = spec;
  const rows: ClusterRow[] = [];
  const sentences: string[] = [];
  const answers: Answer[] = [];
  let status: Status = "ok";
  for (const [b, beta] of betas.entries()) {
    await breathe(b / betas.length, `beta ${show(beta)}`);
    const found = follow({ tokens, dimension, beta, weights, times, threshold, seed: study.seed, threads });
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
  return { rows, status, sentences, answers, looks: rows.filter((r) => r.time > 0).length };
}

/** Runs a study of this kind. */
export async function conduct(spec: Spec, study: Study, context: RunContext): Promise<RunRecord> {
  const started = new Date();
  if (new Set(spec.betas).size < spec.betas.length) refuse(["system", "betas"], `${spec.betas.join(", ")} given; give each once`);
  const turns = study.questions.map((question, place) => ({
    name: question.type,
    place,
    weight: 1,
    ask: async (breathe: Breathe): Promise<TokensAnswer> => {
      if (question.type === "clustering") return cluster(question as unknown as Question, spec, study, context.threads, breathe);
      const found = await transition(question as unknown as Transition, spec, study.seed, breathe);
      return { ...found, looks: found.steps };
    },
  }));
  const { answers, status } = await askInTurn(turns, context);
  return record(study, spec, context, started, status, answers);
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
  started: Date,
  status: "ok" | "aborted",
  found: readonly TokensAnswer[],
): RunRecord {
  const size = spec.tokens * spec.dimension;
  const looks = found.reduce((s, a) => s + a.looks, 0);
  return recordOf(study, context, started, {
    status: status === "aborted" ? status : (found.map((a) => a.status ?? "ok").find((s) => s !== "ok") ?? "ok"),
    steps: { planned: looks, done: looks, unit: "look" },
    network: {
      name: `${spec.tokens} tokens on the unit sphere of ${spec.dimension} dimensions`,
      parameters: size,
      unit: "coordinate",
      layout: [{ name: "tokens", shape: [spec.tokens, spec.dimension], offset: 0 }],
    },
    verdict: [
      ...(status === "aborted" ? ["The run was STOPPED; what follows was known by then."] : []),
      `${count(spec.tokens, "token")} under self-attention (${spec.weights} weights)${study.questions.some((q) => q.type === "clustering") ? ", from random directions; larger β means sharper attention, and clusters that last longer before they meet" : ""}.`,
      ...found.flatMap((a) => a.sentences),
    ],
    facts: { betas: spec.betas.join("; ") },
    answers: found.flatMap((a) => a.answers),
    series: seriesOf(COLUMNS, found.flatMap((a) => a.rows ?? []).map(numbers)),
    arrays: Object.assign({}, ...found.map((a) => a.arrays ?? {})),
  });
}
