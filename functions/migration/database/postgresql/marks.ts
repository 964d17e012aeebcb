/**
 * Where a move notes at the target what has arrived, in the same transaction as the rows; it goes when the move is over.
 * The name is long so that it is nobody's own: a schema of a customer may well be called after the moving of houses.
 */
export const marksSchema = 'hikkoshi_migration_marks';
/** Parts of tables, while the tables have no index yet. */
export const partMarks = `${marksSchema}.parts`;
/** How far a dump is replayed, and what of it could not be made. */
export const replayMark = `${marksSchema}.replayed`;
export const makeMarksSchema = `CREATE SCHEMA IF NOT EXISTS ${marksSchema}`;
export const dropMarks = `DROP SCHEMA IF EXISTS ${marksSchema} CASCADE`;
