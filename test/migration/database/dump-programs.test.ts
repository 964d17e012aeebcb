import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DatabaseJob } from '../../../functions/migration/database/job.ts';
import { type MariadbServer, startMariadb } from '../../servers/mariadb.ts';
import { MemoryObjects } from '../memory-ports.ts';
import { accessTo, query, session } from './mysql-source.ts';
import { jobFor, ledgerOf, move } from './run-job.ts';

let server: MariadbServer;
const key = 'temporary/HK-TEST/uploads/dump';

beforeAll(async () => {
  server = await startMariadb(['--log-bin-trust-function-creators=1']);
});

afterAll(async () => {
  await server?.stop();
});

async function jobOf(name: string, dump: string): Promise<DatabaseJob> {
  const own = await session(server);
  await own.query(`CREATE DATABASE ${name}; CREATE USER ${name}@'%'; GRANT ALL ON ${name}.* TO ${name}@'%'`);
  await own.end();
  const objects = new MemoryObjects();
  await objects.put(key, Buffer.from(dump));
  const target = { ...accessTo(server, name), user: name };
  return jobFor({ engine: 'mysql', dump: key, compression: 'none' } as never, target, { objects });
}

const modes =
  'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,TIME_TRUNCATE_FRACTIONAL';
/** What mysqldump of MySQL 8 puts before and after an object. */
const under = (statement: string) => `/*!50003 SET @saved_cs_client      = @@character_set_client */ ;
/*!50003 SET @saved_cs_results     = @@character_set_results */ ;
/*!50003 SET @saved_col_connection = @@collation_connection */ ;
/*!50003 SET character_set_client  = utf8mb4 */ ;
/*!50003 SET character_set_results = utf8mb4 */ ;
/*!50003 SET collation_connection  = utf8mb4_0900_ai_ci */ ;
/*!50003 SET @saved_sql_mode       = @@sql_mode */ ;
/*!50003 SET sql_mode              = '${modes}' */ ;
DELIMITER ;;
${statement} ;;
DELIMITER ;
/*!50003 SET sql_mode              = @saved_sql_mode */ ;
/*!50003 SET character_set_client  = @saved_cs_client */ ;
/*!50003 SET character_set_results = @saved_cs_results */ ;
/*!50003 SET collation_connection  = @saved_col_connection */ ;
`;

const mysqldump = `-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
--
-- Host: localhost    Database: shop
-- ------------------------------------------------------
-- Server version	8.0.36

/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */;
/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;
/*!50503 SET NAMES utf8mb4 */;
/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;
SET @MYSQLDUMP_TEMP_LOG_BIN = @@SESSION.SQL_LOG_BIN;
SET @@SESSION.SQL_LOG_BIN= 0;
SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ '3E11FA47-71CA-11E1-9E33-C80AA9429562:1-5';

DROP TABLE IF EXISTS \`posts\`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!50503 SET character_set_client = utf8mb4 */;
CREATE TABLE \`posts\` (
  \`id\` int NOT NULL AUTO_INCREMENT,
  \`title\` varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_ja_0900_as_cs NOT NULL,
  \`data\` json DEFAULT NULL,
  \`at\` datetime(3) DEFAULT CURRENT_TIMESTAMP(3) /*!80023 INVISIBLE */,
  PRIMARY KEY (\`id\`),
  KEY \`hidden\` (\`at\`) /*!80000 INVISIBLE */,
  FULLTEXT KEY \`words\` (\`title\`) /*!50100 WITH PARSER \`ngram\` */ ,
  CONSTRAINT \`posts_chk_1\` CHECK ((\`title\` <> _utf8mb4'')) /*!80016 NOT ENFORCED */
) ENGINE=InnoDB AUTO_INCREMENT=50 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

LOCK TABLES \`posts\` WRITE;
/*!40000 ALTER TABLE \`posts\` DISABLE KEYS */;
INSERT INTO \`posts\` (\`id\`, \`title\`, \`data\`, \`at\`) VALUES (0,'〜①髙㈱𠮷','{\\"a\\": 1}','2024-01-01 00:00:00.125'),(7,'it\\'s; ''ｶﾅ',NULL,NULL);
/*!40000 ALTER TABLE \`posts\` ENABLE KEYS */;
UNLOCK TABLES;
${under('/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER `see` BEFORE INSERT ON `posts` FOR EACH ROW SET NEW.title = TRIM(NEW.title) */')}
SET @saved_cs_client     = @@character_set_client;
/*!50503 SET character_set_client = utf8mb4 */;
/*!50001 CREATE VIEW \`seen\` AS SELECT 
 1 AS \`id\`,
 1 AS \`title\`*/;
SET character_set_client = @saved_cs_client;
/*!50003 DROP FUNCTION IF EXISTS \`more\` */;
${under('CREATE DEFINER=`root`@`localhost` FUNCTION `more`(n INT) RETURNS int\n    DETERMINISTIC\nRETURN n + 1')}
/*!50001 DROP VIEW IF EXISTS \`seen\`*/;
/*!50001 SET @saved_cs_client          = @@character_set_client */;
/*!50001 SET @saved_cs_results         = @@character_set_results */;
/*!50001 SET @saved_col_connection     = @@collation_connection */;
/*!50001 SET character_set_client      = utf8mb4 */;
/*!50001 SET character_set_results     = utf8mb4 */;
/*!50001 SET collation_connection      = utf8mb4_0900_ai_ci */;
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=\`root\`@\`localhost\` SQL SECURITY DEFINER */
/*!50001 VIEW \`seen\` AS select \`posts\`.\`id\` AS \`id\`,\`posts\`.\`title\` AS \`title\` from \`posts\` where (\`posts\`.\`title\` like '%①%') */;
/*!50001 SET character_set_client      = @saved_cs_client */;
/*!50001 SET character_set_results     = @saved_cs_results */;
/*!50001 SET collation_connection      = @saved_col_connection */;
SET @@SESSION.SQL_LOG_BIN = @MYSQLDUMP_TEMP_LOG_BIN;
/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;
/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;
/*!40014 SET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS */;
/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
/*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */;
/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;
/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;

-- Dump completed on 2026-11-25 12:00:00
`;

test('a dump of MySQL 8 comes to MariaDB: what it lacks is replaced by the stated table and told, and nothing is lost', async () => {
  const job = await jobOf('from_mysql', mysqldump);
  expect(await move(job)).toMatchObject({ unexplained: 0 });
  const lines = await ledgerOf(job);
  const told = (name: string) => lines.find((line) => line.name === name)?.how ?? '';
  expect(told('posts')).toContain('照合順序 utf8mb4_ja_0900_as_cs → utf8mb4_uca1400_nopad_as_cs');
  expect(told('posts')).toContain('照合順序 utf8mb4_0900_ai_ci → utf8mb4_uca1400_nopad_ai_ci');
  expect(told('posts')).toContain('ngram を除去');
  for (const name of ['see', 'more', 'seen'])
    expect([name, told(name)]).toEqual([
      name,
      expect.stringMatching(/DEFINER .*照合順序 utf8mb4_0900_ai_ci → utf8mb4_uca1400_nopad_ai_ci/),
    ]);
  for (const name of ['see', 'more'])
    expect(told(name)).toContain('sql_mode TIME_TRUNCATE_FRACTIONAL を除去');
  expect(lines.filter(({ outcome }) => outcome === 'skipped').map(({ name }) => name)).toEqual([
    'SET',
    'SET GLOBAL',
  ]);
  const own = await session(server, 'from_mysql');
  expect(await query(own, 'SELECT id, title, CAST(data AS CHAR) AS data, at FROM posts ORDER BY id')).toEqual(
    [
      { id: 0, title: '〜①髙㈱𠮷', data: '{"a": 1}', at: '2024-01-01 00:00:00.125' },
      { id: 7, title: "it's; 'ｶﾅ", data: null, at: null },
    ],
  );
  expect(await query(own, 'SELECT id, more(id) AS next FROM seen')).toEqual([{ id: 0, next: 1 }]);
  await own.query("INSERT INTO posts (title) VALUES ('  x  ')");
  expect(await query(own, 'SELECT id, title FROM posts WHERE id >= 50')).toEqual([{ id: 50, title: 'x' }]);
  await own.end();
});

const phpmyadmin = `-- phpMyAdmin SQL Dump
-- version 5.2.1
-- https://www.phpmyadmin.net/
--
-- ホスト: localhost:3306
-- 生成日時: 2026 年 11 月 25 日 12:00

SET SQL_MODE = "NO_AUTO_VALUE_ON_ZERO";
START TRANSACTION;
SET time_zone = "+00:00";


/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */;
/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;
/*!40101 SET NAMES utf8mb4 */;

--
-- データベース: \`shop\`
--
CREATE DATABASE IF NOT EXISTS \`shop\` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
USE \`shop\`;

DELIMITER $$
--
-- プロシージャ
--
CREATE DEFINER=\`root\`@\`localhost\` PROCEDURE \`fill\` (IN \`n\` INT)   BEGIN
  INSERT INTO posts (title) VALUES (CONCAT('#', n, ';'));
END$$

DELIMITER ;

-- --------------------------------------------------------

CREATE TABLE \`posts\` (
  \`id\` int(11) NOT NULL,
  \`title\` varchar(20) DEFAULT NULL COMMENT '題; -- 名'
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

INSERT INTO \`posts\` (\`id\`, \`title\`) VALUES
(0, '〜①髙㈱𠮷'),
(3, 'it\\'s; -- \\\\');

CREATE TABLE \`comments\` (
  \`id\` int(11) NOT NULL,
  \`post\` int(11) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

INSERT INTO \`comments\` (\`id\`, \`post\`) VALUES
(1, 3);

--
-- ビュー用の代替構造 \`seen\`
--
CREATE TABLE \`seen\` (
\`id\` int(11)
,\`title\` varchar(20)
);

--
-- ビュー用の構造 \`seen\`
--
DROP TABLE IF EXISTS \`seen\`;

CREATE ALGORITHM=UNDEFINED DEFINER=\`root\`@\`localhost\` SQL SECURITY DEFINER VIEW \`seen\`  AS SELECT \`posts\`.\`id\` AS \`id\`, \`posts\`.\`title\` AS \`title\` FROM \`posts\` ;

ALTER TABLE \`posts\`
  ADD PRIMARY KEY (\`id\`);

ALTER TABLE \`comments\`
  ADD PRIMARY KEY (\`id\`),
  ADD KEY \`post\` (\`post\`);

ALTER TABLE \`posts\`
  MODIFY \`id\` int(11) NOT NULL AUTO_INCREMENT, AUTO_INCREMENT=40;

ALTER TABLE \`comments\`
  ADD CONSTRAINT \`of_post\` FOREIGN KEY (\`post\`) REFERENCES \`posts\` (\`id\`) ON DELETE CASCADE;
COMMIT;

/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
/*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */;
/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;
`;

test('an export of phpMyAdmin, whose keys and counters come after the rows, comes to the same database', async () => {
  const job = await jobOf('from_admin', phpmyadmin);
  expect(await move(job)).toMatchObject({ unexplained: 0, skipped: 0 });
  const own = await session(server, 'from_admin');
  expect(await query(own, 'SELECT id, title FROM seen ORDER BY id')).toEqual([
    { id: 0, title: '〜①髙㈱𠮷' },
    { id: 3, title: "it's; -- \\" },
  ]);
  await own.query('CALL fill(1)');
  expect(await query(own, 'SELECT id, title FROM posts WHERE id > 3')).toEqual([{ id: 40, title: '#1;' }]);
  await own.query('DELETE FROM posts WHERE id = 3');
  expect(await query(own, 'SELECT id FROM comments')).toEqual([]);
  await own.end();
});
