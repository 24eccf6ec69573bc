import { inspectionParts } from "#dynamics";
import type { PartCard } from "./protocol/inspect.js";

/** What an inspection can look at: apart from the other menus, since what measures it comes along. */
export const parts = (): readonly PartCard[] => inspectionParts.map(({ name, description }) => ({ name, description }));
