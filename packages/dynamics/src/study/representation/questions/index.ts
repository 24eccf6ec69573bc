import { embedding } from "./embedding.js";
import { obstruction } from "./obstruction.js";

/** One line an entry. */
export const representationQuestions = [embedding, obstruction] as const;
