import type { WebAccess, WebProtocol } from '../../../functions/case/access.ts';
import { freePort } from '../../servers/free-port.ts';
import { type ProftpdServer, startProftpd } from '../../servers/proftpd.ts';
import { selfSigned, type TestCertificate } from './certificates.ts';

export interface FtpServer extends ProftpdServer {
  /** To its home. */
  access(protocol: WebProtocol): WebAccess;
}

/**
 * ProFTPD with FTP, FTPS explicit and implicit, each on a port of its own. Sessions must be resumed on data connections:
 * that is its default, and a client that does not is refused.
 */
export async function startFtpServer(
  options: { certificate?: TestCertificate; config?: readonly string[]; tls?: readonly string[] } = {},
): Promise<FtpServer> {
  const { key, certificate } = options.certificate ?? selfSigned();
  const ports = { ftps: await freePort(), 'ftps-implicit': await freePort() };
  const server = await startProftpd({
    config: options.config ?? ['AllowStoreRestart on'],
    modules: ['LoadModule mod_tls.c'],
    files: { key, certificate },
    hosts: (folder, shared) =>
      Object.entries(ports).flatMap(([protocol, port]) => [
        '<VirtualHost 127.0.0.1>',
        `Port ${port}`,
        ...shared,
        'TLSEngine on',
        'TLSRequired on',
        `TLSECCertificateFile ${folder}/certificate`,
        `TLSECCertificateKeyFile ${folder}/key`,
        `TLSLog ${folder}/tls.log`,
        ...(protocol === 'ftps-implicit' ? ['TLSOptions UseImplicitSSL'] : []),
        ...(options.tls ?? []),
        '</VirtualHost>',
      ]),
  });
  const { host, user, password, home: root } = server;
  const access = (protocol: WebProtocol): WebAccess => {
    const port = protocol === 'ftp' || protocol === 'sftp' ? server.ftpPort : ports[protocol];
    return { protocol, host, port, user, password, root };
  };
  return { ...server, access };
}
