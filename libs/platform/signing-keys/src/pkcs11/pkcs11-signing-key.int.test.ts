import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { createSoftHsm, type SoftHsm } from '@kakunin/testing/soft-hsm';
import { createTestCa, type IssuedCertificate, type TestKeyType } from '@kakunin/testing/test-ca';
import { signatureAlgorithmIdentifier, type SigningKey, verifySignature } from '@kakunin/x509';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Pkcs11Key } from './pkcs11-file.ts';
import { openPkcs11Key } from './pkcs11-signing-key.ts';
import type { TokenReference } from './token-protocol.ts';

const TYPES = ['rsa', 'p256', 'p384', 'ed25519'] as const satisfies readonly TestKeyType[];

let hsm: SoftHsm;
const issued = new Map<TestKeyType, IssuedCertificate>();
beforeAll(async () => {
  const ca = await createTestCa();
  hsm = await createSoftHsm();
  for (const keyType of TYPES) {
    const responder = await ca.issueResponder({ keyType });
    issued.set(keyType, responder);
    await hsm.importKey(responder.privateKey, keyType);
  }
  await hsm.importKey(issued.get('p256')!.privateKey, 'twice');
  await hsm.importKey(issued.get('p256')!.privateKey, 'twice');
});
afterAll(() => hsm.remove());

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kakunin-pkcs11-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** A token that no other test has entered: each reference has a process of its own. */
function keyNamed(label: string, token: Partial<TokenReference> = {}, timeLimit = 20_000): Pkcs11Key {
  const { module, tokenLabel, pinFile } = hsm;
  return {
    token: { module, tokenLabel, slot: undefined, pinFile, sessions: 2, ...token },
    key: { label, id: undefined },
    timeLimit,
  };
}

const certificateOf = (keyType: TestKeyType) => issued.get(keyType)!.certificate;
const data = Buffer.from('確認');

const isGood = ({ algorithm, publicKey }: SigningKey, signature: Uint8Array): boolean =>
  verifySignature({ signatureAlgorithm: signatureAlgorithmIdentifier[algorithm], publicKey, data, signature });

test.each(TYPES)('%s signs, also what comes in pieces', async (keyType) => {
  const key = await openPkcs11Key(keyNamed(keyType), certificateOf(keyType));
  expect(key.signNow).toBeUndefined();
  expect(isGood(key, await key.sign(data))).toBe(true);
  expect(isGood(key, await key.signChunks([data.subarray(0, 2), data.subarray(2)]))).toBe(true);
});

test('a key is found by its id too, and a token by its slot', async () => {
  const list = execFileSync('softhsm2-util', ['--show-slots']).toString();
  const slot = Number(/^Slot (\d+)/m.exec(list)![1]);
  const reference = keyNamed('p256', { slot, tokenLabel: undefined });
  const key = await openPkcs11Key({ ...reference, key: { label: undefined, id: 'a1' } }, certificateOf('p256'));
  expect(isGood(key, await key.sign(data))).toBe(true);
});

test('more signatures than sessions wait for one another', async () => {
  const key = await openPkcs11Key(keyNamed('p256'), certificateOf('p256'));
  const signatures = await Promise.all(Array.from({ length: 50 }, () => key.sign(data)));
  expect(signatures.every((signature) => isGood(key, signature))).toBe(true);
});

describe('is refused:', () => {
  const open = (reference: Pkcs11Key, keyType: TestKeyType = 'p256') =>
    openPkcs11Key(reference, certificateOf(keyType));
  const refusals = async (reference: Pkcs11Key, keyType?: TestKeyType) =>
    open(reference, keyType).then(
      () => 'none',
      ({ code, message }) => `${code}: ${message}`,
    );

  test.each<[string, () => Pkcs11Key, string]>([
    ['a key that is not there', () => keyNamed('nobody'), 'key_missing: The token holds no private key'],
    ['a name that two keys have', () => keyNamed('twice'), 'key_missing: The token holds several'],
    [
      'a token that is not there',
      () => keyNamed('p256', { tokenLabel: 'nowhere' }),
      'token_unavailable: The library has',
    ],
    [
      'a library that is none',
      () => keyNamed('p256', { module: '/dev/null' }),
      'token_unavailable: The token cannot be',
    ],
    [
      'a missing PIN',
      () => keyNamed('p256', { pinFile: join(directory, 'none') }),
      'token_unavailable: The token cannot',
    ],
  ])('%s', async (_, reference, refusal) => {
    expect(await refusals(reference())).toContain(refusal);
  });

  test('the key of another certificate', async () => {
    const renewed = await (await createTestCa()).issueResponder({ keyType: 'p256' });
    await expect(openPkcs11Key(keyNamed('p256'), renewed.certificate)).rejects.toMatchObject({ code: 'key_differs' });
    await expect(open(keyNamed('rsa'), 'p256')).rejects.toMatchObject({ code: expect.stringMatching(/token|differs/) });
  });

  test('a PIN, once: it is not given a second time before its file has changed', async () => {
    const pinFile = join(directory, 'pin');
    await writeFile(pinFile, '13579');
    const reference = keyNamed('p256', { pinFile });
    expect(await refusals(reference)).toContain('pin_refused: The token refuses the PIN (CKR_PIN_INCORRECT)');
    expect(await refusals(reference)).toContain('pin_refused: The token refused the PIN; it is tried again when');
    await writeFile(pinFile, '246810');
    expect(await refusals(reference)).toBe('none');
  });
});

describe('trouble', () => {
  const failed = expect.objectContaining({ code: 'signer_failed' });
  /** Long enough for the pause after a failure. */
  const recovered = (key: SigningKey) =>
    expect.poll(async () => isGood(key, await key.sign(data).catch(() => Buffer.of())), { timeout: 20_000 }).toBe(true);

  test('a token that was away signs when it is back', async () => {
    const key = await openPkcs11Key(keyNamed('p256', { sessions: 3 }), certificateOf('p256'));
    await hsm.takeAway();
    await expect(key.sign(data)).rejects.toEqual(failed);
    await expect(key.sign(data)).rejects.toEqual(failed);
    await hsm.putBack();
    await recovered(key);
  });

  test('a library that hangs ends with its time, and holds nobody up; the next try begins anew', async () => {
    const module = join(directory, 'module.so');
    // The loader waits for ever for somebody to write to the pipe.
    execFileSync('mkfifo', [module]);
    let turns = 0;
    const turning = setInterval(() => (turns += 1), 5);
    await expect(openPkcs11Key(keyNamed('p256', { module }, 500), certificateOf('p256'))).rejects.toMatchObject({
      code: 'token_unavailable',
      message: 'The token did not sign within 0.5 s.',
    });
    clearInterval(turning);
    expect(turns).toBeGreaterThan(10);

    await symlink(hsm.module, join(directory, 'real.so'));
    await rename(join(directory, 'real.so'), module);
    const key = await openPkcs11Key(keyNamed('p256', { module }), certificateOf('p256'));
    expect(isGood(key, await key.sign(data))).toBe(true);
  });

  test('a process that dies fails who waits for it, and the next one signs', async () => {
    const key = await openPkcs11Key(keyNamed('p256', { sessions: 4 }), certificateOf('p256'));
    const signatures = Array.from({ length: 100 }, () => key.sign(data));
    const [died] = [Promise.allSettled(signatures), killTokens()];
    const outcomes = await died;
    expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true);
    await recovered(key);
  });

  test('two worker threads have sessions of their own: one that ends takes none from the other', async () => {
    const key = keyNamed('p256');
    const before = tokens();
    const threads = [1, 2].map(() => {
      return new Worker(new URL('../testing/sign-in-thread.ts', import.meta.url), {
        execArgv: ['--conditions=@kakunin/source'],
        workerData: { key, certificate: issued.get('p256')!.certificate.der },
      });
    });
    const signIn = async (thread: Worker) => {
      thread.postMessage(data);
      const [signature] = await once(thread, 'message');
      return verifySignature({
        signatureAlgorithm: signatureAlgorithmIdentifier['ecdsa-p256-sha256'],
        publicKey: certificateOf('p256').publicKey,
        data,
        signature,
      });
    };
    // One after the other: SoftHSM's store now and then fails two processes that open it in the same instant.
    for (const thread of threads) expect(await signIn(thread)).toBe(true);
    expect(await Promise.all(threads.map(signIn))).toEqual([true, true]);
    await threads[0]!.terminate();
    expect(await signIn(threads[1]!)).toBe(true);
    await threads[1]!.terminate();
    // Their processes end with them.
    await expect.poll(tokens, { timeout: 20_000 }).toEqual(before);
  });

  test('a process that nobody has asked for a minute ends by itself, and the key signs on', async () => {
    const before = tokens();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const key = await openPkcs11Key(keyNamed('p256', { sessions: 1 }), certificateOf('p256'));
    expect(tokens()).toHaveLength(before.length + 1);
    vi.advanceTimersByTime(60_000);
    vi.useRealTimers();
    await expect.poll(tokens, { timeout: 20_000 }).toEqual(before);
    expect(isGood(key, await key.sign(data))).toBe(true);
  });
});

/** Processes of tokens that this one has started, itself or in a thread. */
const tokens = (): readonly number[] =>
  spawnSync('pgrep', ['-P', String(process.pid), '-f', 'token-main'])
    .stdout.toString()
    .split('\n')
    .filter(Boolean)
    .map(Number);

function killTokens(): void {
  for (const id of tokens()) process.kill(id, 'SIGKILL');
}
