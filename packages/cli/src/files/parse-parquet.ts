import type { Table } from "#dynamics";
import { UserError } from "../exit.js";

export function parseParquet(
  _bytes: Uint8Array,
  { name }: { readonly name: string; readonly longest: number },
): Promise<Omit<Table, "sha256">> {
  throw new UserError(`${name}: not yet`);
}
