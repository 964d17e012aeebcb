export interface Refusal {
  file: string;
  /** Name of the state, or '' for the top of the file. */
  state: string;
  field: string;
  reason: string;
}

/** A state machine file that this runtime does not run exactly as Step Functions would. All reasons at once. */
export class DefinitionRefusedError extends Error {
  override name = 'DefinitionRefusedError';
  readonly refusals: readonly Refusal[];
  constructor(refusals: readonly Refusal[]) {
    super(
      refusals
        .map(({ file, state, field, reason }) =>
          [file, state && `state '${state}'`, field && `field '${field}'`]
            .filter(Boolean)
            .join(', ')
            .concat(`: ${reason}`),
        )
        .join('\n'),
    );
    this.refusals = refusals;
  }
}

/** Collects refusals, so that an author sees all of them in one run. */
export class Refusals {
  readonly file: string;
  readonly #found: Refusal[] = [];

  constructor(file: string) {
    this.file = file;
  }

  add(state: string, field: string, reason: string): void {
    this.#found.push({ file: this.file, state, field, reason });
  }

  throwIfAny(): void {
    if (this.#found.length > 0) throw new DefinitionRefusedError(this.#found);
  }
}
