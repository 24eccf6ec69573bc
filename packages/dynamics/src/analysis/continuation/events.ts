import { determinant, eigenvalues } from "../dense-general.js";
import { bordered, type Curve } from "./curve.js";
import type { BifurcationKind } from "./bifurcation.js";

/** A point of a branch with what is known about it. */
export interface Station {
  readonly z: Float64Array;
  /** Unit tangent, in the direction of travel. */
  readonly t: Float64Array;
  readonly derivative: Float64Array;
  /** Of the field or of the map iterated `period` times: dim x dim. */
  readonly jacobian: Float64Array;
  readonly eigenvalues: readonly (readonly [number, number])[];
}

export function station(c: Curve, z: Float64Array, t: Float64Array, derivative: Float64Array): Station {
  const jacobian = stateJacobian(c, derivative);
  return { z, t, derivative, jacobian, eigenvalues: eigenvalues(jacobian, c.dim) };
}

function stateJacobian({ dim, kind }: Curve, derivative: Float64Array): Float64Array {
  const out = new Float64Array(dim * dim);
  for (let i = 0; i < dim; i++) {
    out.set(derivative.subarray(i * (dim + 1), i * (dim + 1) + dim), i * dim);
    if (kind === "map") out[i * dim + i]! += 1;
  }
  return out;
}

/** Something whose sign tells that a bifurcation lies between two stations. */
export interface TestFunction {
  readonly kind: BifurcationKind;
  value(s: Station): number;
  /** Whether the place where it vanishes is what it looks for. */
  genuine(s: Station): boolean;
}

/**
 * The test functions of a curve. Source: Kuznetsov 2004, section 10.2 (flows) and 10.3 (maps): the tangent's parameter component, the
 * bordered determinant, the product of sums (or 1 - products) of pairs of eigenvalues, det(A + I).
 */
export function testFunctions({ kind, dim }: Curve): TestFunction[] {
  const always = (): boolean => true;
  const tests: TestFunction[] = [
    { kind: "branch point", value: ({ derivative, t }) => determinant(bordered(derivative, t), dim + 1), genuine: always },
    { kind: "fold", value: ({ t }) => t[dim]!, genuine: always },
  ];
  if (kind === "map") {
    tests.push({
      kind: "flip",
      value: ({ jacobian }) =>
        determinant(
          jacobian.map((v, e) => v + (e % (dim + 1) === 0 ? 1 : 0)),
          dim,
        ),
      genuine: always,
    });
  }
  if (dim < 2) return tests;
  const map = kind === "map";
  tests.push({
    kind: map ? "neimark-sacker" : "hopf",
    value: (s) => product(pairs(s)),
    // A real pair with sum 0 (product 1) is a neutral saddle: nothing happens there.
    genuine: (s) => crosses(s, map),
  });
  return tests;

  /** Sums (flow) or 1 - products (map) over pairs i < j. */
  function pairs({ eigenvalues: l }: Station): Pair[] {
    return l.flatMap(([a, b], i) =>
      l.slice(i + 1).map(([x, y]): Pair => (map ? [1 - (a * x - b * y), -(a * y + b * x)] : [a + x, b + y])),
    );
  }
}

type Pair = readonly [number, number];

/** The product of complex numbers that come with their conjugates, each divided by 1 + its modulus so that nothing overflows: a real number. */
function product(factors: readonly Pair[]): number {
  let [re, im] = [1, 0];
  for (const [x, y] of factors) {
    const size = 1 + Math.sqrt(x * x + y * y);
    [re, im] = [(re * x - im * y) / size, (re * y + im * x) / size];
  }
  return re;
}

/** Whether a complex pair is on the imaginary axis or the unit circle, to the accuracy at which a located point has it. */
function crosses(s: Station, map: boolean): boolean {
  const [re, im] = critical(s, map);
  // A slow system has small eigenvalues throughout.
  const unit = map ? 1 : Math.min(1, ...s.eigenvalues.slice(0, 1).map(([x, y]) => Math.sqrt(x * x + y * y)));
  return im > 1e-7 * unit && Math.abs(map ? re * re + im * im - 1 : re) < 1e-5 * (unit + im);
}

/** The eigenvalue with an imaginary part >= 0 that is nearest to the imaginary axis (flow) or unit circle (map), complex ones first. */
export function critical({ eigenvalues: l }: Station, map: boolean): Pair {
  const off = ([re, im]: Pair): number => (map ? Math.abs(Math.sqrt(re * re + im * im) - 1) : Math.abs(re));
  const upper = l.filter(([, im]) => im > 0);
  return upper.length === 0 ? [NaN, 0] : upper.reduce((a, b) => (off(b) < off(a) ? b : a));
}
