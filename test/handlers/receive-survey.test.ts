import { Buffer } from 'node:buffer';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Case } from '../../functions/case/case.ts';
import { closeCase } from '../../functions/close-case.ts';
import { receiveSurvey } from '../../functions/receive-survey.ts';
import { surveyFile } from '../../local/play/survey-file.ts';
import { takeSurveys } from '../../local/survey-folder.ts';
import { now, sampleCase } from '../case/sample-case.ts';
import { handlerPorts, keep, mailsQueued } from './case-in-records.ts';

const id = 'HK-7K3M-Q2TB';
const key = `temporary/surveys/${id}/report.csv`;
const dueAt = '2026-12-08T14:59:59.999Z';
const good = Buffer.from(surveyFile(now));

let world: ReturnType<typeof handlerPorts>;
beforeEach(() => {
  world = handlerPorts(new Date('2026-12-01T01:00:00.000Z'));
});
afterEach(() => world.stop());

function surveying(reference = id, changes: Partial<Case> = {}): Case {
  return sampleCase({
    id: reference,
    stage: 'surveying',
    tasks: [
      {
        id: 'survey.1',
        kind: 'survey',
        generation: 1,
        status: 'open',
        openedAt: now.toISOString(),
        dueAt,
        remindersSent: 0,
        token: 'token',
      },
    ],
    ...changes,
  });
}

async function arrive(content: Uint8Array) {
  await world.ports.objects.put(key, content);
  return { detail: { object: { key, size: content.length } } };
}

const load = async (reference = id) => (await world.ports.records.load(reference)) as Case;

describe('a report in S3', () => {
  test('announced twice, is taken once, and the second time is no failure', async () => {
    await keep(world.ports, surveying());
    const event = await arrive(good);
    expect(await receiveSurvey(event, world.ports)).toEqual({ status: 'done' });
    expect(await receiveSurvey(event, world.ports)).toEqual({ status: 'gone' });
    expect((await load()).stage).toBe('quoting');
    expect(await mailsQueued(world.ports)).toEqual(['task-result']);
  });

  test.each(['open', 'expired'] as const)(
    'after the deadline is answered by mail while the step is %s, not thrown away in silence',
    async (status) => {
      const late = surveying();
      late.tasks[0]!.status = status;
      await keep(world.ports, late);
      world.clock.set(new Date('2026-12-08T15:00:00.000Z'));
      expect(await receiveSurvey(await arrive(good), world.ports)).toEqual({ status: 'refused' });
      expect(await mailsQueued(world.ports)).toEqual(['survey-refused']);
      const { stage, tasks } = await load();
      expect({ stage, status: tasks[0]?.status }).toEqual({ stage: 'surveying', status });
      expect(tasks[0]?.facts?.errors).toContain('期限');
    },
  );

  test('too large for the case to keep is refused with a sentence', async () => {
    await keep(world.ports, surveying());
    const fact = `事実,確認項目,${'あ'.repeat(60)},方法,根拠,2026-11-24 10:00,,,,,\n`;
    const large = Buffer.from(surveyFile(now).replaceAll('\r\n', '\n') + fact.repeat(3_000));
    expect(large.length).toBeLessThan(1_000_000);
    expect(await receiveSurvey(await arrive(large), world.ports)).toEqual({ status: 'refused' });
    expect((await load()).tasks[0]?.facts?.errors).toContain('大きすぎ');
  });

  test('goes with the case when it is closed before anybody has read it (R24)', async () => {
    await keep(world.ports, surveying());
    const event = await arrive(good);
    await closeCase({ caseId: id }, world.ports);
    expect(await world.ports.objects.size(key)).toBeUndefined();
    expect(await receiveSurvey(event, world.ports)).toEqual({ status: 'gone' });
  });
});

describe('a report in the folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hikkoshi-surveys-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function drop(name: string, content: string | Buffer): void {
    writeFileSync(join(folder, name), content);
    utimesSync(join(folder, name), 1, 1);
  }

  test('is found under its reference as people write it', async () => {
    await keep(world.ports, surveying());
    drop('hk-7k3m-q2tb.csv', good);
    expect(await takeSurveys(world.ports, folder)).toBe(1);
    expect((await load()).stage).toBe('quoting');
  });

  test('after the deadline is answered beside the file', async () => {
    await keep(world.ports, surveying());
    world.clock.set(new Date('2026-12-08T15:00:00.000Z'));
    drop(`${id}.csv`, good);
    await takeSurveys(world.ports, folder);
    expect(readFileSync(join(folder, `${id}.csv.refused.txt`), 'utf8')).toContain('期限');
  });

  test('that fails keeps no other waiting', async () => {
    await keep(world.ports, surveying());
    await keep(world.ports, surveying('HK-2222-2222'));
    const records: typeof world.ports.records = {
      ...world.ports.records,
      commit: async (change) => {
        if (change.case.id !== id) throw new Error('the disk is full');
        await world.ports.records.commit(change);
      },
    };
    for (const name of [id, 'HK-2222-2222']) drop(`${name}.csv`, good);
    await expect(takeSurveys({ ...world.ports, records }, folder)).rejects.toThrow('the disk is full');
    expect((await load()).stage).toBe('quoting');
    expect(readdirSync(folder).sort()).toEqual(['HK-2222-2222.csv', `${id}.csv.received`]);
  });
});
