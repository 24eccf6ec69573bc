import { gunzip } from "#dynamics";
import { UserError } from "../exit.js";

/** Unpacks gzip, for the command and for pages; throws a UserError with the line at which it breaks. */
export function unpack(packed: Uint8Array, name: string, longest: number): Uint8Array {
  try {
    return gunzip(packed, { name, most: longest });
  } catch (error) {
    throw error instanceof RangeError ? new UserError(error.message) : error;
  }
}
