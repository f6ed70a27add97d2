import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DirectoryObjectStore } from '@kakunin/object-store';
import { pemSigningKey } from '@kakunin/signing-keys';
import type { TestCa } from '@kakunin/testing/test-ca';
import { parseCertificate } from '@kakunin/x509';
import { IssuingScene, type SceneParts } from './issuing-scene.ts';

const HOUR = 3_600_000;
const [HELD, LATER] = [1, 2];

/**
 * Publishes two sets of two partitions with their deltas, and leaves behind what another process needs to publish the third: the
 * authority's key, and when.
 */
export async function publishTwoSets(directory: string, ca: TestCa): Promise<void> {
  const scene = await openScene(directory, { ca });
  scene.put(HELD, '13101');
  scene.put(LATER, '13102');
  await scene.settle();
  scene.now += HOUR;
  scene.revoke(HELD, '13101', 'certificateHold');
  await scene.settle();
  writeFileSync(join(directory, 'ca.der'), ca.certificate.der);
  writeFileSync(join(directory, 'key.pem'), ca.keyPem);
  writeFileSync(join(directory, 'now'), String(scene.now + HOUR));
}

/**
 * A process that has just started, and is about to publish the third set: a hold was released, and another certificate revoked.
 * @param lastNumber that was allotted, whatever became of it
 */
export async function aboutToPublishTheThird(directory: string, lastNumber = 2n): Promise<IssuingScene> {
  const certificate = parseCertificate(readFileSync(join(directory, 'ca.der')));
  const key = pemSigningKey(readFileSync(join(directory, 'key.pem'), 'utf8'));
  const scene = await openScene(directory, {
    ca: { certificate, credential: { certificate: certificate.der, key } },
    lastNumber,
  });
  scene.now = Number(readFileSync(join(directory, 'now'), 'utf8'));
  scene.put(HELD, '13101');
  scene.revoke(LATER, '13102');
  return scene;
}

async function openScene(directory: string, parts: SceneParts): Promise<IssuingScene> {
  const scene = await IssuingScene.open({
    ...parts,
    store: await DirectoryObjectStore.at(join(directory, 'published')),
  });
  scene.profile = { ...scene.profile, whole: false };
  return scene;
}
