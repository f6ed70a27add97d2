import { lookup } from 'node:dns';
import { describe, expect, it } from 'vitest';
import { guardedLookup, isAllowedAddress, isPublicAddress } from './public-address.ts';
import { webhookUrlOf } from './webhook-url.ts';

const NOT_PUBLIC = `
  0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.255.1.1 169.254.169.254 172.16.0.1 172.31.255.255
  192.168.1.1 192.0.2.1 198.18.0.1 203.0.113.5 224.0.0.1 240.0.0.1 255.255.255.255 localhost 2130706433
  :: ::1 ::ffff:8.8.8.8 ::ffff:127.0.0.1 64:ff9b::7f00:1 fc00::1 fd12::1 fe80::1 ff02::1 2002:7f00:1::
  2001::1 2001:db8::1 fe80::1%eth0`.trim();
/** Numbers in all the ways in which URLs write them. */
const REFUSED = `
  http://sp.example.jp/ ftp://sp.example.jp/ sp.example.jp https://user:word@sp.example.jp/
  https://sp.example.jp/#a https://127.0.0.1/ https://2130706433/ https://0x7f.1/
  https://0177.0.0.1/ https://[::1]/ https://[::ffff:127.0.0.1]/ https://169.254.169.254/latest
  https://10.0.0.1/ http://127.0.0.1/ a`.trim();

describe('an address', () => {
  it.each(['8.8.8.8', '1.1.1.1', '223.255.255.254', '100.63.255.255', '172.32.0.1', '2606:4700::1111', '2400:cb00::1'])(
    '%s is public',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  it.each([...NOT_PUBLIC.split(/\s+/), ''])('%s is not', (address) => expect(isPublicAddress(address)).toBe(false));

  it('of this machine is allowed in development only', () => {
    for (const address of ['127.0.0.1', '::1']) {
      expect(isAllowedAddress(address, { allowLoopback: true })).toBe(true);
      expect(isAllowedAddress(address, { allowLoopback: false })).toBe(false);
    }
    expect(isAllowedAddress('10.0.0.1', { allowLoopback: true })).toBe(false);
  });
});

describe('a name', () => {
  const addressesOf = (...addresses: string[]) =>
    guardedLookup({ allowLoopback: false }, ((_name: string, _options: object, done: (...answer: unknown[]) => void) =>
      done(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      )) as typeof lookup);
  const resolved = (guarded: ReturnType<typeof addressesOf>, all: boolean) =>
    new Promise((resolve, reject) => {
      guarded('sp.example.jp', { all }, (error, address) => (error ? reject(error) : resolve(address)));
    });

  it('is connected to by the very addresses that were looked at', async () => {
    expect(await resolved(addressesOf('8.8.8.8', '2606:4700::1111'), true)).toHaveLength(2);
    expect(await resolved(addressesOf('8.8.8.8'), false)).toBe('8.8.8.8');
  });

  it('is refused as soon as one address is not out on the internet', async () => {
    await expect(resolved(addressesOf('8.8.8.8', '10.0.0.1'), true)).rejects.toThrow(/not sent to/);
    await expect(resolved(addressesOf('127.0.0.1'), false)).rejects.toThrow(/not sent to/);
    await expect(resolved(addressesOf(), true)).rejects.toThrow(/not sent to/);
  });
});

describe('the URL of an endpoint', () => {
  it.each(['https://sp.example.jp/hooks', 'https://sp.example.jp:8443/hooks?of=us', 'https://[2606:4700::1111]/'])(
    '%s is taken',
    (url) => expect(webhookUrlOf(url, { allowLoopback: false }).href).toBe(url),
  );

  it.each([...REFUSED.split(/\s+/), `https://sp.example.jp/${'a'.repeat(2_000)}`])('%s is refused', (url) => {
    expect(() => webhookUrlOf(url, { allowLoopback: false })).toThrow(
      expect.objectContaining({ code: 'webhook_url_refused' }) as Error,
    );
  });

  it('may be of this machine, and plain, in development', () => {
    for (const url of ['http://127.0.0.1:8080/', 'http://localhost/', 'https://localhost/', 'http://[::1]/']) {
      expect(webhookUrlOf(url, { allowLoopback: true }).href).toBe(url);
    }
    expect(() => webhookUrlOf('http://sp.example.jp/', { allowLoopback: true })).toThrow(/https/);
  });
});
