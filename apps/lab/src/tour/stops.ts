/** A place where the tour stops: a few sentences, a formula, and a study that runs on arrival. */
export interface Stop {
  readonly title: string;
  readonly text: readonly string[];
  /** In the language of TeX. */
  readonly formula: string;
  /** The formula in words. */
  readonly label: string;
  readonly study: string;
  /** A bench where it can be played with. */
  readonly bench?: { readonly title: string; readonly hash: string };
  /** Figures of the report that matter here; all, where it is left out. */
  readonly figures?: number;
}

const chebyshev = (title: string, rest: string): string => `title: ${title}
seed: 0
system:
  kind: training
  architecture:
    widths: [1, 20, 1]
    activation: tanh
    bias: [true, false]
    gain: [1.9, 1]
  data: { source: chebyshev, degree: 3, points: 20 }
${rest}`;

/** One entry a stop, in the order of the walk. */
export const stops: readonly Stop[] = [
  {
    title: "Training is an iterated map",
    text: [
      "Gradient descent takes the parameters θ of a network and moves them a step down the slope of the loss; then it does the same again. Nothing else happens in training. So training is a dynamical system in discrete time: a map, iterated from a random start.",
      "Here a network of 40 weights and 20 biases learns a cubic. The loss falls, and everything seems calm: with a small step the map follows the gradient closely.",
    ],
    formula: String.raw`\theta_{n+1} = \theta_n - \eta \nabla L(\theta_n)`,
    label: "theta n plus one equals theta n minus eta times the gradient of L at theta n",
    study: chebyshev(
      "A small step",
      `  optimizer: { type: gradient-descent, learningRate: 0.05 }
  steps: 4000
  threads: 1
questions:
  - { type: sharpness, every: 20 }
  - { type: edge-of-stability }
`,
    ),
    figures: 2,
  },
  {
    title: "How sharp may the loss be?",
    text: [
      "Close to a minimum the loss is a bowl, and the steepest direction of the bowl decides. There one step multiplies the distance from the bottom by 1 − ηλ, where λ is the largest eigenvalue of the Hessian, the sharpness. The distance shrinks only while that factor lies between −1 and 1.",
      "The same network with a step four times as large. The sharpness climbs, as it does in most networks, and meets the dotted line of theory. It does not pass it for long: this is the edge of stability.",
    ],
    formula: String.raw`|1 - \eta\lambda| < 1 \iff \lambda < \frac{2}{\eta}`,
    label: "the absolute value of one minus eta lambda is below one exactly when lambda is below two over eta",
    study: chebyshev(
      "A step four times as large",
      `  optimizer: { type: gradient-descent, learningRate: 0.2 }
  steps: 4000
  threads: 1
questions:
  - { type: sharpness, k: 2, every: 10 }
  - { type: edge-of-stability }
`,
    ),
    bench: { title: "Change the step size while it trains", hash: "#/training" },
    figures: 2,
  },
  {
    title: "What happens beyond: one weight",
    text: [
      "Take the smallest network there is, two equal weights in a chain that should multiply to 1. Its gradient descent is a map of a single number w, and everything about it can be seen.",
      "Up to η = 1 the minimum w = 1 attracts: its sharpness is 2, and 2/η is larger. Beyond, the step overshoots for ever: w jumps between two values, then four, then eight. Then the orbit stops repeating. At 2 it escapes.",
    ],
    formula: String.raw`w_{n+1} = w_n + \eta\,(w_n - w_n^3)`,
    label: "w n plus one equals w n plus eta times w n minus w n cubed",
    study: `title: The smallest network
seed: 0
system:
  kind: family
  map: balanced-network
  from: 0.9
  to: 2
  count: 500
  threads: 1
questions:
  - { type: orbit-diagram, transient: 2000, steps: 2000, record: 128 }
`,
    bench: { title: "Zoom into the diagram", hash: "#/bifurcations" },
  },
  {
    title: "How fast do neighbours part?",
    text: [
      "Whether an orbit is chaotic is a number: the Lyapunov exponent, the rate at which the distance of two orbits that start a hair apart grows, per step. Below 0 they meet, above 0 they part, and no measurement of the start is good enough to foretell the end.",
      "The second chart shows it for the logistic map, the oldest example. It touches 0 wherever a period doubles.",
    ],
    formula: String.raw`\lambda = \lim_{N \to \infty} \frac{1}{N} \sum_n \log |f'(x_n)|`,
    label: "lambda is the limit of one over N times the sum of the logarithm of the absolute derivative of f along the orbit",
    study: `title: The logistic map
seed: 0
system:
  kind: family
  map: logistic
  from: 2.9
  to: 4
  count: 500
  threads: 1
questions:
  - { type: orbit-diagram, transient: 2000, steps: 2000, record: 128 }
`,
    bench: { title: "Zoom into the logistic map", hash: "#/bifurcations?map=logistic&from=3.82&to=3.87" },
  },
  {
    title: "The path through the middle",
    text: [
      "At the edge a run oscillates, and the oscillation has a purpose: it pushes the run towards flatter places, just enough to keep the sharpness at the threshold. Averaged over the oscillation the run follows a smooth path of its own, the central flow.",
      "Three ways from one start: the run, its central flow with the mean loss that it predicts, and the gradient flow, which knows no edge and goes elsewhere.",
    ],
    formula: String.raw`\frac{dw}{dt} = -\eta \left( \nabla L(w) + \tfrac{1}{2} \nabla \langle H(w), \Sigma(t) \rangle \right)`,
    label:
      "the derivative of w is minus eta times the gradient of the loss plus half the gradient of the inner product of Hessian and Sigma",
    study: chebyshev(
      "The central flow",
      `  optimizer: { type: gradient-descent, learningRate: 0.2 }
  steps: 4000
  threads: 1
questions:
  - { type: sharpness, every: 10 }
  - { type: edge-of-stability }
  - { type: central-flow, every: 10 }
`,
    ),
    figures: 3,
  },
  {
    title: "Adam has an edge of its own",
    text: [
      "Adam divides each gradient by a running size of its own, so what counts is not the sharpness but the largest eigenvalue of the Hessian seen through that division. Its threshold is another one, and training finds it just as well. In the first steps the running sizes are still close to 0: there the curve begins far above the line.",
    ],
    formula: String.raw`\lambda_{\max}(P^{-1/2} H P^{-1/2}) = \frac{2 + 2\beta_1}{(1 - \beta_1)\,\eta}`,
    label: "the largest eigenvalue of the preconditioned Hessian equals two plus two beta one over one minus beta one times eta",
    study: chebyshev(
      "Adam",
      `  optimizer: { type: adam, learningRate: 0.002 }
  steps: 5000
  threads: 1
questions:
  - { type: sharpness, every: 20 }
  - { type: edge-of-stability }
`,
    ),
    figures: 2,
  },
  {
    title: "Where can SGD stay?",
    text: [
      "Small batches make each step a random matrix. Near a minimum that passes through all data, a displacement is multiplied by one such matrix after the other, and it shrinks exactly when the exponent of the random product is negative: then SGD can stay there.",
      "The picture gives the sign of that exponent over learning rate and batch size. It is computed until the sign is certain, or grey where that takes too long; the lines are thresholds from theory.",
    ],
    formula: String.raw`\lambda = \lim_{n \to \infty} \frac{1}{n} \log |A_n \cdots A_2 A_1 v|`,
    label: "lambda is the limit of one over n times the logarithm of the length of A n to A 1 times v",
    study: `title: Where SGD can stay
seed: 0
system:
  kind: minimum
  architecture:
    widths: [1, 12, 1]
    activation: tanh
    bias: [true, false]
  data: { source: chebyshev, degree: 3, points: 6 }
  search: { descent: { learningRate: 0.2, steps: 2000 } }
  batchSize: 1
  threads: 1
questions:
  - { type: stability, learningRate: 0.003 }
  - { type: phase-diagram, learningRates: 16 }
`,
    bench: { title: "Play with a minimum of a few samples", hash: "#/sgd" },
    figures: 1,
  },
  {
    title: "The signal on its way",
    text: [
      "Now the weights rest and the signal moves: layer after layer is a map, applied to what the layer before has made. With small random weights two inputs become one on their way; with large ones neighbours part. Between the two lies the edge of chaos, where deep networks can be trained.",
      "The network of this study stands in the chaotic phase. The curves are theory for infinitely wide layers, the dots a few networks drawn at random.",
    ],
    formula: String.raw`\chi_1 = \sigma_w^2 \, \mathrm{E}\left[ \varphi'(\sqrt{q^*}\, z)^2 \right]`,
    label:
      "chi one equals sigma w squared times the mean of the squared slope of the activation at the square root of q star times z",
    study: `title: A tanh network in the chaotic phase
seed: 0
system:
  kind: propagation
  architecture:
    widths: [100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100]
    activation: tanh
    init: lecun-normal
    gain: 1.5811388 # sigma_w^2 = 2.5
    biasDeviation: 0.2236068 # sigma_b^2 = 0.05
questions:
  - { type: edge-of-chaos, resolution: 24, draws: 4, inputCorrelation: 0.95 }
`,
    bench: { title: "Put an initialisation anywhere", hash: "#/propagation" },
    figures: 3,
  },
  {
    title: "Networks that remember",
    text: [
      "Where layers also hear from those long before them, the limit of many layers is a delay equation: its state is a whole stretch of the past, and even one component can do what no ordinary equation of one component can.",
      "The equation of Mackey and Glass has one component and one delay, and it is chaotic: one of its infinitely many exponents is positive. The second one is 0, along the motion itself.",
    ],
    formula: String.raw`\frac{dx}{dt} = F(x(t), x(t - \tau))`,
    label: "the derivative of x at time t is a function of x at time t and x at time t minus tau",
    study: `title: The Mackey-Glass equation
seed: 0
system:
  kind: delay
  equation: mackey-glass
  parameters: { tau: 17 }
  time: 4000
  transient: 500
  threads: 1
questions:
  - type: delay-trajectory
  - { type: delay-spectrum, k: 3 }
`,
    bench: { title: "Turn the delay", hash: "#/delay?equation=mackey-glass" },
    figures: 2,
  },
  {
    title: "Many units fall into step",
    text: [
      "Neurons of a wide layer, tokens under attention, oscillators on a graph: many units that pull at each other become one equation for their density as they grow in number. Theory of the limit then says at which coupling order begins.",
      "Here 200 oscillators of different frequencies are coupled on a random graph. Below the critical coupling each goes its own way; above it they fall into step, as far as the curve of the limit says.",
    ],
    formula: String.raw`\frac{du_i}{dt} = \omega_i + \frac{K}{n} \sum_j A_{ij} \sin(u_j - u_i), \quad K_c = \frac{2}{\pi\, g(0)\, \zeta}`,
    label:
      "the derivative of u i is omega i plus K over n times the sum over j of A i j times the sine of u j minus u i; the critical coupling is two over pi times g of zero times zeta",
    study: `title: Oscillators on a random graph
seed: 1
system:
  kind: population
  units: 200
  graphs: [{ type: erdos-renyi, p: 0.3 }]
  frequencies: { density: gaussian, width: 1 }
  h: 0.1
  threads: 1
questions:
  - { type: order-parameter, from: 0.4, to: 2, count: 9, transient: 8, time: 12 }
`,
    bench: { title: "Turn the coupling while they run", hash: "#/oscillators" },
    figures: 1,
  },
];
