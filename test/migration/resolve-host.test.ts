import { describe, expect, it, jest } from '@jest/globals';
import { checkPort, resolveHost } from '../../functions/migration/resolve-host.ts';

const leadsTo = (...addresses: string[]) =>
  jest.fn(async (_: string) => addresses.map((address) => ({ address })));

describe('a host that a customer names (threats, row 3)', () => {
  it.each([
    '127.0.0.1',
    '0x7f.1',
    '2130706433',
    '0177.0.0.1',
    '127.1',
    '0',
    '０x7f.1',
    '127。0。0。1',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '[::1]',
    '::',
    'fe80::1',
    'fe80::1%eth0',
    'fd00::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:db8::1',
  ])('refuses the address %s without asking anybody', async (host) => {
    const look = leadsTo('93.184.216.34');
    await expect(resolveHost(host, [], look)).rejects.toMatchObject({ name: 'TerminalError' });
    expect(look).not.toHaveBeenCalled();
  });

  it('refuses a name if any of its addresses is not public', async () => {
    await expect(
      resolveHost('www.example.jp', [], leadsTo('93.184.216.34', '127.0.0.1')),
    ).rejects.toMatchObject({
      name: 'TerminalError',
    });
    await expect(resolveHost('www.example.jp', [], leadsTo('::ffff:10.0.0.1'))).rejects.toThrow(
      '公開されていない',
    );
  });

  it('resolves once and gives the address to connect to', async () => {
    const look = leadsTo('93.184.216.34', '2606:2800:220:1::1');
    expect(await resolveHost('www.example.jp', [], look)).toEqual({ address: '93.184.216.34', family: 4 });
    expect(look).toHaveBeenCalledTimes(1);
    expect(await resolveHost('2606:2800:220:1::1')).toEqual({ address: '2606:2800:220:1::1', family: 6 });
  });

  it('takes names by UTS 46', async () => {
    const look = leadsTo('93.184.216.34');
    await resolveHost('日本語。ＪＰ', [], look);
    expect(look).toHaveBeenCalledWith('xn--wgv71a119e.jp');
    for (const bad of ['', ' ', 'a b', 'http://x', 'x/y', 'user@x', 'x:22', `${'a'.repeat(64)}.jp/`]) {
      await expect(resolveHost(bad, [], look)).rejects.toMatchObject({ name: 'TerminalError' });
    }
  });

  it('allows what the settings list, and nothing beside it', async () => {
    const allowed = ['127.0.0.0/8', 'fd00::/8'];
    expect(await resolveHost('127.0.0.1', allowed)).toEqual({ address: '127.0.0.1', family: 4 });
    expect(await resolveHost('source.test', allowed, leadsTo('127.0.0.9'))).toMatchObject({
      address: '127.0.0.9',
    });
    expect(await resolveHost('fd00::2', allowed)).toMatchObject({ family: 6 });
    await expect(resolveHost('10.0.0.1', allowed)).rejects.toMatchObject({ name: 'TerminalError' });
  });

  it('tells a name that does not exist from a name server that is silent', async () => {
    const failing = (code: string) => async () => {
      throw Object.assign(new Error(code), { code });
    };
    await expect(resolveHost('none.example', [], failing('ENOTFOUND'))).rejects.toMatchObject({
      name: 'TerminalError',
    });
    await expect(resolveHost('slow.example', [], failing('EAI_AGAIN'))).rejects.toMatchObject({
      name: 'TransientError',
    });
  });

  it('connects to listed ports only', () => {
    for (const port of [22, 2222, 65_535]) expect(() => checkPort(port)).not.toThrow();
    for (const port of [21, 25, 80, 443, 1023, 0, 65_536, 2222.5]) expect(() => checkPort(port)).toThrow();
    expect(() => checkPort(2222, [22])).toThrow('2222');
    expect(() => checkPort(443, [443])).not.toThrow();
  });
});
