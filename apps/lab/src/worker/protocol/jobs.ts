import type { BasinsCells, BasinsInput, BasinsOrder, BasinsStart, BasinsWhole } from "./basins.js";
import type { DelayInput, DelayNews, DelayOrder } from "./delay.js";
import type { ExponentInput, ExponentOrder, ExponentsFound, ExponentsSoFar } from "./exponents.js";
import type { FateFailed, FateFound, FateInput, FateOrder, FateSoFar } from "./fates.js";
import type { FlowGrid, FlowInput, FlowOrbit, FlowOrder, FlowRest } from "./flow.js";
import type { InspectInput, InspectNews, PartCard } from "./inspect.js";
import type { NeuronNews, NeuronOrder } from "./neuron.js";
import type { OrbitDone, OrbitInput, OrbitNews } from "./orbits.js";
import type {
  PopulationCurve,
  PopulationDensity,
  PopulationFrame,
  PopulationInput,
  PopulationOrder,
  PopulationStart,
} from "./oscillators.js";
import type {
  LayerImage,
  LayersLost,
  LayersOrder,
  PropagationEdge,
  PropagationFound,
  PropagationInput,
  PropagationOrder,
  StretchingCells,
  StretchingOrder,
  StretchingWhole,
} from "./propagation.js";
import type { RanksInput, RanksNews, RanksOrder } from "./ranks.js";
import type { RideFrame, RideInput, RideOrder } from "./ride.js";
import type { SgdCells, SgdDone, SgdInput, SgdThresholds } from "./sgd.js";
import type { Checked, Description, Finished, StudyInput } from "./study.js";
import type { Suggested, SuggestInput } from "./suggest.js";
import type { LiveInput, LiveNews, LiveOrder } from "./train.js";

/** Every job of the worker: what it is given, what it tells on the way, what it hears, and what it ends with. */
export interface Jobs {
  describe: { input: null; news: never; order: never; result: Description };
  parts: { input: null; news: never; order: never; result: readonly PartCard[] };
  check: { input: { readonly text: string }; news: never; order: never; result: Checked };
  run: {
    input: StudyInput;
    news: { readonly done: number; readonly total: number; readonly unit: string; readonly note: string };
    order: "stop";
    result: Finished;
  };
  inspect: { input: InspectInput; news: InspectNews; order: "stop"; result: Finished };
  suggest: { input: SuggestInput; news: never; order: never; result: Suggested };
  train: { input: LiveInput; news: LiveNews; order: LiveOrder; result: null };
  orbits: { input: OrbitInput; news: OrbitNews; order: never; result: OrbitDone };
  flow: { input: FlowInput; news: FlowGrid | FlowRest | FlowOrbit; order: FlowOrder; result: null };
  ride: { input: RideInput; news: RideFrame; order: RideOrder; result: null };
  exponents: { input: ExponentInput; news: ExponentsSoFar | ExponentsFound; order: ExponentOrder; result: null };
  basins: { input: BasinsInput; news: BasinsStart | BasinsCells | BasinsWhole; order: BasinsOrder; result: null };
  oscillators: {
    input: PopulationInput;
    news: PopulationStart | PopulationCurve | PopulationDensity | PopulationFrame;
    order: PopulationOrder;
    result: null;
  };
  propagation: { input: PropagationInput; news: PropagationEdge | PropagationFound; order: PropagationOrder; result: null };
  layers: { input: null; news: LayerImage | LayersLost; order: LayersOrder; result: null };
  stretching: { input: null; news: StretchingCells | StretchingWhole; order: StretchingOrder; result: null };
  delay: { input: DelayInput; news: DelayNews; order: DelayOrder; result: null };
  neuron: { input: null; news: NeuronNews; order: NeuronOrder; result: null };
  ranks: { input: RanksInput; news: RanksNews; order: RanksOrder; result: null };
  fates: { input: FateInput; news: FateSoFar | FateFound | FateFailed; order: FateOrder; result: null };
  sgd: { input: SgdInput; news: SgdThresholds | SgdCells; order: never; result: SgdDone };
}

export type JobName = keyof Jobs;

/** How a job talks to the page. */
export interface Host<J extends JobName> {
  news(value: Jobs[J]["news"], transfer?: readonly Transferable[]): void;
  onOrder(hear: (order: Jobs[J]["order"]) => void): void;
  /** Lets messages in. */
  breathe(): Promise<void>;
}

export type Work<J extends JobName> = (input: Jobs[J]["input"], host: Host<J>) => Promise<Jobs[J]["result"]> | Jobs[J]["result"];

/** Page to worker. */
export type Request =
  | { readonly id: number; readonly job: JobName; readonly input: unknown }
  | { readonly id: number; readonly order: unknown };

/** Worker to page. */
export type Reply =
  | { readonly id: number; readonly news: unknown }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: string };
