import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accepting, freePort } from './free-port.ts';
import { ended } from './mariadb.ts';

export interface DovecotOptions {
  separator?: '/' | '.';
  /** Of the personal namespace, e.g. `INBOX.`. */
  prefix?: string;
  /** Name -> password. */
  users?: Record<string, string>;
  /** Name -> password of administrators who may log in as anybody (`user*master`, or SASL PLAIN). */
  masters?: Record<string, string>;
  /** Quota rule of every user, e.g. `*:storage=1M`. */
  quota?: string;
  /** Where its folder is made, such as a RAM disk for thousands of folders. */
  below?: string;
  /** More lines of configuration. */
  more?: string;
  /** A certificate and its key (PEM files): TLS on a port of its own and STARTTLS. */
  tls?: { certificate: string; key: string };
  /** POP3 besides, with STLS and on a port of its own where there is TLS. */
  pop3?: boolean;
}

export interface Dovecot {
  port: number;
  tlsPort: number;
  pop3Port: number;
  pop3TlsPort: number;
  folder: string;
  config: string;
  /** Where a user's mail lies. */
  home(user: string): string;
  stop(): Promise<void>;
}

export const dovecotInstalled = existsSync('/usr/sbin/dovecot');

/** A real Dovecot on loopback, in a folder of its own, run as nobody where the caller is root. */
export async function startDovecot(options: DovecotOptions = {}): Promise<Dovecot> {
  const folder = mkdtempSync(join(options.below ?? tmpdir(), 'dovecot-'));
  chmodSync(folder, 0o755);
  const ports: Ports = {
    port: await freePort(),
    tlsPort: await freePort(),
    pop3Port: await freePort(),
    pop3TlsPort: await freePort(),
  };
  const config = join(folder, 'dovecot.conf');
  writeUsers(join(folder, 'users'), options.users ?? { taro: 'himitsu' });
  writeUsers(join(folder, 'masters'), options.masters ?? {});
  for (const name of ['run', 'state', 'mail']) mkdirSync(join(folder, name), { mode: 0o777 });
  writeFileSync(config, configuration(folder, ports, options));
  if (process.getuid?.() === 0) await run('chown', ['-R', '65534:65534', folder]);
  const child = spawnServer(config);
  await accepting(ports.port, child, join(folder, 'log'));
  if (options.pop3) await accepting(ports.pop3Port, child, join(folder, 'log'));
  return {
    ...ports,
    folder,
    config,
    home: (user) => join(folder, 'mail', user),
    stop: async () => {
      await ended(child, 'SIGTERM');
      rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
    },
  };
}

type Ports = Pick<Dovecot, 'port' | 'tlsPort' | 'pop3Port' | 'pop3TlsPort'>;

function configuration(folder: string, ports: Ports, options: DovecotOptions): string {
  const { separator = '/', prefix = '', quota, tls, pop3 = false } = options;
  return `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log
protocols = imap${pop3 ? ' pop3' : ''}
listen = 127.0.0.1
disable_plaintext_auth = no
default_internal_user = nobody
default_login_user = nobody
default_internal_group = nogroup
first_valid_uid = 1
auth_mechanisms = plain login
auth_master_user_separator = *
mail_location = maildir:~/Maildir
mail_max_userip_connections = 100
${tls ? `ssl = yes\nssl_cert = <${tls.certificate}\nssl_key = <${tls.key}` : 'ssl = no'}
namespace inbox {
  inbox = yes
  separator = ${separator}
  prefix = ${prefix}
}
service imap-login {
  chroot =
  inet_listener imap { 
    port = ${ports.port}
  }
  inet_listener imaps {
    port = ${tls ? ports.tlsPort : 0}
    ssl = yes
  }
}
${pop3 ? pop3Login(ports, tls !== undefined) : ''}
auth_username_chars =
auth_failure_delay = 0
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
passdb {
  driver = passwd-file
  args = ${folder}/masters
  master = yes
}
passdb {
  driver = passwd-file
  args = ${folder}/users
}
userdb {
  driver = static
  args = uid=65534 gid=65534 home=${folder}/mail/%u
}
${quota ? `mail_plugins = quota\nprotocol imap {\n  mail_plugins = quota imap_quota\n}\nplugin {\n  quota = maildir:User quota\n  quota_rule = ${quota}\n}` : ''}
${options.more ?? ''}
`;
}

function pop3Login({ pop3Port, pop3TlsPort }: Ports, tls: boolean): string {
  return `service pop3-login {
  chroot =
  inet_listener pop3 {
    port = ${pop3Port}
  }
  inet_listener pop3s {
    port = ${tls ? pop3TlsPort : 0}
    ssl = yes
  }
}`;
}

function writeUsers(path: string, users: Record<string, string>): void {
  writeFileSync(
    path,
    Object.entries(users)
      .map(([user, password]) => `${user}:{PLAIN}${password}\n`)
      .join(''),
  );
}

function spawnServer(config: string): ChildProcess {
  const program = ['/usr/sbin/dovecot', '-F', '-c', config];
  const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
  const [command, ...args] = process.getuid?.() === 0 ? [...asNobody, ...program] : program;
  return spawn(command!, args, { stdio: 'ignore' });
}

function run(command: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    spawn(command, args, { stdio: 'ignore' }).once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ended with ${code}`)),
    );
  });
}
