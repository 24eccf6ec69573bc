import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { main } from "../support/command.js";

const inspect = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, "inspect", ...args], { encoding: "utf8" });
  return { status, stdout, stderr };
};

describe("separatrix inspect", () => {
  it("prints phase, scales, growth and advice", () => {
    const { status, stdout } = inspect("--architecture", "20-40x6-10", "--weight-variance", "1.3", "--bias-variance", "0.05");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^mlp 20-40x6-10 tanh, lecun-normal/);
    for (const part of [
      /phase +ordered/,
      /χ₁.* 0\.880164/,
      /q\*.* 0\.315316/,
      /ξ_c.* 7\.834 layers/,
      /trainable depth.* 47 layers .*experience/s,
      /edge of chaos.* σ_w² = 1\.76095/,
      /gradient growth measured +-0\.\d+ ± 0\.\d+ nat/,
      /multiply the weights by 1\.164/,
    ])
      expect(stdout).toMatch(part);
  });

  it("measures families without a theory, layer by layer, and names their options", () => {
    const { status, stdout } = inspect(
      "--type",
      "dense-resnet",
      "--architecture",
      "4-8-2",
      "--set",
      "depth=3",
      "memory=2",
      "shared=true",
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(/^dense-resnet 4-8-2, 4 units, 3 layers, memory 2/);
    expect(stdout).toMatch(/gradient growth from output to input +-?\d/);
    // Three layers, the past before them, the newest state after them and the readout.
    expect(stdout.match(/through /g)!.length).toBe(6);
    expect(stdout).toMatch(/Lyapunov exponents of the layers/);
    const json = inspect("--type", "attention", "--architecture", "4-8-2", "--json");
    const found = JSON.parse(json.stdout) as { total: { value: number }; rates: { value: number[] } };
    expect(found.rates.value.reduce((a, b) => a + b, 0)).toBeCloseTo(found.total.value, 12);
    expect(stdout).toMatch(/no mean-field theory of dense-resnet here: a\s+layer sees several earlier/);
    const wrong = inspect("--type", "resnet", "--architecture", "4-8-2", "--set", "memory=2");
    expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining("expected one of depth=")]);
  });

  it("tells residual and recurrent networks their theory, with advice", () => {
    const residual = inspect(
      ..."--type resnet --architecture 30-90-30 --activation relu --init he-normal --draws 3 --set depth=16 horizon=16".split(
        " ",
      ),
    );
    expect(residual.status).toBe(0);
    // Each of 16 layers multiplies squares by 1 + 2: 8 log 3.
    expect(residual.stdout).toMatch(/predicted +8\.789 nat/);
    expect(residual.stdout).toMatch(/Gradients EXPLODE with these branches: a horizon T of about 4 would/);
    const recurrent = inspect(..."--type recurrent --width 60 --depth 5 --gain 1.25 --draws 3".split(" "));
    expect(recurrent.stdout).toMatch(/phase +chaotic/);
    expect(recurrent.stdout).toMatch(/edge of chaos of tanh is at σ_w² = 1: multiply the weights by 0\.8/);
    expect(recurrent.stdout).toMatch(/over 6 steps/);
  });

  it("gives the same as JSON, with errors and methods, and infinities as text", () => {
    const { status, stdout } = inspect("--width", "30", "--depth", "3", "--activation", "relu", "--init", "he-normal", "--json");
    expect(status).toBe(0);
    const found = JSON.parse(stdout) as {
      theory: { phase: string; chi: { value: number; method: string }; depthScales: { correlation: { value: string } } };
      measured: { gradientRates: { value: number[]; error: number[] } };
      advice: string[];
    };
    expect(found.theory.phase).toBe("critical");
    expect(found.theory.chi.value).toBeCloseTo(1, 12);
    expect(found.theory.depthScales.correlation.value).toBe("Infinity");
    expect(found.measured.gradientRates.value.length).toBe(4);
    expect(found.advice[0]).toMatch(/CRITICAL/);
  });

  it.each([
    [["--architecture", "10-x3-2"], /"x3" is no width; expected numbers from 1/],
    [["--architecture", "10-2"], /2 widths given; expected an input, 1 to 998 hidden layers and an output/],
    [[], /give either --architecture, as in 784-300x20-10, or --width and --depth/],
    [["--width", "10"], /go together/],
    [["--width", "10", "--depth", "2", "--activation", "tahn"], /activation "tahn" is not known; expected one of tanh/],
    [["--width", "10", "--depth", "2", "--init", "best"], /initializer "best" is not known/],
    [["--width", "10", "--depth", "2", "--weight-variance", "-1"], /expected a number from 0/],
    [["--width", "10", "--depth", "2", "--weight-variance", "1", "--gain", "2"], /give one of them/],
    [["--width", "10", "--depth", "2", "--weight-variance", "1", "--init", "he-normal"], /expected lecun-normal/],
    [["--width", "100000", "--depth", "2"], /takes at most 20000000/],
  ])("%j is refused with a reason and exit code 2", (args, message) => {
    const { status, stderr } = inspect(...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/ {4}at /);
  });
});
