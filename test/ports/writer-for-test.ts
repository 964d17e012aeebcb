import { join } from 'node:path';
import { openDatabase } from '../../local/ports/database.ts';
import { fileObjects } from '../../local/ports/objects.ts';
import { sqliteRecords } from '../../local/ports/records.ts';
import { change, eventEntry, historyEntry, newCase } from './case-for-test.ts';

/** A process that commits and stores without end, reports each success, and is killed by its test. */
const [folder, wish] = process.argv.slice(2);
if (wish !== 'exit') {
  const records = sqliteRecords(openDatabase(join(folder!, 'hikkoshi.sqlite')));
  const objects = fileObjects(folder!);
  const body = Buffer.alloc(300_000, 'planted-in-an-object ');
  for (let version = 0; ; version++) {
    const history = [historyEntry('K-1', version + 1)];
    const outbox = [eventEntry('K-1', `K-1-${version}`, new Date().toISOString())];
    await objects.put(`temporary/K-1/${version}`, body);
    await records.commit(change(newCase('K-1', { version }), { history, outbox }));
    process.send!(version + 1);
  }
}
