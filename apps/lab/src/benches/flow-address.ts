import { numberOf } from "../route.js";
import type { FieldCard } from "../worker/protocol/flow.js";
import type { Leg, Ride } from "../worker/protocol/ride.js";
import type { Across } from "./draw-plane.js";

/** More trajectories than these hide each other, and longer addresses break. */
export const MOST = 24;
const MOST_LEGS = 60;
const MOST_STEPS = 40_000;

export type Point = readonly number[];

const numbersOf = (text: string): number[] => text.split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));

/** 0.5,1;2,0 as points of so many components. */
export const parsePoints = (text: string | null, dim = 2): Point[] =>
  (text ?? "")
    .split(";")
    .map(numbersOf)
    .filter((p) => p.length === dim && p.every(Number.isFinite))
    .slice(0, MOST);

export const formatPoints = (points: readonly Point[]): string => points.map((p) => p.join(",")).join(";");

/** 300@1.5@0.5,0.25;120@2@1,0: steps, parameters and the state from which, one a leg. Undefined where it is not to be read as a ride. */
export function parseRide(query: URLSearchParams, dim: number, parameters: number): Ride | undefined {
  const legs = (query.get("ride") ?? "").split(";").map((text): Leg => {
    const [steps = "", values = "", from = ""] = text.split("@");
    return { steps: steps === "" ? NaN : Number(steps), values: numbersOf(values), from: numbersOf(from) };
  });
  const good = legs.every(
    ({ steps, values, from }) =>
      Number.isInteger(steps) &&
      steps >= 0 &&
      steps <= MOST_STEPS &&
      values.length === parameters &&
      from.length === dim &&
      [...values, ...from].every(Number.isFinite),
  );
  return good && legs.length <= MOST_LEGS
    ? { before: Math.floor(numberOf(query, "before", 0, 0, Number.MAX_SAFE_INTEGER)), legs }
    : undefined;
}

/** Nothing for a ride that has not begun and would begin at `start` without an address. */
export const formatRide = ({ before, legs }: Ride, start: Point): Readonly<Record<string, string | number>> =>
  before === 0 && legs.length === 1 && legs[0]!.steps === 0 && legs[0]!.from.every((x, i) => x === start[i])
    ? {}
    : {
        ...(before > 0 ? { before } : {}),
        ride: legs.map(({ steps, values, from }) => `${steps}@${values.join(",")}@${from.join(",")}`).join(";"),
      };

/** The two components that are seen, by their names. */
export function parseAcross(query: URLSearchParams, { components }: FieldCard): Across {
  const [a, b] = [components.indexOf(query.get("across") ?? ""), components.indexOf(query.get("up") ?? "")];
  return a >= 0 && b >= 0 && a !== b ? [a, b] : usualAcross(components.length);
}

export const usualAcross = (dim: number): Across => [0, dim - 1];

/** Where trajectories start before the visitor has clicked anywhere. */
export const usualStarts = ({ box, initial }: FieldCard): Point[] =>
  box.length > 2
    ? [initial]
    : [
        [0.2, 0.8],
        [0.62, 0.45],
      ].map((shares) => box.map(([from, to], i) => Number((from + shares[i]! * (to - from)).toFixed(3))));

/** The last trajectory as a study with its Lyapunov exponents. */
export const studyOf = (
  card: FieldCard,
  values: readonly number[],
  start: Point | undefined,
): string => `title: The flow ${card.name}
seed: 0
system:
  kind: flow
  field: ${card.name}
  parameters: { ${card.parameters.map((p, i) => `${p.name}: ${values[i]}`).join(", ")} }
${start ? `  initial: [${start.join(", ")}]\n` : ""}questions:
  - type: trajectory
  - type: lyapunov-spectrum
`;
