/** Points no two of which are closer than a spacing, that come within it of everything they stand for. */
export interface PointNet {
  readonly dim: number;
  readonly size: number;
  /** size x dim. */
  readonly points: Float64Array;
}

/** A net that grows. */
export interface GrowingNet extends PointNet {
  /** Takes a point unless one is as near already, or the net is full. */
  add(x: Float64Array): void;
  /** Whether a point of the net lies at most so far from x. */
  within(x: Float64Array, distance: number): boolean;
}

/** An empty net of at most `most` points in R^dim. */
export function growingNet(dim: number, spacing: number, most: number): GrowingNet {
  let room = new Float64Array(16 * dim);
  let size = 0;
  const within = (x: Float64Array, distance: number): boolean => {
    const limit = distance * distance;
    for (let i = 0; i < size; i++) {
      let squares = 0;
      for (let c = 0; c < dim && squares <= limit; c++) {
        const d = x[c]! - room[i * dim + c]!;
        squares += d * d;
      }
      if (squares <= limit) return true;
    }
    return false;
  };
  return {
    dim,
    get size() {
      return size;
    },
    get points() {
      return room.slice(0, size * dim);
    },
    within,
    add(x) {
      if (size >= most || within(x, spacing)) return;
      if ((size + 1) * dim > room.length) {
        const larger = new Float64Array(2 * room.length);
        larger.set(room);
        room = larger;
      }
      room.set(x, size++ * dim);
    },
  };
}
