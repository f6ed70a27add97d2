import { join } from 'node:path';
import { DigestKeyDirectory } from '@kakunin/digest-keys';
import type { DigestKeyDirectoryInput } from '@kakunin/digest-keys';
import { ConfigError } from '@kakunin/runtime';
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { OcspConfig } from '../config.ts';

/** A key that is put there is taken up, and one whose time has come destroyed, after so long. */
const INTERVAL_MS = 60_000;

/** @throws ConfigError when there is no key for now, and none may be made */
export async function openDigestKeys(
  { dataDirectory, digestKeysDirectory, digestKeysKeptDays: keptDays }: OcspConfig,
  context: Pick<DigestKeyDirectoryInput, 'clock' | 'logger'>,
): Promise<DigestKeyDirectory> {
  const keys = new DigestKeyDirectory({
    ...context,
    directory: digestKeysDirectory ?? join(dataDirectory, 'digest-keys'),
    makesKeys: digestKeysDirectory === undefined,
    formerFile: join(dataDirectory, 'certificate-digest.key'),
    keptDays,
  });
  await keys.refresh();
  const { ok, detail } = keys.health;
  if (!ok) throw new ConfigError('ocsp-responder', [`KAKUNIN_OCSP_DIGEST_KEYS_DIRECTORY: ${detail}`]);
  return keys;
}

/** Looks after the keys now and then. @returns how to stop */
export function keepDigestKeys(keys: DigestKeyDirectory, onRead: () => void): () => void {
  let looking: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(() => keys.refresh()).then(onRead);
  }, INTERVAL_MS).unref();
  return () => clearInterval(timer);
}

export function registerDigestKeyMetrics(keys: DigestKeyDirectory, registry: Registry): void {
  registry.registerMetric(
    new Gauge({
      name: 'kakunin_ocsp_digest_keys_end_seconds',
      help: 'Until when there are digest keys, seconds since 1970: docs/runbooks/digest-keys.md.',
      registers: [],
      collect() {
        this.set(keys.coveredUntil / 1000);
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'kakunin_ocsp_digest_keys_overdue',
      help: 'Digest keys that should have been destroyed: docs/runbooks/digest-keys.md.',
      registers: [],
      collect() {
        this.set(keys.overdue);
      },
    }),
  );
  registry.registerMetric(
    new Counter({
      name: 'kakunin_ocsp_digest_keys_destroyed_total',
      help: 'Digest keys that were destroyed, as nobody may object to their years any more.',
      registers: [],
      collect() {
        this.reset();
        this.inc(keys.destroyed);
      },
    }),
  );
}
