import {
  activations,
  delayEquations,
  families,
  losses,
  picturedFlows,
  studyJsonSchema,
  systems,
  type StudySystem,
} from "#dynamics";
import type { Description, JsonSchema } from "./protocol/study.js";

/** What can be written in a study and chosen in a menu. */
export const describe = (): Description => ({
  schema: studyJsonSchema() as JsonSchema,
  kinds: (systems as readonly StudySystem[]).map(({ name, description, questions }) => ({
    name,
    description,
    questions: questions.map((q) => q.name),
  })),
  families: families.map(({ name, description, parameter, components, range, source }) => ({
    name,
    description,
    parameter,
    components,
    range,
    source,
  })),
  fields: picturedFlows.map(({ name, description, parameters, components, initial, picture, source }) => ({
    name,
    description,
    parameters: Object.entries(picture.parameters).map(([key, [meaning, from, to]]) => ({
      name: key,
      description: meaning,
      value: parameters[key]!,
      range: [from, to] as const,
    })),
    components,
    initial,
    box: picture.box,
    duration: picture.duration,
    source,
  })),
  delays: delayEquations.map(({ name, description, parameters, components, source }) => ({
    name,
    description,
    parameters,
    components,
    source,
  })),
  activations: activations.map((a) => a.name),
  losses: losses.map((l) => l.name),
});
