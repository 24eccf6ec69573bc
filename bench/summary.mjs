// From raw samples to the rows, lines and the table of a benchmark run.

/** Median and range of a sample. */
export function spread(xs) {
  const s = xs.toSorted((a, b) => a - b);
  const m = s.length >> 1;
  return { median: s.length % 2 ? s[m] : (s[m - 1] + s[m]) / 2, min: s[0], max: s.at(-1) };
}

const relative = (a, b) => Math.abs(a - b) / Math.abs(b);

function side(bench, result) {
  if (result.error) return { error: result.error };
  const us = spread(result.samples.map((s) => s.us_per_step));
  const per = result.samples.every((s) => s.us_gradient)
    ? spread(result.samples.map((s) => s.us_per_step / s.us_gradient))
    : undefined;
  return {
    us: us.median,
    usRange: [us.min, us.max],
    ...(bench.flops && { gflops: bench.flops / us.median / 1000 }),
    ...(per && { perGradient: per.median, perGradientRange: [per.min, per.max] }),
    form: result.form,
    forms: result.forms,
    check: result.check,
    samples: result.samples,
  };
}

/**
 * One row a case and thread count.
 * `results`: { ours, jax, torch, c, scipy }, each { samples, form, check } or { error }; samples of one index were taken in one round.
 * Ratios are ours/peer, taken round by round; `speedup` is peer/ours for the fastest peer.
 */
export function row(name, bench, threads, results) {
  const { ours, ...peers } = Object.fromEntries(Object.entries(results).map(([k, r]) => [k, side(bench, r)]));
  const out = {
    case: name,
    title: bench.title,
    threads,
    ours: ours?.error ? undefined : ours,
    oursError: ours?.error,
    peers,
  };
  for (const [name, peer] of Object.entries(peers)) {
    if (!out.ours || peer.error) continue;
    const ratio = spread(out.ours.samples.map((s, i) => s.us_per_step / peer.samples[i].us_per_step));
    peer.ratio = ratio;
    const [key] = Object.keys(peer.check);
    peer.difference = relative(out.ours.check[key], peer.check[key]);
    peer.agrees = peer.difference <= (bench.tolerances?.[name] ?? bench.tolerance);
  }
  // A peer that is farther off than its tolerance is no measure; where no peer is left, ours may be what is wrong.
  const judged = Object.values(peers).filter((p) => p.agrees !== undefined);
  out.disagrees = judged.length > 0 && !judged.some((p) => p.agrees);
  const best = Object.entries(peers)
    .filter(([, p]) => !p.error && p.agrees !== false)
    .sort((a, b) => a[1].us - b[1].us)[0];
  if (best) {
    out.bestPeer = best[0];
    const r = best[1].ratio;
    if (r) out.speedup = { median: 1 / r.median, min: 1 / r.max, max: 1 / r.min };
  }
  return out;
}

const short = (x) => x.toFixed(x >= 100 ? 0 : x >= 10 ? 1 : 2);
const ranged = (m, [a, b]) => `${short(m)} (${short(a)}-${short(b)})`;

function timing(s) {
  if (!s) return "not run";
  if (s.name) return `${s.name}: ${timing({ ...s, name: undefined })}`;
  if (s.error) return "failed";
  const extra = [
    s.gflops && `${short(s.gflops)} GF/s`,
    s.perGradient && `${ranged(s.perGradient, s.perGradientRange)} gradients`,
  ].filter(Boolean);
  return [`${ranged(s.us, s.usRange)} us`, ...extra].join("; ");
}

function verdict(t, disagrees) {
  if (disagrees) return `${t.text}: void, the results disagree`;
  if (t.reached === undefined || t.reached === null) return `${t.text}: not measured`;
  return `${t.text}: ${short(t.value)}, ${t.reached ? "reached" : "not reached"}`;
}

/** What is printed when a case is finished. */
export function lines(r) {
  const out = [`${r.case}, ${r.threads} thread${r.threads > 1 ? "s" : ""}: ${r.title}`];
  const entry = (name, s) =>
    `  ${name.padEnd(6)} ${s?.error ? `failed: ${s.error.split("\n")[0]}` : `${timing(s)}  [${s.form}]`}`;
  if (r.ours || r.oursError) out.push(entry("ours", r.ours ?? { error: r.oursError }));
  for (const [name, p] of Object.entries(r.peers)) {
    out.push(entry(name, p));
    if (p.ratio)
      out.push(
        `         ours/${name} ${ranged(p.ratio.median, [p.ratio.min, p.ratio.max])}; results differ by ${p.difference.toExponential(1)} relative${p.agrees ? "" : ", MORE THAN ROUNDING EXPLAINS"}`,
      );
  }
  for (const t of r.targets) out.push(`  target ${verdict(t, r.disagrees)}`);
  return out;
}

function tableLine(r) {
  const { jax, torch, ...others } = r.peers;
  const ratio = (p) => (p?.ratio ? ranged(p.ratio.median, [p.ratio.min, p.ratio.max]) : "");
  const differences = [jax, torch]
    .filter((p) => p?.ratio)
    .map((p) => p.difference.toExponential(0))
    .join(", ");
  const cells = [
    `${r.case}: ${r.title}`,
    r.threads,
    timing(r.ours ?? (r.oursError && { error: r.oursError })),
    timing(jax),
    timing(torch),
    ratio(jax),
    ratio(torch),
    differences,
    Object.entries(others)
      .map(
        ([name, p]) =>
          `${name}: ${timing(p)}, ours/${name} ${ratio(p)}, difference ${p.difference?.toExponential(0)}${p.agrees === false ? ", left out" : ""}`,
      )
      .join("; "),
    r.targets.map((t) => verdict(t, r.disagrees)).join("; "),
  ];
  return `| ${cells.join(" | ")} |`;
}

/** The results of a run as the Markdown that README.md carries. */
export function table({ machine, date, rounds, rows }) {
  return [
    `${date.slice(0, 10)}, ${rounds} rounds. ${machine.cpu}, ${machine.cores} cores, ${machine.platform}; ${Object.entries(
      machine.versions,
    )
      .map(([k, v]) => `${k} ${v}`)
      .join(", ")}; load before ${machine.loadBefore.toFixed(1)}, after ${machine.loadAfter.toFixed(1)}.`,
    "",
    "Time of a step: median (least-most). Ratios are ours/peer, below 1 when ours is faster.",
    "",
    "| case | threads | ours | JAX | PyTorch | ours/JAX | ours/PyTorch | relative difference of results (JAX, PyTorch) | other peers | targets |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ...rows.map(tableLine),
  ].join("\n");
}
