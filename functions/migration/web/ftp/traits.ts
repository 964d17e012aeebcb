import { TransientError } from '../../../case/errors.ts';
import type { Control } from './control.ts';
import type { Pool } from './pool.ts';
import { isDone, isIntermediate } from './reply.ts';

/** What a server can do, as far as it says so; the rest is learned on the way and written down here. */
export interface Traits {
  /** `OPTS MLST …`, where MLSD gives kind, size and time (RFC 3659); undefined: plain LIST only. */
  mlst: string | undefined;
  /** MLSD gives permission bits too. */
  modes: boolean;
  windows: boolean;
  passive: 'EPSV' | 'PASV';
  /** A data connection has come about. */
  passiveProven: boolean;
  listCommand: 'LIST -a' | 'LIST';
  /** LIST is asked besides MLSD: alone it tells links, where they lead, and pipes from files. */
  linksInList: boolean;
  /** The last line of a listing ends too: one that does not was cut off. */
  endsLines: boolean;
  size: boolean;
  mdtm: boolean;
  /** Reads of a part end by themselves (`RANG`, draft-bryan-ftp-range). */
  range: boolean;
  /** A transfer can begin in the middle of a file; undefined: not yet tried. */
  restart: boolean | undefined;
  /** Tried in this order until one works; undefined: none of them does. */
  setTime: 'MFMT' | 'MDTM' | 'UTIME' | undefined;
  timeProven: boolean;
  setMode: boolean;
  /** What new files have before anybody sets it; as most servers' umask leaves it, until one shows otherwise. */
  givenMode: number;
  /** A file can be continued in a later transfer. */
  append: boolean;
  /** Seconds that times in LIST are ahead of UTC: Japan's, until a file's MDTM shows otherwise. */
  zone: number;
  zoneKnown: boolean;
}

const needed = ['type', 'size', 'modify'];

/** Asks once a tree, on its first connection. */
export async function findTraits(control: Control): Promise<Traits> {
  const [system, features] = await control.ask('SYST', 'FEAT');
  const offered = new Map<string, string>();
  if (isDone(features)) {
    for (const line of features.text.split('\n').slice(1, -1)) {
      const [, name = '', rest = ''] = /^\s*(\S+)\s*(.*)$/.exec(line) ?? [];
      offered.set(name.toUpperCase(), rest);
    }
  }
  const facts = factsOf(offered.get('MLST'));
  // Without FEAT everything is worth a try.
  const told = isDone(features);
  return {
    mlst: facts.mlst,
    modes: facts.modes,
    windows: /windows/i.test(system.text),
    passive: 'EPSV',
    passiveProven: false,
    listCommand: 'LIST -a',
    linksInList: true,
    endsLines: true,
    size: offered.has('SIZE') || !told,
    mdtm: offered.has('MDTM') || !told,
    range: offered.has('RANG'),
    restart: offered.has('REST') || undefined,
    // Some that know it do not say so (ProFTPD without FactsAdvertise).
    setTime: 'MFMT',
    timeProven: false,
    setMode: true,
    givenMode: 0o644,
    append: true,
    zone: 9 * 3600,
    zoneKnown: false,
  };
}

/** What each control connection is told after log-in. Throws TransientError where the server will not send bytes. */
export async function applySettings(control: Control, traits: Traits): Promise<void> {
  const commands = [
    'TYPE I',
    ...(traits.mlst ? [traits.mlst] : []),
    // Names on Windows are Unicode, and cut down to the system's code page unless this is asked for.
    ...(traits.windows ? ['OPTS UTF8 ON'] : []),
  ];
  const [binary, facts] = await control.ask(...commands);
  if (!isDone(binary!)) {
    throw new TransientError('FTPサーバーがバイナリ転送を受け付けません。何も変更していません。');
  }
  if (traits.mlst && !isDone(facts!)) traits.mlst = undefined;
}

/** Whether a transfer can begin in the middle of a file; asked once, with nothing left behind. */
export async function canRestart(pool: Pool, traits: Traits): Promise<boolean> {
  if (traits.restart === undefined) {
    const [middle] = await pool.ask('REST 1', 'REST 0');
    traits.restart = isIntermediate(middle);
  }
  return traits.restart;
}

function factsOf(line: string | undefined): { mlst: string | undefined; modes: boolean } {
  if (line === undefined) return { mlst: undefined, modes: false };
  const facts = line.split(';').map((fact) => fact.replace(/\*$/, '').trim().toLowerCase());
  const modes = facts.includes('unix.mode');
  if (!needed.every((fact) => facts.includes(fact))) return { mlst: undefined, modes };
  return { mlst: `OPTS MLST type;size;modify;${modes ? 'UNIX.mode;' : ''}`, modes };
}
