import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { zipOf } from '@kakunin/evidence';
import { type CrlSeries } from '@kakunin/publication';
import { StatusIndex } from '@kakunin/status-index';
import { createTestCa, InMemoryObjectStore, type IssuedCertificate, type TestCa } from '@kakunin/testing';
import { crlDistributionPoints } from '@kakunin/x509';
import { ArchivedCrls } from '../../archive/archived-crls.ts';
import { HOUR, SimulatedSeries } from '../../archive/testing/simulated-series.ts';
import { EvidenceBundles, type EvidenceQuestion } from '../evidence-bundles.ts';
import { PastStatuses } from '../past-status.ts';
import { TimeStamper } from '../time-stamper.ts';

const run = promisify(execFile);

/** Two years ago, when everything here happened; the certificates have expired since. */
export const THEN = Date.UTC(2024, 9, 1);
export const DAY = 24 * HOUR;

/** An authority with its past, and somebody who asks about it today. */
export class EvidenceBench {
  readonly store = new InMemoryObjectStore();
  readonly directory = mkdtempSync(join(tmpdir(), 'kakunin-evidence-'));
  readonly ca: TestCa;
  readonly #index = StatusIndex.create({ kind: 'sequential', first: '40000000' }, { partitions: true });
  #now = Date.UTC(2026, 10, 23);

  private constructor(ca: TestCa) {
    this.ca = ca;
  }

  static async create(): Promise<EvidenceBench> {
    return new EvidenceBench(await createTestCa({ notBefore: THEN - 365 * DAY, notAfter: THEN + 3_650 * DAY }));
  }

  series(series: Partial<CrlSeries> = {}): SimulatedSeries {
    return new SimulatedSeries(this.store, this.ca, { authorityId: 'a', ...series });
  }

  /** A certificate that has expired long ago. @param serial as in `entryOf` */
  async issue(
    serial: number,
    partition?: { readonly label: string; readonly url: string },
  ): Promise<IssuedCertificate> {
    const serialNumber = (0x40000000 + serial).toString(16);
    const [notBefore, notAfter] = [THEN - 100 * DAY, THEN + 100 * DAY];
    const extensions = partition ? [crlDistributionPoints(partition.url)] : [];
    const issued = await this.ca.issue({ serialNumber, notBefore, notAfter, extensions });
    this.#index.put(issued.certificate.serialNumberOctets, {
      notAfter,
      carrier: 'card',
      status: { status: 'good' },
      partition: partition?.label,
    });
    return issued;
  }

  bundles({ tsaUrl }: { readonly tsaUrl?: string } = {}): EvidenceBundles {
    const { archive } = this.series();
    const archived = new ArchivedCrls(archive);
    const status = {
      authority: { authorityId: 'a', certificate: Buffer.from(this.ca.certificate.der).toString('base64') },
      index: this.#index,
    };
    const feed = {
      get: (id: string) => (id === 'a' ? status : undefined),
      authorities: () => [status],
      partitionOf: (_: string, serial: Uint8Array) => this.#index.partitionOf(serial),
    };
    return new EvidenceBundles({
      store: this.store,
      feed: feed as never,
      statuses: new PastStatuses(archive, archived),
      archived,
      signerOf: async () => this.ca.credential,
      timeStamper: tsaUrl === undefined ? undefined : new TimeStamper(tsaUrl),
      // Each answer a second later than the last.
      clock: { now: () => (this.#now += 1_000) },
    });
  }

  /** The ZIP file, as it would be sent. */
  async zip(bundles: EvidenceBundles, question: EvidenceQuestion): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    for await (const piece of zipOf(await bundles.files(question))) pieces.push(Uint8Array.from(piece));
    return Buffer.concat(pieces);
  }

  /** Unpacks it with the JDK, into a folder that the commands run in. */
  async unpack(zip: Buffer): Promise<void> {
    writeFileSync(join(this.directory, 'evidence.zip'), zip);
    await run('jar', ['xf', 'evidence.zip'], { cwd: this.directory });
  }

  read(name: string): string {
    return readFileSync(join(this.directory, name), 'utf8');
  }

  /** What a command that the README names says, on both channels; also when it fails, as for a revoked certificate. */
  async command(name: string): Promise<string> {
    const readme = this.read('README.txt').replaceAll('\\\n', '');
    const command = readme.split('\n').find((line) => line.trim().startsWith(name));
    const parts = command?.trim().split(/\s+/) ?? [];
    const [program = '', ...parameters] = parts;
    return run(program, parameters, { cwd: this.directory }).then(
      ({ stdout, stderr }) => stdout + stderr,
      ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr,
    );
  }

  close(): void {
    rmSync(this.directory, { recursive: true });
  }
}
