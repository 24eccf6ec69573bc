import { compile, mul, scalarMath, sum, vmap, type Tensor } from "#engine";
import { rk4 } from "../flow/solvers/rk4.js";
import { embed } from "../networks/embed.js";
import { neuralOde } from "../networks/neural-ode.js";
import { exact, type Claim } from "./claim.js";

const POINTS = 500;
const RADIUS = 1.25;
const DRAWS = 12;

/** The centre, and after it the circle around it. */
const places = Float64Array.from({ length: 2 * (POINTS + 1) }, (_, i) => {
  const angle = (2 * Math.PI * Math.floor(i / 2 - 1)) / POINTS;
  return i < 2 ? 0 : RADIUS * (i % 2 ? scalarMath.sin(angle) : scalarMath.cos(angle));
});

/** The output at the centre, the least and the most on the circle. */
const range = ([centre, ...circle]: Iterable<number>): [number, number, number] => [
  centre!,
  circle.reduce((a, b) => Math.min(a, b)),
  circle.reduce((a, b) => Math.max(a, b)),
];

export const concentricSpheres: Claim = {
  name: "concentric-spheres",
  item: "A3",
  description:
    "a flow of the plane cannot lift a circle above its centre, since it keeps inside and outside apart; with one unit more |x|^2 is read off",
  sources: ["Dupont, Doucet, Teh 2019", "Kuehn, Kuntz 2023"],
  compare() {
    const network = neuralOde({ widths: [2, 8, 1], steps: 40, timeDependent: true });
    const plane = compile((p, x) => network.apply(p!, x!), [{ shape: [network.size] }, { shape: [POINTS + 1, 2] }]);
    plane.inputs[1]!.set(places);
    let parted = 0;
    for (let seed = 0; seed < DRAWS; seed++) {
      // Wide weights, so that the field bends the circle.
      plane.inputs[0]!.set(network.initial(seed).map((w) => 3 * w));
      plane.run();
      const [centre, least, most] = range(plane.outputs[0]!);
      if (least > centre || most < centre) parted++;
    }
    const flow = embed((x: Tensor) => sum(mul(x, x), 0, true), { inputs: 2, outputs: 1 }).map({ solver: rk4, steps: 3 });
    const space = compile((x) => [vmap(flow)(x!)], [{ shape: [POINTS + 1, 2] }]);
    space.inputs[0]!.set(places);
    space.run();
    const [centre, least, most] = range(space.outputs[0]!);
    return [
      { ...exact(`of ${DRAWS} neural ODEs with two units, those that part circle and centre`, 0, parted, 0), resolution: 0.1 },
      exact("with three units: least output on the circle less that at the centre", RADIUS * RADIUS, least - centre, 1e-14),
      exact("with three units: largest output on the circle less that at the centre", RADIUS * RADIUS, most - centre, 1e-14),
    ];
  },
};
