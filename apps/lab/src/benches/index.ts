import type { FunctionComponent } from "preact";

/** What a view is given of the address. */
export interface ViewProps {
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

export interface Bench {
  /** First part of its address. */
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly load: () => Promise<FunctionComponent<ViewProps>>;
}

/** One line an entry: the live benches. */
export const benches: readonly Bench[] = [
  {
    name: "training",
    title: "Training",
    about: "Play a network's training, change the learning rate on the way, and see the sharpness answer.",
    load: async () => (await import("./training.js")).TrainingBench,
  },
  {
    name: "bifurcations",
    title: "Bifurcations",
    about: "Where the orbits of a family of maps end up: from rest through doublings to chaos. Zoom anywhere.",
    load: async () => (await import("./bifurcations.js")).BifurcationBench,
  },
  {
    name: "flows",
    title: "Flows",
    about: "The phase plane of a vector field: click to start a trajectory, move a parameter and see the field answer.",
    load: async () => (await import("./flows.js")).FlowBench,
  },
  {
    name: "basins",
    title: "Basins",
    about: "Which start ends where, as a picture that sharpens. Zoom into the boundary and see whether it ever becomes simple.",
    load: async () => (await import("./basins.js")).BasinsBench,
  },
  {
    name: "delay",
    title: "Delay",
    about: "Equations that remember: lengthen the delay and see rest turn into cycles, and cycles into chaos.",
    load: async () => (await import("./delay.js")).DelayBench,
  },
  {
    name: "propagation",
    title: "Propagation",
    about:
      "Order, chaos and the edge between them: put an initialisation anywhere and see what happens to signals and gradients.",
    load: async () => (await import("./propagation.js")).PropagationBench,
  },
  {
    name: "neurons",
    title: "Neurons",
    about:
      "One neuron with a monotone activation keeps the order of its inputs; two can fold it. See when, and what whole layers do while they learn.",
    load: async () => (await import("./neurons.js")).NeuronBench,
  },
  {
    name: "oscillators",
    title: "Oscillators",
    about: "Many oscillators on a graph, live: turn the coupling up until they fall into step, where theory says they should.",
    load: async () => (await import("./oscillators.js")).OscillatorBench,
  },
  {
    name: "sgd",
    title: "SGD stability",
    about: "Where can SGD stay? Its exponent over learning rate and batch size, with the thresholds of theory.",
    load: async () => (await import("./sgd.js")).SgdBench,
  },
];
