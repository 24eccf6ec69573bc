// Two oscillators: phi' = delta - K sin phi (Adler 1946).
//
// Derivation of the period: int_0^{2 pi} d phi / (delta - K sin phi) = 2 pi / sqrt(delta^2 - K^2), by the substitution tan(phi / 2).
import { twoOscillators } from "#dynamics";
import { describe, expect, it } from "vitest";
import { line } from "./linear-algebra.js";

describe("locking", () => {
  it.each([
    [0.3, 1],
    [-2, 2.5],
    [1, 1],
    [0.7, -1.2],
    [-0.7, -1.2],
  ])("delta = %f, K = %f: rests where theory says, and stably", (detuning, coupling) => {
    const { locked, phase } = twoOscillators({ detuning, coupling });
    expect(locked).toBe(true);
    expect(detuning - coupling * Math.sin(phase)).toBeCloseTo(0, 14);
    expect(coupling * Math.cos(phase)).toBeGreaterThanOrEqual(0);
  });

  it("K > 0: the phase is asin(delta / K)", () => {
    expect(twoOscillators({ detuning: 0.3, coupling: 0.8 }).phase).toBeCloseTo(Math.asin(0.3 / 0.8), 15);
  });
});

describe("drifting", () => {
  it.each([
    [1.5, 1],
    [-4, 0.5],
    [1.01, -1],
  ])("delta = %f, K = %f: the period is that of the motion", (detuning, coupling) => {
    // Time of one turn: the integral of 1 / phi' over a period, by the midpoint rule, which converges geometrically here.
    const n = 20_000;
    let time = 0;
    for (let i = 0; i < n; i++) time += (2 * Math.PI) / n / (detuning - coupling * Math.sin((2 * Math.PI * (i + 0.5)) / n));
    const { period, beat, locked } = twoOscillators({ detuning, coupling });
    expect(locked).toBe(false);
    expect(Math.abs(time)).toBeCloseTo(period, 9);
    expect(beat * period * Math.sign(detuning)).toBeCloseTo(2 * Math.PI, 12);
  });

  it("slows down as (delta - K)^(-1/2) towards the saddle-node on the circle", () => {
    const gaps = [1e-8, 1e-7, 1e-6, 1e-5];
    const fit = line(
      gaps.map((g) => Math.log(g)),
      gaps.map((g) => Math.log(twoOscillators({ detuning: 1 + g, coupling: 1 }).period)),
    );
    expect(Math.abs(fit.slope + 0.5)).toBeLessThan(1e-5);
  });
});
