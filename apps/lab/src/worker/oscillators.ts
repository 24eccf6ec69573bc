import { buildPopulation, orderParameter, parseStudy, random, StudyError, type PopulationSpec } from "#dynamics";
import { threads as startThreads } from "#engine";
import { sha256 } from "../parts/sha256.js";
import { graphPicture } from "./graph-picture.js";
import type { Work } from "./protocol/jobs.js";
import type { PopulationFrame, PopulationOrder, PopulationPast } from "./protocol/oscillators.js";

/** Milliseconds between two pictures. */
const FRAME = 40;
/** Couplings of the curve of theory, which reaches this many times the critical one. */
const CURVE = 25;
const REACH = 3;
/** Milliseconds after which a slider is held to have stopped: theory takes a moment. */
const REST = 250;
/** Bins of the density of phases, and the time that a population gets to settle before it is counted. */
const BINS = 48;
const SETTLING = 10;
/** Steps between two counts: what is counted hangs on the steps alone, not on the pace of the pictures. */
const COUNT = 4;
/** Steps between two looks at the messages on the way to where an address says. */
const AT_ONCE = 200;
/** The phases of a new start. */
const PHASES = 1_000_001;

/** Couplings of the curve of theory: the critical one among them, and close together just above it, where order rises steeply. */
function curveCouplings(critical: number, top: number): Float64Array {
  if (!(critical > 0)) return Float64Array.from({ length: CURVE }, (_, i) => (top * i) / (CURVE - 1));
  return Float64Array.from({ length: CURVE }, (_, i) => {
    const above = (i - 1) / (CURVE - 2);
    return i === 0 ? 0 : critical + (top - critical) * above * above * above;
  });
}

/** A population of oscillators, live. */
export const oscillators: Work<"oscillators"> = async ({ text, coupling: first, past }, host) => {
  const { study, locate } = parseStudy(text, "study.yaml");
  if (study.system.kind !== "population")
    throw new Error(`a study of kind ${study.system.kind} was given; this bench shows studies of kind population`);
  const spec = study.system as unknown as PopulationSpec;
  const build = () => {
    try {
      return startThreads(1).then((threads) => buildPopulation(spec, { seed: study.seed, threads }));
    } catch (error) {
      throw error instanceof StudyError ? new Error(error.problems.map(locate).join("\n"), { cause: error }) : error;
    }
  };
  const { oscillators: units, frequencies, critical, order, phases, graph } = await build();
  const top = REACH * (critical > 0 ? critical : 1);
  const couplings = curveCouplings(critical, top);
  const orders = couplings.map((k) => (k > critical ? NaN : 0));
  const angles = Float64Array.from({ length: BINS }, (_, i) => ((i + 0.5) / BINS - 0.5) * 2 * Math.PI);
  host.news({ kind: "start", frequencies, critical, couplings, angles, graph: graphPicture(graph) });

  let [playing, speed, coupling] = [past === undefined, 4, past?.turns[0]!.coupling ?? first];
  let theory = NaN;
  let spread = NaN;
  let moved = -Infinity;
  /** Theory comes between two pictures: first that of the present coupling, then a point of the curve. */
  const think = (): void => {
    if (Number.isNaN(theory)) {
      if (performance.now() - moved > REST) theory = coupling > critical ? order(coupling) : 0;
      return;
    }
    if (spread !== coupling) {
      spread = coupling;
      return host.news({ kind: "density", coupling, values: phases(coupling, angles) });
    }
    const next = orders.findIndex(Number.isNaN);
    if (next < 0) return;
    orders[next] = order(couplings[next]!);
    host.news({ kind: "curve", orders: orders.slice() });
  };
  let [start, steps, scatters]: [number, number, number] = [0, 0, 1];
  let turns: { coupling: number; at: number }[] = [];
  const thinks = (): boolean => Number.isNaN(theory) || spread !== coupling || orders.some(Number.isNaN);
  /** Order parameters since the coupling or the start has changed. */
  let since: number[] = [];
  /** Phases about their mean direction, counted since the population has settled. */
  const counts = new Float64Array(BINS);
  let counted = 0;
  const count = (): void => {
    if (since.length * spec.h < SETTLING || since.length % COUNT !== 0) return;
    const now = units.phases();
    const { psi } = orderParameter(now);
    for (const phase of now) {
      const turns = (phase - psi) / (2 * Math.PI) + 0.5;
      counts[Math.min(BINS - 1, Math.floor(BINS * (turns - Math.floor(turns))))]!++;
    }
    counted += now.length;
  };
  let wake = (): void => undefined;
  let owed = 0;
  const set = (values: Float64Array, to: number): void => {
    coupling = to;
    since = [];
    counted = 0;
    counts.fill(0);
    units.set(values, to);
    // What was turned twice without a step between was turned once.
    if (turns.at(-1)?.at === steps) turns.pop();
    turns.push({ coupling, at: steps });
  };
  const begin = (from: number, to: number): void => {
    [start, steps, turns] = [from, 0, []];
    scatters = Math.max(scatters, from + 1);
    const stream = random(study.seed, PHASES + from);
    set(
      Float64Array.from({ length: units.units }, () => (from < 0 ? 0 : 2 * Math.PI * stream.uniform())),
      to,
    );
  };
  begin(past?.start ?? 0, coupling);
  const step = (trace: number[]): void => {
    if (units.run(spec.h).status !== "ok") throw new Error("the phases left the finite numbers: take a smaller time step h");
    const { r } = orderParameter(units.phases());
    steps++;
    trace.push(steps * spec.h, r);
    since.push(r);
    count();
  };
  const tell = (trace: readonly number[]): void => {
    const settled = since.slice(Math.floor(since.length / 3));
    const mean = settled.reduce((s, r) => s + r, 0) / settled.length;
    const square = settled.reduce((s, r) => s + (r - mean) ** 2, 0) / settled.length;
    host.news({
      kind: "frame",
      phases: units.phases(),
      trace: Float64Array.from(trace),
      coupling,
      mean,
      deviation: Math.sqrt(square),
      density: counts.map((c) => (counted > 0 ? (c * BINS) / (counted * 2 * Math.PI) : NaN)),
      theory,
      playing,
      past: { start, steps, turns: turns.slice() } satisfies PopulationPast,
      digest: playing ? undefined : sha256(new Uint8Array(units.phases().slice().buffer)),
    } satisfies PopulationFrame);
  };
  host.onOrder((next: PopulationOrder) => {
    if (next.speed !== undefined) speed = next.speed;
    if (next.playing !== undefined) playing = next.playing;
    if (next.coupling !== undefined) {
      set(units.phases(), next.coupling);
      [theory, moved] = [NaN, performance.now()];
    }
    if (next.restart !== undefined) begin(next.restart === "coherent" ? -1 : scatters, coupling);
    owed += next.steps ?? 0;
    tell([]);
    wake();
  });
  // The way to where an address says, without waiting.
  let next = 1;
  const turn = (): void => {
    if (past?.turns[next]?.at === steps) set(units.phases(), past.turns[next++]!.coupling);
  };
  while (past && steps < past.steps) {
    const trace: number[] = [];
    for (let i = 0; i < AT_ONCE && steps < past.steps; i++) {
      turn();
      step(trace);
    }
    tell(trace);
    await host.breathe();
  }
  turn();
  if (!playing) tell([]);
  for (;;) {
    const from = performance.now();
    const trace: number[] = [];
    const due = playing ? Math.max(1, Math.round((speed * FRAME) / 1000 / spec.h)) : owed;
    owed = 0;
    for (let i = 0; i < due && performance.now() - from < FRAME; i++) step(trace);
    if (due > 0) tell(trace);
    const unknown = Number.isNaN(theory);
    think();
    if (unknown && !Number.isNaN(theory) && !playing) tell([]);
    await host.breathe();
    const left = FRAME - (performance.now() - from);
    if (left > 1) await new Promise((resolve) => setTimeout(resolve, left));
    if (!playing && owed === 0 && !thinks()) await new Promise<void>((resolve) => (wake = resolve));
  }
};
