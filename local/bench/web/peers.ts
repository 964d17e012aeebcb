import { spawnSync } from 'node:child_process';

/** Where a peer finds one tree. */
export interface PeerSide {
  /** Behind the delay proxy, where there is one. */
  port: number;
  user: string;
  /** SSH: a key's file. FTP: a password. */
  keyFile?: string;
  password?: string;
  /** On the server; relative to the log-in for FTP. */
  root: string;
}

export interface Peer {
  name: string;
  /** Programs that it needs. */
  programs: readonly string[];
  /** A shell command that copies; `scratch` is an empty folder of its own. */
  command(source: PeerSide, target: PeerSide, scratch: string): string;
}

const host = '127.0.0.1';
const tuned = '--transfers 16 --sftp-disable-hashcheck';
const fast = '-c aes128-gcm@openssh.com';

function ssh({ port, keyFile }: PeerSide, more = ''): string {
  return `ssh -F /dev/null -a -x -i ${keyFile} -p ${port} -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR ${more}`;
}

function rsync(more: string): Peer['command'] {
  return (source, target, scratch) =>
    `rsync -a -e '${ssh(source, more)}' ${source.user}@${host}:${source.root}/ ${scratch}/ && ` +
    `rsync -a -e '${ssh(target, more)}' ${scratch}/ ${target.user}@${host}:${target.root}/`;
}

function tar(more: string): Peer['command'] {
  const at = ({ user }: PeerSide) => `${user}@${host}`;
  return (source, target) =>
    `${ssh(source, more)} ${at(source)} tar -C ${source.root} -cf - . | ${ssh(target, more)} ${at(target)} tar -C ${target.root} -xpf -`;
}

function rcloneSftp(more: string): Peer['command'] {
  const at = ({ port, user, keyFile, root }: PeerSide) =>
    `:sftp,host=${host},port=${port},user=${user},key_file=${keyFile}:${root}`;
  return (source, target) => `rclone --config /dev/null copy ${more} ${at(source)} ${at(target)}`;
}

function rcloneFtp(more: string): Peer['command'] {
  const at = ({ port, user, password, root }: PeerSide) =>
    `":ftp,host=${host},port=${port},user=${user},pass=$(rclone obscure ${password}):${root}"`;
  return (source, target) => `rclone --config /dev/null copy ${more} ${at(source)} ${at(target)}`;
}

function lftpSftp(more: string): Peer['command'] {
  const at = ({ port, user }: PeerSide) => `-u ${user},x -p ${port} sftp://${host}`;
  const program = (side: PeerSide) => `set cmd:fail-exit yes; set sftp:connect-program \\"${ssh(side)}\\"`;
  return (source, target, scratch) =>
    `lftp -e "${program(source)}; mirror ${more} ${source.root} ${scratch}/tree; bye" ${at(source)} && ` +
    `lftp -e "${program(target)}; mirror -R ${more} ${scratch}/tree ${target.root}; bye" ${at(target)}`;
}

function lftpFtp(more: string): Peer['command'] {
  const at = ({ port, user, password }: PeerSide) => `-u ${user},${password} -p ${port} ftp://${host}`;
  const plain = 'set cmd:fail-exit yes; set ftp:ssl-allow no';
  return (source, target, scratch) =>
    `lftp -e "${plain}; mirror ${more} ${source.root} ${scratch}/tree; bye" ${at(source)} && ` +
    `lftp -e "${plain}; mirror -R ${more} ${scratch}/tree ${target.root}; bye" ${at(target)}`;
}

export const rcloneDefault: Peer = { name: 'rclone', programs: ['rclone'], command: rcloneSftp('') };

export const shellPeers: readonly Peer[] = [
  { name: 'rsync pull, push', programs: ['rsync', 'ssh'], command: rsync('') },
  { name: 'rsync pull, push, aes128-gcm', programs: ['rsync', 'ssh'], command: rsync(fast) },
  { name: 'ssh tar c | ssh tar x', programs: ['tar', 'ssh'], command: tar('') },
  { name: 'ssh tar c | ssh tar x, aes128-gcm', programs: ['tar', 'ssh'], command: tar(fast) },
];

export const sftpPeers: readonly Peer[] = [
  rcloneDefault,
  { name: `rclone ${tuned}`, programs: ['rclone'], command: rcloneSftp(tuned) },
  { name: 'lftp pull, push', programs: ['lftp', 'ssh'], command: lftpSftp('') },
  { name: 'lftp pull, push, --parallel=8', programs: ['lftp', 'ssh'], command: lftpSftp('--parallel=8') },
];

export const ftpPeers: readonly Peer[] = [
  { name: 'rclone', programs: ['rclone'], command: rcloneFtp('') },
  { name: 'rclone --transfers 16', programs: ['rclone'], command: rcloneFtp('--transfers 16') },
  { name: 'lftp pull, push', programs: ['lftp'], command: lftpFtp('') },
  { name: 'lftp pull, push, --parallel=8', programs: ['lftp'], command: lftpFtp('--parallel=8') },
];

/** The first program that is not there. */
export function missingProgram(peer: Peer): string | undefined {
  return peer.programs.find(
    (program) => spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status !== 0,
  );
}
