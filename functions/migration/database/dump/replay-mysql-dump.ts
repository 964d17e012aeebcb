import { createHash } from 'node:crypto';
import type { Connection } from 'mysql2';
import type { DatabaseDump } from '../../../case/database-access.ts';
import { TerminalError, TransientError } from '../../../case/errors.ts';
import { timeIsShort } from '../../job.ts';
import * as keys from '../../keys.ts';
import { readJson, writeJson } from '../../ndjson.ts';
import { readPlan } from '../../plan-chunks.ts';
import type { DatabaseJob } from '../job.ts';
import { describeLines } from '../mysql/describe-lines.ts';
import { MysqlEnd } from '../mysql/ends.ts';
import { executeBytes } from '../mysql/execute-bytes.ts';
import { explain } from '../mysql/explain.ts';
import { disabled } from '../mysql/make-objects.ts';
import { execute, refusalOf, rowOf } from '../mysql/query.ts';
import { type RewriteContext, rewriteObject, rewriteTable } from '../mysql/rewrite.ts';
import { readRewriteContext } from '../mysql/rewrite-context.ts';
import { countFruitlessReplays } from './count-fruitless-replays.ts';
import { shapeOf } from './dump-text.ts';
import { emptyMysqlTarget } from './empty-mysql-target.ts';
import { enterReplayedLines } from './enter-replayed-lines.ts';
import { judge } from './mysql-policy.ts';
import { changeSession, checkAccount } from './mysql-session.ts';
import { type DumpStatement, MysqlSplitter } from './mysql-splitter.ts';
import { openDump } from './open-dump.ts';
import { refuseLosses } from './refuse-losses.ts';
import { keepDefinitions, plannedDefinitions } from './replayed-definitions.ts';
import { tellChanges } from './tell-changes.ts';

/** How far a dump has been replayed. A call that died in the middle leaves `running`, and the replay begins anew. */
export interface ReplayState {
  running: boolean;
  done: number;
  complete: boolean;
  /** The ledger has its lines, and what was made is remembered as it is. */
  entered?: boolean;
  /** What was changed in definitions, by path. */
  how: Record<string, string[]>;
}

/** Replays the dump through the driver, under an account of the one database. `more` when time ran short. */
export async function replayMysqlDump(job: DatabaseJob, dump: DatabaseDump): Promise<{ more: boolean }> {
  const plan = await readPlan(job);
  if (!plan) throw new TerminalError('棚卸しの記録がありません。移行を最初からやり直してください。');
  const key = keys.chunkState(job, plan.id, 1);
  const end = new MysqlEnd(job.target, '移行先', job);
  try {
    const target = await end.connect();
    await checkAccount(target, job.target.database);
    await holdAlone(target, job.target.database);
    const state: ReplayState = (await readJson<ReplayState>(job.objects, key)) ?? fresh();
    if (state.running) {
      // Everything there was made by the replay: nothing else stood when it was planned.
      await emptyMysqlTarget(target);
      Object.assign(state, fresh());
    }
    if (!state.complete) {
      await writeJson(job.objects, key, { ...state, running: true });
      const before = state.done;
      state.complete = await replay(job, dump, target, state);
      state.running = false;
      await writeJson(job.objects, key, state);
      if (!state.complete) {
        await countFruitlessReplays(job, plan.id, state.done > before);
        return { more: true };
      }
    }
    if (!state.entered) {
      const own = await end.connect();
      const made = await plannedDefinitions(job, plan.id);
      await keepDefinitions(job, plan.id, await describeLines(own, made));
      await enterReplayedLines(job, plan.id);
      await writeJson(job.objects, key, { ...state, entered: true });
    }
    return { more: false };
  } catch (error) {
    throw explain(error, '移行先', 'ダンプの取り込み');
  } finally {
    await end.close();
  }
}

/** Two calls at once would each add the rows. The lock goes with the session. */
async function holdAlone(target: Connection, database: string): Promise<void> {
  const name = createHash('sha256').update(`dump\0${database}`).digest('hex').slice(0, 40);
  const { held } = await rowOf(target, `SELECT GET_LOCK('hikkoshi-${name}', 10) AS held`);
  if (Number(held) === 1) return;
  throw new TransientError('同じダンプを別の処理が取り込み中です。しばらくしてから続きを行います。');
}

function fresh(): ReplayState {
  return { running: false, done: 0, complete: false, how: {} };
}

async function replay(
  job: DatabaseJob,
  dump: DatabaseDump,
  target: Connection,
  state: ReplayState,
): Promise<boolean> {
  const known = await readRewriteContext(target, target, {
    sourceDatabase: '',
    targetDatabase: job.target.database,
  });
  const splitter = new MysqlSplitter();
  const own: { database?: string } = {};
  // What of the settings that objects are made under is another one here.
  const under: { collation: string[]; mode: string[] } = { collation: [], mode: [] };
  let number = 0;
  for await (const statement of splitter.statements(openDump(job.objects, dump))) {
    const verdict = judge(statement, own);
    const isNew = number++ >= state.done;
    if (verdict.do !== 'run') continue;
    // The session of an earlier call is gone: its SETs come again, its rows do not.
    if (verdict.kind === 'session') {
      const mode = statement.words.has('SQL_MODE') ? 'mode' : 'collation';
      const told = await changeSession(target, statement, splitter, known.target);
      if (told !== undefined) under[mode] = told;
    } else if (isNew) {
      if (timeIsShort(job)) {
        state.done = number - 1;
        await execute(target, 'COMMIT');
        return false;
      }
      await runOne(target, statement, verdict, { ...known, sourceDatabase: own.database ?? '' }, state, [
        ...under.collation,
        ...under.mode,
      ]);
    }
  }
  state.done = number;
  // A dump may have begun a transaction of its own, and not ended it.
  await execute(target, 'COMMIT');
  return true;
}

/** Of tables the settings decide nothing that stays. */
const isMadeUnder = new Set(['view', 'trigger', 'procedure', 'function', 'event', 'package']);

async function runOne(
  target: Connection,
  statement: DumpStatement,
  { kind, object }: { kind: string; object?: { kind: string; name: string } },
  context: RewriteContext,
  state: ReplayState,
  under: readonly string[],
): Promise<void> {
  let { bytes } = statement;
  const told = object && isMadeUnder.has(object.kind) ? [...under] : [];
  if (kind === 'definition') {
    const rewrite = object?.kind === 'table' ? rewriteTable : rewriteObject;
    const { sql, how } = rewrite(bytes.toString('latin1'), context, shapeOf(bytes, statement.client));
    bytes = Buffer.from(sql, 'latin1');
    if (object?.kind === 'event') {
      bytes = Buffer.from(disabled(sql, how, shapeOf(bytes, statement.client)), 'latin1');
    }
    told.unshift(...how);
  }
  try {
    const warnings = await executeBytes(target, bytes);
    if (kind === 'rows' && warnings > 0) await refuseLosses(target, object!.name);
    if (kind === 'definition' && object && warnings > 0) told.push(...(await tellChanges(target)));
    if (object && told.length > 0) state.how[`./${object.kind}s/${object.name}`] = told;
  } catch (error) {
    const errno = refusalOf(error);
    if (errno === undefined || error instanceof TransientError) throw error;
    const what = object ? `${object.kind} ${object.name}` : 'ダンプの文';
    throw new TerminalError(`${what} の取り込みでエラー${errno}が発生しました。取り込みを止めました。`);
  }
}
