import { families, planarFields, studyJsonSchema, systems, type StudySystem } from "#dynamics";
import type { Description, JsonSchema } from "./protocol.js";

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
  fields: planarFields.map(({ name, description, parameters, components, box, source }) => ({
    name,
    description,
    parameters,
    components,
    box,
    source,
  })),
});
