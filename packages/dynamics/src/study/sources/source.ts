import type { z } from "zod";
import type { ReadTable, StudyData } from "../table.js";

/** A place where the samples of a study come from. */
export interface DataSource<Spec = never> {
  readonly name: string;
  readonly description: string;
  /** An object with the key `source`, equal to the name. */
  readonly schema: z.ZodObject;
  /** The samples. Throws a StudyError with a path relative to the data block when the block asks for what is not there. */
  load(spec: Spec, context: { readonly seed: number; readonly read: ReadTable }): Promise<StudyData>;
}
