import { createConnection, type Connection as Session } from 'mysql2/promise';
import type { DatabaseServer } from '../../../functions/case/database-access.ts';
import type { MariadbServer } from '../../servers/mariadb.ts';

export async function session(server: MariadbServer, database?: string): Promise<Session> {
  return createConnection({
    host: server.host,
    port: server.port,
    user: server.user,
    charset: 'utf8mb4',
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    multipleStatements: true,
    ...(database !== undefined && { database }),
  });
}

export function accessTo({ host, port, user }: MariadbServer, database: string): DatabaseServer {
  return { engine: 'mysql', host, port, user, password: '', database, tls: 'none' };
}

export async function query(of: Session, sql: string): Promise<Record<string, unknown>[]> {
  const [rows] = await of.query(sql);
  return rows as Record<string, unknown>[];
}

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, index) => index)).toString('hex');

/** A database with whatever has been lost in somebody's move. `rows`: of the table that is cut into ranges. */
export const difficult = (rows: number) => `
SET NAMES utf8mb4; SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO'; SET SESSION foreign_key_checks = 0; SET time_zone = '+09:00';
CREATE TABLE posts (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, title VARCHAR(200) NOT NULL, body TEXT,
  posted DATETIME(3) NOT NULL DEFAULT '0000-00-00 00:00:00.000', changed TIMESTAMP NULL, FULLTEXT KEY words (title, body)) ENGINE=InnoDB AUTO_INCREMENT=99999999
  DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
INSERT INTO posts SELECT seq, CONCAT('記事 ', seq, ' 〜①髙㈱𠮷ｶﾅ😀'), IF(seq MOD 7, CONCAT(REPEAT('a\\\\b\\tc\\nd\\0', 5), MD5(seq)), NULL),
  IF(seq MOD 11, '2015-01-01' + INTERVAL seq SECOND, '0000-00-00'), IF(seq MOD 5, '2020-01-01' + INTERVAL seq SECOND, NULL) FROM seq_1_to_${rows};
INSERT INTO posts (id, title) VALUES (0, '番号ゼロ'), (18446744073709551615, 'いちばん大きい番号');
CREATE TABLE \`変な\`\`表 name\` (\`キー\` INT NOT NULL, \`select\` VARCHAR(20), PRIMARY KEY (\`キー\`)) DEFAULT CHARSET=utf8mb4;
INSERT INTO \`変な\`\`表 name\` VALUES (-1, 'マイナス'), (0, ''), (2, NULL);
CREATE TABLE numbers (id INT PRIMARY KEY, f FLOAT, d DOUBLE, n DECIMAL(65,30), b BIGINT, u BIGINT UNSIGNED, bits BIT(13), y YEAR, fd FLOAT(7,2));
INSERT INTO numbers VALUES (1, 0.1, 0.1, 12345678901234567890123456789012345.123456789012345678901234567891, -9223372036854775808, 18446744073709551615, b'1010101010101', 1901, 12345.67),
  (2, 16777217, 1.7976931348623157e308, -0.000000000000000000000000000001, 9223372036854775807, 0, b'0', 0, -0.01), (3, 3.4028235e38, 5e-324, NULL, NULL, NULL, NULL, NULL, NULL), (4, 1.17549e-38, 123456.789, 0, 0, 0, 92, 2155, 0.1);
CREATE TABLE moments (id INT PRIMARY KEY, d DATE, t TIME(6), dt DATETIME(6), ts TIMESTAMP(6) NULL);
INSERT INTO moments VALUES (1, '0000-00-00', '-838:59:59', '0000-00-00', '1970-01-01 09:00:01'), (2, '2024-02-00', '00:00:00.000001', '9999-12-31 23:59:59.999999', '2038-01-19 12:14:07');
CREATE TABLE things (id INT PRIMARY KEY, e ENUM('a','b','','ソ'), s SET('x','y','表'), j JSON, g GEOMETRY NOT NULL, blob_ LONGBLOB, v VARBINARY(300), c CHAR(5), bin BINARY(4), SPATIAL KEY g (g)) DEFAULT CHARSET=utf8mb4;
INSERT INTO things VALUES (1, 'a', 'x,y', '{"キー": [1, 2.5, "①"]}', ST_GeomFromText('POINT(1 2)'), UNHEX('${everyByte}'), UNHEX('${everyByte}'), 'ab  ', 'a'),
  (2, 'ソ', '表', '[]', ST_GeomFromText('POLYGON((0 0, 0 1, 1 1, 0 0))', 4326), '', '', '', ''), (3, NULL, '', NULL, ST_GeomFromText('POINT(0 0)'), NULL, NULL, NULL, NULL);
INSERT IGNORE INTO things (id, e, g) VALUES (4, 'no such word', ST_GeomFromText('POINT(0 0)'));
CREATE TABLE cp932 (id INT PRIMARY KEY, t VARCHAR(100)) DEFAULT CHARSET=cp932;
INSERT INTO cp932 VALUES (1, 'ソ表能十予'), (2, '①㈱髙﨑〜'), (3, 'ｶﾅ');
CREATE TABLE sjis (id INT PRIMARY KEY, t VARCHAR(100)) DEFAULT CHARSET=sjis; INSERT INTO sjis VALUES (1, 'ソ表能十予\\\\');
CREATE TABLE ujis (id INT PRIMARY KEY, t TEXT) DEFAULT CHARSET=ujis; INSERT INTO ujis VALUES (1, '漢字ｶﾅ');
CREATE TABLE latin1 (id INT PRIMARY KEY, t TEXT) DEFAULT CHARSET=latin1; INSERT INTO latin1 VALUES (1, 'café'), (2, CAST(_latin1 X'E38182E38184' AS CHAR CHARACTER SET latin1));
CREATE TABLE keyless (a INT, b VARCHAR(10)) DEFAULT CHARSET=utf8mb4; INSERT INTO keyless VALUES (1, 'x'), (1, 'x'), (NULL, NULL), (2, '同じ'), (2, '同じ');
CREATE TABLE textual (k VARCHAR(40) COLLATE utf8mb4_general_ci NOT NULL, n INT, PRIMARY KEY (k)) DEFAULT CHARSET=utf8mb4; INSERT INTO textual VALUES ('は', 1), ('ばら', 2), ('A', 3), ('b', 4);
CREATE TABLE parts (id INT NOT NULL, region INT NOT NULL, PRIMARY KEY (id, region)) PARTITION BY RANGE (region) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE);
INSERT INTO parts SELECT seq, seq MOD 20 FROM seq_1_to_100;
CREATE TABLE old (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, t VARCHAR(20)) ENGINE=MyISAM AUTO_INCREMENT=50 DEFAULT CHARSET=utf8; INSERT INTO old VALUES (1, '古い'), (0, 'ゼロ'), (7, 'x');
CREATE TABLE computed (id INT PRIMARY KEY, a INT, twice INT GENERATED ALWAYS AS (a * 2) VIRTUAL, thrice INT GENERATED ALWAYS AS (a * 3) STORED, CHECK (a < 1000)); INSERT INTO computed (id, a) VALUES (1, 5), (2, NULL);
CREATE TABLE hen (id INT PRIMARY KEY, egg INT, CONSTRAINT hen_egg FOREIGN KEY (egg) REFERENCES egg (id) ON DELETE CASCADE); CREATE TABLE egg (id INT PRIMARY KEY, hen INT, CONSTRAINT egg_hen FOREIGN KEY (hen) REFERENCES hen (id)); INSERT INTO hen VALUES (1, 1); INSERT INTO egg VALUES (1, 1);
CREATE TABLE empty_one (id INT PRIMARY KEY, t TEXT);
CREATE SEQUENCE counter START WITH 100; DO NEXTVAL(counter);
CREATE VIEW zz AS SELECT id, title FROM posts WHERE id < 10; CREATE VIEW aa AS SELECT * FROM zz; CREATE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW bb AS SELECT aa.id FROM aa;
CREATE TABLE audit (n INT, what VARCHAR(50)) DEFAULT CHARSET=utf8mb4;
`;

/** Needs a delimiter of its own: one statement each. */
export const stored = [
  `CREATE DEFINER=\`gone\`@\`203.0.113.%\` TRIGGER posts_in AFTER INSERT ON posts FOR EACH ROW BEGIN INSERT INTO audit VALUES (NEW.id, '挿入; ''引用'''); END`,
  'CREATE TRIGGER posts_out BEFORE DELETE ON posts FOR EACH ROW INSERT INTO audit VALUES (OLD.id, "delete")',
  `CREATE FUNCTION 税込(n INT) RETURNS INT DETERMINISTIC BEGIN DECLARE rate INT DEFAULT 10; /* 消費税 */ RETURN n + n * rate / 100; END`,
  `CREATE DEFINER=root@localhost PROCEDURE fill(IN n INT) SQL SECURITY INVOKER BEGIN WHILE n > 0 DO INSERT INTO audit VALUES (n, 'p'); SET n = n - 1; END WHILE; END`,
  "CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DO DELETE FROM audit WHERE n < 0",
];
