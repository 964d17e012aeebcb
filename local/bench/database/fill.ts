/**
 * About 500 MB and 2 million rows in four tables with keys: articles in Japanese, comments, files, a log. `scale` 1 is all
 * of it; a smaller one is for trying out.
 */
export function mysqlFill(scale: number): string {
  const count = (full: number) => Math.max(Math.round(full * scale), 10);
  return `SET NAMES utf8mb4; SET SESSION sql_mode = '';
CREATE DATABASE shop CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci; USE shop;
CREATE TABLE posts (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, author INT NOT NULL, title VARCHAR(200) NOT NULL,
  body TEXT NOT NULL, posted DATETIME NOT NULL, changed TIMESTAMP NULL, price DECIMAL(12,2), KEY author (author), KEY posted (posted));
INSERT INTO posts SELECT seq, seq * 7919 MOD 10007, CONCAT('記事 ', seq, ' 〜①髙㈱𠮷'), CONCAT(REPEAT(CONCAT('本文です。', MD5(seq), '\\n\\t'), 6), SHA2(seq, 512)),
  '2015-01-01' + INTERVAL seq MINUTE, IF(seq MOD 5, '2020-01-01' + INTERVAL seq SECOND, NULL), seq * 1.37 FROM seq_1_to_${count(500_000)};
CREATE TABLE comments (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, post BIGINT UNSIGNED NOT NULL, name VARCHAR(60), mail VARCHAR(120), words VARCHAR(500), at DATETIME, KEY post (post));
INSERT INTO comments SELECT seq, 1 + (seq * 31 MOD 500000), CONCAT('山田', seq MOD 997), CONCAT('u', seq, '@example.jp'), CONCAT('コメント ', MD5(seq), ' 😀'), '2016-01-01' + INTERVAL seq MINUTE FROM seq_1_to_${count(1_000_000)};
CREATE TABLE files (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(100) NOT NULL, content MEDIUMBLOB NOT NULL);
INSERT INTO files SELECT seq, CONCAT('f', seq, '.bin'), REPEAT(UNHEX(CONCAT(SHA2(seq, 512), SHA2(seq + 1, 512))), 78) FROM seq_1_to_${count(8_000)};
CREATE TABLE log (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, k CHAR(8) NOT NULL, v DOUBLE, t DATE, n INT, KEY t (t));
INSERT INTO log SELECT seq, LEFT(MD5(seq), 8), SQRT(seq), '2000-01-01' + INTERVAL (seq MOD 9000) DAY, seq FROM seq_1_to_${count(492_000)};
ANALYZE TABLE posts, comments, files, log;
`;
}

export function postgresqlFill(scale: number): string {
  const series = (full: number) => `generate_series(1, ${Math.max(Math.round(full * scale), 10)}) AS seq`;
  return `CREATE TABLE posts (id BIGSERIAL PRIMARY KEY, author INT NOT NULL, title VARCHAR(200) NOT NULL, body TEXT NOT NULL, posted TIMESTAMP NOT NULL, changed TIMESTAMPTZ, price NUMERIC(12,2));
INSERT INTO posts SELECT seq, seq::bigint * 7919 % 10007, '記事 ' || seq || ' 〜①髙㈱𠮷', repeat('本文です。' || md5(seq::text) || E'\\n\\t', 6) || encode(sha512(seq::text::bytea), 'hex'),
  timestamp '2015-01-01' + seq * interval '1 minute', CASE WHEN seq % 5 > 0 THEN timestamptz '2020-01-01' + seq * interval '1 second' END, seq * 1.37 FROM ${series(500_000)};
CREATE INDEX author ON posts (author); CREATE INDEX posted ON posts (posted);
CREATE TABLE comments (id SERIAL PRIMARY KEY, post BIGINT NOT NULL, name VARCHAR(60), mail VARCHAR(120), words VARCHAR(500), at TIMESTAMP);
INSERT INTO comments SELECT seq, 1 + (seq::bigint * 31 % 500000), '山田' || seq % 997, 'u' || seq || '@example.jp', 'コメント ' || md5(seq::text) || ' 😀', timestamp '2016-01-01' + seq * interval '1 minute' FROM ${series(1_000_000)};
CREATE INDEX post ON comments (post);
CREATE TABLE files (id SERIAL PRIMARY KEY, name VARCHAR(100) NOT NULL, content BYTEA NOT NULL);
ALTER TABLE files ALTER content SET STORAGE EXTERNAL;
INSERT INTO files SELECT seq, 'f' || seq || '.bin', decode(repeat(encode(sha512(seq::text::bytea), 'hex') || encode(sha512((seq + 1)::text::bytea), 'hex'), 78), 'hex') FROM ${series(8_000)};
CREATE TABLE log (id SERIAL PRIMARY KEY, k CHAR(8) NOT NULL, v DOUBLE PRECISION, t DATE, n INT);
INSERT INTO log SELECT seq, left(md5(seq::text), 8), sqrt(seq), date '2000-01-01' + seq % 9000, seq FROM ${series(492_000)};
CREATE INDEX t ON log (t);
ANALYZE;
`;
}
