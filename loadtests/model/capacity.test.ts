import fc from 'fast-check';
import { expect, test } from 'vitest';
import { capacityOf, loadOf, microsecondsACheck } from './capacity.ts';
import type { Load } from './capacity.ts';
import { LEVELS } from './figure.ts';
import type { Figure } from './figure.ts';
import { ALGORITHMS, MEASURED } from './measured.ts';
import { POLICY } from './policy.ts';
import type { Policy } from './policy.ts';

const planOf = (load: Load, policy: Policy = POLICY) => capacityOf(load, MEASURED, policy);
const set = (figure: Figure, value: number): Figure => ({ ...figure, value });

const loads = fc.record<Load>({
  checksASecond: fc.double({ min: 1, max: 100_000, noNaN: true }),
  checksADay: fc.double({ min: 1, max: 1e9, noNaN: true }),
  checksAMonth: fc.double({ min: 1, max: 1e10, noNaN: true }),
  relyingParties: fc.integer({ min: 1, max: 20_000 }),
  issuedCertificates: fc.integer({ min: 1, max: 500_000_000 }),
  liveEntries: fc.integer({ min: 0, max: 100_000_000 }),
  crlOctetsASecond: fc.double({ min: 0, max: 1e10, noNaN: true }),
});

test.each(LEVELS)('%s: either site carries the whole peak, at most 60 % busy', (level) => {
  const { responders, sites } = planOf(loadOf(level));
  expect(sites).toBe(2);
  expect(responders.busyAlone).toBeLessThanOrEqual(0.6);
  expect(responders.busyShared).toBeCloseTo(responders.busyAlone / 2, 12);
});

test('the design point: 20,000 checks/s over two sites, 16,000 over one, the mid peak over one node', () => {
  const { responders } = planOf(loadOf('high'));
  const busyAt = (checksASecond: number, cores: number) =>
    (checksASecond * responders.microsecondsACheck) / 1e6 / cores;
  expect(busyAt(20_000, 2 * responders.cores)).toBeLessThan(0.6);
  expect(busyAt(16_000, responders.cores)).toBeLessThan(0.6);
  expect(busyAt(2384, POLICY.coresANode.value)).toBeLessThan(0.6);
});

test('for any load: one site down leaves enough, and a node fewer would not', () => {
  fc.assert(
    fc.property(loads, fc.constantFrom(...ALGORITHMS), (load, algorithm) => {
      const { responders } = planOf(load, { ...POLICY, algorithm });
      expect(responders.busyAlone).toBeLessThanOrEqual(0.6 + 1e-9);
      expect(responders.workersANode).toBeLessThanOrEqual(POLICY.coresANode.value);
      expect(responders.workersANode * responders.nodes * 0.6).toBeGreaterThanOrEqual(responders.busyCores - 1e-9);
      if (responders.nodes === POLICY.nodesASite.value) return;
      const fewer = (responders.nodes - 1) * POLICY.coresANode.value;
      expect(responders.busyCores / fewer).toBeGreaterThan(0.6 - 1e-9);
    }),
  );
});

test('more of anything never needs less of anything that is shared', () => {
  fc.assert(
    fc.property(loads, fc.constantFrom(...(Object.keys(loadOf('low')) as (keyof Load)[])), (load, grown) => {
      const [before, after] = [planOf(load), planOf({ ...load, [grown]: load[grown] * 1.5 })];
      for (const of of ['busyCores', 'nodes', 'bitsASecond'] as const)
        expect(after.responders[of]).toBeGreaterThanOrEqual(before.responders[of]);
      for (const of of Object.keys(before.meter) as (keyof typeof before.meter)[])
        expect(after.meter[of], of).toBeGreaterThanOrEqual(before.meter[of]);
      for (const of of Object.keys(before.publisher) as (keyof typeof before.publisher)[])
        expect(after.publisher[of], of).toBeGreaterThanOrEqual(before.publisher[of]);
      expect(after.databaseCores).toBeGreaterThanOrEqual(before.databaseCores);
      expect(after.registryOctets).toBeGreaterThanOrEqual(before.registryOctets);
    }),
  );
});

test('a site of the mid level may lose a node as well', () => {
  const { nodes, workersANode, busyCores } = planOf(loadOf('mid')).responders;
  expect(busyCores / ((nodes - 1) * workersANode)).toBeLessThanOrEqual(0.6);
});

test('the index is as large as it was measured', () => {
  const empty = planOf({ ...loadOf('low'), issuedCertificates: 0, liveEntries: 0 }).responders.memoryANode;
  const measuredOne = { ...loadOf('low'), issuedCertificates: 200_000_000, liveEntries: 20_000_000 };
  expect((planOf(measuredOne).responders.memoryANode - empty) * 0.6).toBeCloseTo(237_000_000, -3);
});

test('a third site changes nothing that one of them needs', () => {
  const three = planOf(loadOf('high'), { ...POLICY, sites: set(POLICY.sites, 3) }).responders;
  const two = planOf(loadOf('high')).responders;
  expect(three).toEqual({ ...two, busyShared: two.busyAlone / 3 });
});

test('a check costs more when it is signed anew, and when it opens a connection', () => {
  const at = (policy: Partial<Policy>) => microsecondsACheck(MEASURED, { ...POLICY, ...policy });
  const none = { liveShare: set(POLICY.liveShare, 0), handshakeShare: set(POLICY.handshakeShare, 0) };
  expect(at(none)).toBeCloseTo(26 + 36 + 3.5 + 3, 9);
  expect(at({ ...none, liveShare: set(POLICY.liveShare, 1) })).toBeCloseTo(1.17 * (38 + 776) + 42.5, 9);
  expect(at({ ...none, handshakeShare: set(POLICY.handshakeShare, 1) })).toBeCloseTo(68.5 + 2198, 9);
  expect(at({ algorithm: 'ecdsa-p256' })).toBeLessThan(at({ algorithm: 'rsa-2048' }));
});

test('memory holds the index whole, disk a day of journal', () => {
  const load = loadOf('high');
  const { responders } = planOf(load);
  expect(responders.memoryANode).toBeGreaterThan((200e6 * 0.25 + 35e6 * 9.35) / 0.6);
  expect(responders.diskANode * responders.nodes).toBeGreaterThan(load.checksASecond * 86_400 * 88);
});

test('cores of databases and brokers, reckoned by hand', () => {
  const cpu = { ...MEASURED.cpu, database: set(MEASURED.cpu.database, 600), broker: set(MEASURED.cpu.broker, 60) };
  const plan = capacityOf({ ...loadOf('low'), checksASecond: 1_000 }, { ...MEASURED, cpu }, POLICY);
  expect(plan.databaseCores).toBeCloseTo(1, 12);
  expect(plan.brokerCores).toBeCloseTo(0.1, 12);
});
