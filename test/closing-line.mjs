/** Ends a run, after all that other reporters say, with one line that people and machines read: "12 passed, 0 failed". */
export default class ClosingLine {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    process.once('exit', () => console.log(`\n${results.numPassedTests} passed, ${failed} failed`));
  }
}
