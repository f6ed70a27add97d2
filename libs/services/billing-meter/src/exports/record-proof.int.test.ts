import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ClosingScene } from '../testing/closing-scene.ts';
import { jst, usageEvent } from '../testing/usage-events.ts';

let scene: ClosingScene;
beforeAll(async () => {
  scene = await ClosingScene.open();
  scene.meter.now = jst('2026-11-01T09:00:00');
  const time = jst('2026-10-15T12:00:00');
  await scene.record([usageEvent({ time }), usageEvent({ time, platformProvider: 'pf-b' })]);
});
afterAll(() => scene.close());

const read = async (query: string) => {
  const answer = await scene.meter.get(`/billing/2026-10/records${query}`, 'finance');
  expect(answer.status).toBe(200);
  return { ...answer, text: answer.octets.toString('utf8') };
};
const proofOf = async (query: string): Promise<{ checksum: string; signature: string }> => {
  const { status, body } = await scene.meter.get(`/billing/2026-10/records/proof${query}`, 'finance');
  expect(status).toBe(200);
  const last = JSON.parse(body.trimEnd().split('\n').at(-1) ?? '') as {
    result: { checksum: string; signature: string };
  };
  return last.result;
};

it('usage records of a month that may still change are not signed', async () => {
  expect((await scene.meter.get('/billing/2026-10/records/proof', 'finance')).status).toBe(409);
});

it('usage records of a closed month are signed by their hash, and with `until` stay what was signed', async () => {
  await scene.closeMonth('2026-10');
  const until = scene.meter.now;
  expect((await scene.meter.get(`/billing/2026-10/records?until=${until}`, 'finance')).status).toBe(400);
  scene.meter.now += 7_200_000;
  const before = await read(`?until=${until}`);
  const proof = await proofOf(`?until=${until}`);
  // A journal that was away: its own never goes back.
  await scene.record([usageEvent({ time: jst('2026-10-20T00:00:00') })], { producer: 'f'.repeat(32) });
  expect((await read(`?until=${until}`)).text).toBe(before.text);
  expect(await proofOf(`?until=${until}`)).toEqual(proof);
  expect((await read('')).text).not.toBe(before.text);
  expect((await proofOf('')).checksum).not.toBe(proof.checksum);

  const folder = mkdtempSync(join(tmpdir(), 'kakunin-records-'));
  const write = (name: string, content: Uint8Array): string => {
    writeFileSync(join(folder, name), content);
    return name;
  };
  write('usage-records-2026-10.csv', before.octets);
  const text = write('usage-records-2026-10.csv.sha256', Buffer.from(proof.checksum));
  const signature = write(`${text}.sig`, Buffer.from(proof.signature, 'base64'));
  const key = write('kakunin.pem', (await scene.meter.get('/signing-key', 'finance')).octets);
  const shell = (...[command, ...args]: [string, ...string[]]) =>
    execFileSync(command, args, { cwd: folder }).toString();
  expect(shell('sha256sum', '-c', text)).toBe('usage-records-2026-10.csv: OK\n');
  expect(
    shell('openssl', 'pkeyutl', '-verify', '-pubin', '-inkey', key, '-rawin', '-in', text, '-sigfile', signature),
  ).toContain('Signature Verified Successfully');
  rmSync(folder, { recursive: true });
});
