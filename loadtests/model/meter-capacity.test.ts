import { expect, test } from 'vitest';
import type { Load } from './capacity.ts';
import { MEASURED } from './measured.ts';
import { meterOf } from './meter-capacity.ts';
import { POLICY } from './policy.ts';

const LOAD: Load = {
  checksASecond: 1000,
  checksADay: 10_000_000,
  checksAMonth: 100_000_000,
  relyingParties: 100,
  issuedCertificates: 1,
  liveEntries: 0,
  crlOctetsASecond: 0,
};

const meter = (load: Partial<Load>, workers: number) =>
  meterOf({ ...LOAD, ...load }, MEASURED, { policy: POLICY, workers });

test('a thousand checks a second, reckoned by hand', () => {
  const { cores, brokerOctetsASecond, brokerDisk, objectOctetsAYear } = meter({}, 4);
  expect(cores).toBeCloseTo((1000 * (3 + 34)) / 1e6 / 0.6, 12);
  expect(brokerOctetsASecond).toBe(1000 * 88 * 3);
  expect(brokerDisk).toBeCloseTo((10_000_000 * 88 * 7 * 3) / 0.7, 3);
  expect(objectOctetsAYear).toBe(100_000_000 * 12 * (88 + 355));
});

test('rows: counts of relying parties by minute and day, a segment a second and worker', () => {
  const counts = 100 * (2 * 600 + 12) * 30;
  expect(meter({}, 4).rowsAMonth).toBe(counts + 4 * 86_400 * 30);
  expect(meter({}, 4).databaseOctets).toBeCloseTo(((counts + 4 * 86_400 * 30) * 13 * 250) / 0.7, 3);
});

test('there are no more segments than checks', () => {
  expect(meter({ checksAMonth: 1000 }, 4).rowsAMonth).toBe(100 * (2 * 600 + 12) * 30 + 1000);
});

test('partitions: six, until what comes in takes more', () => {
  expect(meter({ checksASecond: 340_000 }, 4).partitions).toBe(6);
  expect(meter({ checksASecond: 400_000 }, 4).partitions).toBe(8);
});
