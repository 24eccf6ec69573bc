import { flow as flowOf, lookup, picturedFlows, type FlowSystem } from "#dynamics";
import { sha256 } from "../parts/sha256.js";
import type { Work } from "./protocol/jobs.js";
import { TRAIL, type Leg } from "./protocol/ride.js";
import { fieldWith, stepOf } from "./pictured.js";

/** Milliseconds between two pictures, and of computing between two looks at the messages. */
const FRAME = 30;
const SLICE = 20;
/** Steps of a leg before the next one begins: what an address replays stays short. */
const LONGEST = 20_000;
/** An address holds no more legs than these. */
const MOST_LEGS = 40;

/** A leg with the states on its way. */
interface Stretch extends Leg {
  steps: number;
  readonly path: number[];
  readonly pushed: boolean;
}

/**
 * A point that moves along its trajectory, whose parameters change and which is pushed while it moves.
 *
 * Each change begins a leg: the flow starts afresh from the state there, so that the state depends on the legs alone, however they were played.
 * Legs that the trail no longer shows are forgotten.
 */
export const ride: Work<"ride"> = async ({ field: name, ride: given }, host) => {
  const card = lookup("field", picturedFlows, name);
  const dim = card.components.length;
  const dt = stepOf(card);
  let before = given.before;
  let legs: Stretch[] = [];
  let system: FlowSystem | undefined;
  let tuned: readonly number[] = [];
  let state = Float64Array.from(card.initial);
  let [status, explanation] = ["ok", undefined as string | undefined];
  let [points, anew]: [number[], boolean] = [[], true];
  const stepsOf = (some: readonly Leg[]): number => some.reduce((n, l) => n + l.steps, 0);

  /** Begins a leg; a state given is a push. */
  const begin = (values: readonly number[], from: readonly number[] = Array.from(state)): void => {
    state = Float64Array.from(from);
    if (!system || tuned.some((v, i) => v !== values[i])) system = flowOf({ field: fieldWith(card, values), initial: state, dt });
    tuned = values;
    system.reset(state);
    [status, explanation] = ["ok", undefined];
    // What was changed twice without a step between was changed once.
    if (legs.at(-1)?.steps === 0) legs.pop();
    const last = legs.at(-1);
    const end = last && (last.path.length > 0 ? last.path.slice(-dim) : last.from);
    legs.push({ from, values, steps: 0, path: [], pushed: end !== undefined && from.some((x, i) => x !== end[i]) });
    while (legs.length > MOST_LEGS || (legs.length > 1 && stepsOf(legs.slice(1)) >= TRAIL)) before += legs.shift()!.steps;
    anew = true;
  };
  const step = (): void => {
    const leg = legs.at(-1)!;
    const told = system!.step();
    if (told !== "ok") {
      [status, explanation] = [told, system!.explanation];
      return;
    }
    state.set(system!.state);
    leg.steps++;
    leg.path.push(...state);
    points.push(...state);
    if (leg.steps >= LONGEST) begin(leg.values);
  };
  /** What is shown of all legs. */
  const trail = (): number[] => {
    const gap = new Array<number>(dim).fill(NaN);
    return legs
      .flatMap(({ from, pushed, path }, i) => [...(i === 0 ? from : pushed ? [...gap, ...from] : []), ...path])
      .slice(-TRAIL * dim);
  };
  const restart = (from: readonly number[], values: readonly number[]): void => {
    [before, legs] = [0, []];
    begin(values, from);
  };

  let [playing, speed, owed, moved] = [false, card.picture.duration / 15, 0, true];
  let wake = (): void => undefined;
  const heard: { values?: readonly number[]; push?: readonly number[]; start?: readonly number[] } = {};
  let single = 0;
  host.onOrder(({ playing: play, speed: pace, steps, ...rest }) => {
    playing = play ?? playing;
    speed = pace ?? speed;
    single += steps ?? 0;
    Object.assign(heard, rest);
    wake();
  });
  const obey = (): void => {
    const { values, push, start } = heard;
    delete heard.values;
    delete heard.push;
    delete heard.start;
    const now = values ?? legs.at(-1)!.values;
    if (start) restart(start, now);
    else if (push) begin(now, push);
    else if (values && values.some((v, i) => v !== legs.at(-1)!.values[i])) begin(values);
    else return;
    moved = true;
  };
  const tell = (): void => {
    host.news({
      points: Float64Array.from(anew ? trail() : points),
      anew,
      state: state.slice(),
      time: dt * (before + stepsOf(legs)),
      ride: { before, legs: legs.map(({ from, values, steps }) => ({ from, values, steps })) },
      playing: playing && status === "ok",
      status,
      ...(explanation === undefined ? {} : { explanation }),
      digest: playing && status === "ok" ? null : sha256(new Uint8Array(state.slice().buffer)),
    });
    [points, anew] = [[], false];
  };

  // What was ridden before, as fast as it goes.
  for (const leg of given.legs) {
    begin(leg.values, leg.from);
    while (status === "ok" && legs.at(-1)!.steps < leg.steps) step();
  }
  let last = performance.now();
  for (;;) {
    obey();
    if (status !== "ok") playing = false;
    if (!playing && single === 0) {
      if (moved) tell();
      moved = false;
      owed = 0;
      await new Promise<void>((resolve) => (wake = resolve));
      last = performance.now();
      continue;
    }
    const now = performance.now();
    // A page that was asleep does not catch up.
    owed = playing ? owed + (speed / dt) * Math.min(0.1, (now - last) / 1000) : single;
    last = now;
    single = 0;
    while (owed >= 1 && status === "ok" && performance.now() - now < SLICE) {
      step();
      owed--;
    }
    owed = Math.min(owed, speed / dt);
    moved = true;
    if (playing) tell();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, FRAME - (performance.now() - now))));
  }
};
