import { useEffect, useRef, useState } from "preact/hooks";
import { desk, type Call } from "../engine.js";
import type { FieldCard } from "../worker/protocol/flow.js";
import { TRAIL, type Ride, type RideFrame, type RideOrder } from "../worker/protocol/ride.js";

/** A point that moves, in a worker of its own so that it answers at once: its latest news, its trail, and what it hears. */
export function useRide(card: FieldCard, first: () => Ride, speed: number) {
  const [frame, see] = useState<RideFrame>();
  const [failure, fail] = useState<string>();
  const trail = useRef<number[]>([]);
  const call = useRef<Call<"ride"> | undefined>(undefined);
  useEffect(() => {
    const worker = desk();
    let asked = 0;
    let last: RideFrame | undefined;
    see(undefined);
    fail(undefined);
    trail.current = [];
    call.current = worker.call("ride", { field: card.name, ride: first() }, (news) => {
      last = news;
      const rows = [...(news.anew ? [] : trail.current), ...news.points];
      trail.current = rows.slice(-TRAIL * card.components.length);
      asked ||= requestAnimationFrame(() => {
        asked = 0;
        see(last);
      });
    });
    call.current.result.catch((error: Error) => fail(error.message));
    call.current.order({ speed });
    return () => {
      cancelAnimationFrame(asked);
      worker.close();
    };
  }, [card]);
  const order = (what: RideOrder): void => call.current?.order(what);
  return { frame, failure, trail, order };
}
