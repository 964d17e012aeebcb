import { randomBytes } from 'node:crypto';
import type { Objects } from '../../../case/ports.ts';
import type { FixRule } from '../../../case/web-fixes/rules.ts';
import type { LeftOut } from '../../../case/web-fixes/web-fixes.ts';
import { readJson, writeJson } from '../../ndjson.ts';
import { stagePack } from '../../staging.ts';
import type { FixableFile, ShownFinding } from './finding.ts';
import * as keys from './keys.ts';

/** How far a scan has come; saved as a whole, so that the next turn, or another process, goes on from there. */
export interface ScanState {
  /** Position (base64 of a path) of the last object looked at. */
  after?: string;
  files: number;
  read: number;
  findings: number;
  leftOut: number;
  leftOutFirst?: LeftOut[];
  cutShort: boolean;
  /** Bytes of contents that are kept for the diffs. */
  kept: number;
  groups: Partial<Record<FixRule, { places: number; files: number; first: string }>>;
  parts: string[];
  packs: string[];
}

/** The header of a pack of contents, in their order. */
export type KeptFile = Omit<FixableFile, 'pack' | 'at'>;

export interface ScanOf {
  caseId: string;
  scan: number;
  objects: Objects;
  dataKey: Buffer;
}

const partFindings = 500;
/** As many as a page lists, and as the case may keep. */
const mostLeftOut = 30;
const packBytes = 1024 * 1024;

/** Gathers what a scan finds, in parts. Every attempt writes parts of its own names, and the state lists them. */
export class ScanWriter {
  readonly state: ScanState;
  readonly #of: ScanOf;
  readonly #attempt = randomBytes(8).toString('hex');
  #findings: ShownFinding[] = [];
  #files: KeptFile[] = [];
  #contents: Buffer[] = [];
  #bytes = 0;

  private constructor(of: ScanOf, state: ScanState) {
    this.#of = of;
    this.state = state;
  }

  static async begin(of: ScanOf): Promise<ScanWriter> {
    const stored = await readJson<ScanState>(of.objects, keys.scanState(of.caseId, of.scan));
    const fresh: ScanState = {
      files: 0,
      read: 0,
      findings: 0,
      leftOut: 0,
      cutShort: false,
      kept: 0,
      groups: {},
      parts: [],
      packs: [],
    };
    return new ScanWriter(of, stored ?? fresh);
  }

  /** Whether so much has come together that it should be written. */
  get full(): boolean {
    return this.#findings.length >= partFindings || this.#bytes >= packBytes;
  }

  add(finding: ShownFinding): void {
    this.#findings.push(finding);
    this.state.findings += 1;
  }

  leaveOut(one: LeftOut): void {
    this.state.leftOut += 1;
    this.state.leftOutFirst ??= [];
    if (this.state.leftOutFirst.length < mostLeftOut) this.state.leftOutFirst.push(one);
  }

  keep(file: KeptFile, content: Buffer): void {
    this.#files.push(file);
    this.#contents.push(content);
    this.#bytes += content.length;
    this.state.kept += content.length;
  }

  /** Everything up to `position` is written when this returns. */
  async flush(position: Buffer | undefined): Promise<void> {
    const { caseId, scan, objects, dataKey } = this.#of;
    const number = this.state.parts.length + this.state.packs.length;
    if (this.#findings.length > 0) {
      const key = keys.findingsPart(caseId, scan, this.#attempt, number);
      await stagePack(objects, dataKey, key, { header: this.#findings, contents: [] });
      this.state.parts.push(key);
      this.#findings = [];
    }
    if (this.#files.length > 0) {
      const pack = keys.contentsPack(caseId, scan, this.#attempt, number);
      await stagePack(objects, dataKey, pack, { header: this.#files, contents: this.#contents });
      this.state.packs.push(pack);
      this.#files = [];
      this.#contents = [];
      this.#bytes = 0;
    }
    if (position) this.state.after = position.toString('base64');
    await writeJson(objects, keys.scanState(caseId, scan), this.state);
  }
}
