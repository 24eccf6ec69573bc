import { z } from "zod";
import type { Path } from "./problem.js";
import { studyQuestions, systems } from "./systems/index.js";
import type { Complain, StudySystem } from "./system.js";

const schemasOf = <T extends { readonly schema: z.ZodObject }>(entries: readonly T[]) =>
  entries.map((e) => e.schema) as [T["schema"]];

type SystemSpec = z.infer<(typeof systems)[number]["schema"]>;
type QuestionSpec = { readonly type: (typeof studyQuestions)[number]["name"]; readonly every?: number };

/**
 * A study: a system, the questions asked of it, and a seed. Everything that decides the result is in it.
 *
 * *Definition*: two runs of one study give the same series, arrays and conclusions, bit for bit, on every machine.
 */
export const studySchema = z
  .strictObject({
    title: z.string().trim().min(1).max(200).default("Untitled study").describe("Names the run folder and the report"),
    seed: z.int().min(0).default(0).describe("Seed of everything random: initial parameters, shuffling, tangent vectors"),
    system: z.discriminatedUnion("kind", schemasOf(systems)).describe("What evolves"),
    questions: z
      .array(z.discriminatedUnion("type", schemasOf<(typeof studyQuestions)[number]>(studyQuestions)))
      .min(1)
      .max(50)
      .describe("What is asked of it"),
    output: z
      .strictObject({
        folder: z
          .string()
          .min(1)
          .max(1000)
          .default("runs")
          .describe("Folder that receives the run folders, relative to where the command runs"),
      })
      .prefault({}),
  })
  .superRefine((study, context) => {
    const asked = study.questions as unknown as QuestionSpec[];
    const system = systems.find((entry) => entry.name === study.system.kind)! as StudySystem;
    const complain: Complain = (path, message) => context.addIssue({ code: "custom", path: ["questions", ...path], message });
    asked.forEach(({ type }, i) => {
      if (asked.findIndex((q) => q.type === type) < i) complain([i, "type"], `${type} is asked twice; ask each question once`);
      const question = system.questions.find((q) => q.name === type);
      if (!question)
        complain(
          [i, "type"],
          `${type} cannot be asked of a system of kind ${system.name}; expected one of ${system.questions.map((q) => q.name).join(", ")}`,
        );
      for (const need of question?.needs ?? []) {
        if (!asked.some((q) => q.type === need))
          complain([i, "type"], `${type} needs the question ${need}; add  - type: ${need}`);
      }
    });
    system.check?.(study.system as never, asked, complain);
  })
  .describe("A study of a neural network as a dynamical system");

/** A study with every default filled in. */
export interface Study {
  readonly title: string;
  readonly seed: number;
  readonly system: SystemSpec;
  readonly questions: readonly QuestionSpec[];
  readonly output: { readonly folder: string };
}

/**
 * The JSON Schema of a study, as editors use it.
 * *Returns*: a plain object, JSON Schema 2020-12; what is optional in a study is optional there.
 * *Example*: `studyJsonSchema().required // ["system", "questions"]`
 */
export function studyJsonSchema(): Record<string, unknown> {
  return {
    $id: "separatrix-study.schema.json",
    title: "Separatrix study",
    ...z.toJSONSchema(studySchema, { io: "input" }),
  };
}

/** The keys that a schema knows at a place of an input. */
export function keysAt(whole: z.core.$ZodType, input: unknown, path: Path): readonly string[] {
  let schema: z.core.$ZodType | undefined = whole;
  let value = input;
  for (const part of [...path, undefined]) {
    schema = unwrap(schema, value);
    if (part === undefined || !schema) break;
    if (schema instanceof z.ZodObject)
      schema = Object.hasOwn(schema.shape, part) ? (schema.shape[part] as z.core.$ZodType) : undefined;
    else if (schema instanceof z.ZodArray) schema = schema.element;
    else schema = undefined;
    value = value !== null && typeof value === "object" ? (value as Record<string | number, unknown>)[part] : undefined;
  }
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** A schema without its defaults, and the member of a union that the value means. */
function unwrap(schema: z.core.$ZodType | undefined, value: unknown): z.core.$ZodType | undefined {
  while (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional)
    schema = schema.def.innerType;
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return schema;
  const { discriminator, options } = schema.def;
  const tag = (value as Record<string, unknown> | null | undefined)?.[discriminator];
  return options.find((o) => o instanceof z.ZodObject && known(o.shape[discriminator]!, tag));
}

/** Whether a member's tag is this one, or may be left out and is. */
function known(schema: z.core.$ZodType, tag: unknown): boolean {
  const left = schema instanceof z.ZodDefault && tag === undefined;
  const literal = unwrap(schema, tag);
  return left || (literal instanceof z.ZodLiteral && literal.value === tag);
}
