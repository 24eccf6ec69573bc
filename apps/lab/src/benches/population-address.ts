import { numberOf } from "../route.js";
import { MOST_STEPS, MOST_TURNS, type PopulationPast } from "../worker/protocol/oscillators.js";

const STARTS = 1_000_000;

/** steps=340&turns=1@0,2.5@120&start=gathered: the way of a population. Undefined where it is not to be read as one. */
export function parsePast(query: URLSearchParams): PopulationPast | undefined {
  const steps = numberOf(query, "steps", NaN);
  const turns = (query.get("turns") ?? "").split(",").map((text) => {
    const [coupling = "", at = ""] = text.split("@");
    return { coupling: coupling === "" ? NaN : Number(coupling), at: at === "" ? NaN : Number(at) };
  });
  const good =
    Number.isInteger(steps) &&
    steps >= 0 &&
    steps <= MOST_STEPS &&
    turns.length <= MOST_TURNS &&
    turns[0]!.at === 0 &&
    turns.every(
      ({ coupling, at }, i) =>
        coupling >= 0 && coupling <= 100 && Number.isInteger(at) && at <= steps && (i === 0 || at > turns[i - 1]!.at),
    );
  const start = query.get("start") === "gathered" ? -1 : Math.round(numberOf(query, "start", 0, 0, STARTS));
  return good ? { start, steps, turns } : undefined;
}

/** Nothing for a way that is too long for an address. */
export const formatPast = ({ start, steps, turns }: PopulationPast): Readonly<Record<string, string | number>> =>
  steps > MOST_STEPS || turns.length > MOST_TURNS
    ? {}
    : {
        steps,
        turns: turns.map(({ coupling, at }) => `${coupling}@${at}`).join(","),
        ...(start === 0 ? {} : { start: start < 0 ? "gathered" : start }),
      };
