/** An archive that is damaged, or holds what was not asked for. Nothing of it is used. */
export class TarProblem extends Error {
  override name = 'TarProblem';
}
