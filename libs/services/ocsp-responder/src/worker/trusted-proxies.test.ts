import { expect, test } from 'vitest';
import { parseTrustedProxies } from './trusted-proxies.ts';

test.each([
  ['10.0.0.1', '10.0.0.1', true],
  ['10.0.0.1', '10.0.0.2', false],
  ['10.0.0.0/8, 192.168.1.0/24', '192.168.1.77', true],
  ['10.0.0.0/8, 192.168.1.0/24', '192.168.2.77', false],
  ['10.0.0.0/8', '::ffff:10.1.2.3', true],
  ['fd00::/8', 'fd12::1', true],
  ['fd00::/8', '10.0.0.1', false],
  ['0.0.0.0/0', '203.0.113.9', true],
])('%s includes %s: %s', (text, address, included) => {
  expect(parseTrustedProxies(text)?.includes(address)).toBe(included);
});

test.each(['', 'proxy', '10.0.0', '10.0.0.1/33', '10.0.0.1/8/8', '10.0.0.1/x', '10.0.0.1,', 'fd00::/129'])(
  '%j is no list of addresses',
  (text) => expect(parseTrustedProxies(text)).toBeUndefined(),
);
