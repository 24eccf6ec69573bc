/** A long computation that gives its host a turn now and then: it yields the share that is done, and returns the answer. */
export type Parts<T> = Generator<number, T>;

/** The answer of a computation in parts, without a pause. */
export function finish<T>(parts: Generator<unknown, T>): T {
  for (;;) {
    const part = parts.next();
    if (part.done) return part.value;
  }
}
