import { spawn } from 'node:child_process';

/** Runs a program to its end. Returns seconds and what it printed; throws with the end of its output when it fails. */
export async function timed(
  command: string,
  args: readonly string[],
): Promise<{ seconds: number; output: string }> {
  const began = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.on('data', (data) => {
    output += data;
  });
  child.stderr.on('data', (data) => {
    errors = (errors + data).slice(-2000);
  });
  const code = await new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal)));
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${errors}${output.slice(-2000)}`);
  return { seconds: (performance.now() - began) / 1000, output };
}
