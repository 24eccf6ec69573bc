// A vitest reporter that writes how many tests passed, failed and were skipped to $SEPARATRIX_COUNTS.
import { writeFileSync } from "node:fs";

export default class CountsReporter {
  onTestRunEnd(files, errors) {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const file of files) {
      let failed = 0;
      for (const test of file.children.allTests()) {
        const { state } = test.result();
        if (state === "failed") failed++;
        else if (state === "passed") counts.passed++;
        else counts.skipped++;
      }
      // A file that cannot be loaded, or whose hook throws, is a failure without a failed test.
      counts.failed += failed === 0 && !file.ok() ? 1 : failed;
    }
    counts.failed += errors.length;
    writeFileSync(process.env.SEPARATRIX_COUNTS, JSON.stringify(counts));
  }
}
