import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const main = join(import.meta.dirname, '../../local/main.ts');
/** Generous: the machine may be busy with other tests. Milliseconds. */
const longestStart = 120_000;

/** The real product as a process of its own, which can be killed with SIGKILL and started again on the same folder. */
export class ProductProcess {
  readonly folder: string;
  readonly port: number;
  /** Processes that were killed. */
  kills = 0;
  /** All that any of them wrote about trouble. */
  complaints = '';
  /** What Node makes of the source, written when a process ends in order: forty starts are then twice as fast. */
  readonly #compiled = mkdtempSync(join(tmpdir(), 'hikkoshi-compiled-'));
  #child: ChildProcess | undefined;

  constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
  }

  get base(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Until it says that it serves; an error with its words when it ends before. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        PORT: String(this.port),
        HIKKOSHI_FOLDER: this.folder,
        NODE_COMPILE_CACHE: this.#compiled,
        HIKKOSHI_ALLOWED_ADDRESSES: '127.0.0.1/32',
      },
    });
    this.#child = child;
    child.stderr.on('data', (data) => {
      this.complaints += data;
    });
    await new Promise<void>((resolve, reject) => {
      let text = '';
      const failed = () => reject(new Error(`The product did not start.\n${text}${this.complaints}`));
      const timer = setTimeout(failed, longestStart);
      const served = `hikkoshi: ${this.base}\n`;
      child.stdout.on('data', (data) => {
        text += data;
        if (!text.includes(served)) return;
        clearTimeout(timer);
        child.off('exit', failed);
        resolve();
      });
      child.once('exit', failed);
    });
  }

  /** SIGKILL: it gets no chance to put anything in order. Resolves when it is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
    this.kills += 1;
  }

  async killAndStart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  /** SIGTERM: it ends what it is doing. Resolves with its exit code. */
  stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  /** For the end of a test, whatever happened. */
  async clear(): Promise<void> {
    if (this.#child?.exitCode === null && this.#child.signalCode === null) await this.#end('SIGKILL');
    rmSync(this.#compiled, { recursive: true, force: true });
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null)
      throw new Error(`The product had ended by itself.\n${this.complaints}`);
    const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill(signal);
    const code = await gone;
    this.#child = undefined;
    return code;
  }
}
