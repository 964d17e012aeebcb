// Runs before `npm start` and `npm test`, on whatever Node the machine has (20 or newer): plain JavaScript, nothing of
// node_modules. Installs the packages when they are missing or the lock file has changed; with --servers also the real
// servers and the browser that the tests run against; with --demo what the demo uses where it is there.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** What the tests run, by the Debian package that brings it. */
const programs = {
  'openssh-server': '/usr/sbin/sshd',
  'openssh-client': '/usr/bin/ssh-keygen',
  'proftpd-core': '/usr/sbin/proftpd',
  'proftpd-mod-crypto': '/usr/lib/proftpd/mod_sftp.so',
  'dovecot-imapd': '/usr/lib/dovecot/imap',
  'dovecot-pop3d': '/usr/lib/dovecot/pop3',
  'mariadb-server': '/usr/sbin/mariadbd',
  postgresql: '/usr/bin/pg_ctlcluster',
  chromium: '/usr/bin/chromium',
  'fonts-noto-cjk': '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc',
  rsync: '/usr/bin/rsync',
  'poppler-utils': '/usr/bin/pdftoppm',
  'openjdk-17-jre-headless': '/usr/lib/jvm/java-17-openjdk-amd64/bin/java',
  wordpress: '/usr/share/wordpress/index.php',
};

/** Without these the demo has SFTP servers and a site of its own. */
const demoPrograms = ['openssh-server', 'openssh-client', 'wordpress'];

installPackages();
if (process.argv.includes('--servers')) installServers();
if (process.argv.includes('--demo')) installForDemo();

function installPackages() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const wanted = createHash('sha256').update(lock).digest('hex');
  const stamp = join(root, 'node_modules', '.installed-from');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.log('hikkoshi: installing packages (npm ci) ...');
  const npm = process.env.npm_execpath;
  const [command, args] = npm ? [process.execPath, [npm, 'ci']] : ['npm', ['ci']];
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) fail('npm ci failed. Is the npm registry reachable? Nothing was started.');
  writeFileSync(stamp, wanted);
}

function installServers() {
  const missing = missingOf(Object.keys(programs));
  if (missing.length === 0) return;
  if (!mayInstall()) {
    fail(
      `the tests run against real servers, and some are not installed.\nAs root, run:\n  apt-get update && apt-get ${aptInstall(missing).join(' ')}`,
    );
  }
  installDebian(missing);
  const still = missingOf(missing);
  if (still.length > 0) fail(`installed, but not found: ${still.map((name) => programs[name]).join(', ')}`);
}

/** Goes on without what cannot be installed, and says so. */
function installForDemo() {
  const missing = missingOf(demoPrograms);
  if (missing.length === 0) return;
  try {
    if (mayInstall()) installDebian(missing);
  } catch {
    // What is still missing is said below.
  }
  const still = missingOf(missing);
  const why = mayInstall() ? 'apt-get could not install it' : 'only root can install it, with apt-get';
  if (still.length > 0) console.log(`hikkoshi: the demo goes on without ${still.join(', ')}: ${why}.`);
}

function missingOf(names) {
  return names.filter((name) => !existsSync(programs[name]));
}

function mayInstall() {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

function aptInstall(names) {
  return ['install', '-y', '--no-install-recommends', ...names];
}

function installDebian(names) {
  console.log(`hikkoshi: installing ${names.join(', ')} ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, stdio: ['ignore', 'ignore', 'inherit'], timeout: 15 * 60_000 };
  execFileSync('apt-get', ['update', '-q'], options);
  execFileSync('apt-get', aptInstall(names), options);
}

function fail(message) {
  console.error(`hikkoshi: ${message}`);
  process.exit(1);
}
