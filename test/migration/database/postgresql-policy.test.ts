import { expect, test } from '@jest/globals';
import { judge } from '../../../functions/migration/database/postgresql/policy.ts';

test.each([
  'ALTER TABLE public.posts OWNER TO shop;',
  'ALTER FUNCTION public.f(a integer) OWNER TO "the owner";',
  'ALTER SCHEMA x OWNER TO shop;',
  'SET standard_conforming_strings = off;',
])('passed over: %s', (statement) => expect(judge(statement)).toBe('pass over'));

test.each([
  "INSERT INTO public.posts VALUES (1, 'ALTER TABLE x OWNER TO shop');",
  "INSERT INTO public.posts VALUES (1, 'the new OWNER TO be');",
  "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT ' OWNER TO x' $$;",
  "COMMENT ON TABLE t IS 'say OWNER TO us';",
  "ALTER TABLE ONLY t ALTER COLUMN a SET DEFAULT ' OWNER TO x';",
  'COPY public.posts (id, "a (b") FROM stdin;',
  'COPY "店 舗"."Order" ("キー", t) FROM stdin WITH (FORMAT csv);',
  'COPY t FROM STDIN;',
])('run, since the words are a value: %s', (statement) => expect(judge(statement)).toBe('run'));

test.each([
  "COPY t FROM '/etc/passwd' /* FROM STDIN */;",
  "COPY t FROM '/etc/passwd' -- FROM STDIN\n;",
  "COPY\nt FROM\nPROGRAM 'id' /* FROM STDIN */;",
  "COPY (SELECT 1) TO PROGRAM 'id' /* FROM STDIN */;",
  "COPY t (a /*) FROM STDIN */) FROM '/etc/passwd';",
  'COPY "x FROM STDIN" FROM PROGRAM $$id$$;',
])('refused, whatever a comment says: %s', (statement) =>
  expect(() => judge(statement)).toThrow('実行できない文'),
);
