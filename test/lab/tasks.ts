/** What the tasks on pages' own threads took, in milliseconds of the processor: waiting for a busy machine does not count. */
export function tasksOf(trace: Buffer): number[] {
  interface Event {
    readonly name: string;
    readonly pid: number;
    readonly tid: number;
    readonly tdur?: number;
    readonly args?: { readonly name?: string };
  }
  const { traceEvents } = JSON.parse(trace.toString("utf8")) as { traceEvents: Event[] };
  const key = ({ pid, tid }: Event): string => `${pid} ${tid}`;
  const pages = new Set(traceEvents.filter((e) => e.name === "thread_name" && e.args?.name === "CrRendererMain").map(key));
  return traceEvents.filter((e) => e.name.endsWith("RunTask") && pages.has(key(e))).map((e) => (e.tdur ?? 0) / 1000);
}
