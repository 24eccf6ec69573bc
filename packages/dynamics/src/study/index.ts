/** Studies as data: text -> Study -> run -> Record. Nothing here needs Node. */
export { studyJsonSchema, studySchema, type Study } from "./schema.js";
export { LONGEST_STUDY, parseStudy, type ParsedStudy } from "./parse.js";
export { showPath, StudyError, type Path, type Problem } from "./problem.js";
export { nearest } from "./nearest.js";
export { dataSources } from "./sources/index.js";
export type { DataSource } from "./sources/source.js";
export { studyQuestions, systems } from "./systems/index.js";
export type { Answer, Column, Conclusion, NamedArray } from "./conclusion.js";
export type { Progress, QuestionEntry, RunContext, StudySystem } from "./system.js";
export type { Asker, Question } from "./training/question.js";
export type { InputFile, ReadTable, StudyData, Table, TableReference } from "./table.js";
export { canonical } from "./canonical.js";
export { count, percent, show, withError } from "./words.js";
export type { Clock, Manifest, RunRecord, Series } from "./record.js";
export { runStudy, type RunOptions } from "./run.js";
export { adviceOn, growth } from "./propagation/advice.js";
