import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CertificateRequest, IssuedCertificate, TestCa } from '@kakunin/testing/test-ca';
import { DEFAULT_POLICY } from '../signing/authority-policy.ts';
import { ResponderSigners } from '../signing/responder-signers.ts';
import type { SigningAuthority } from '../signing/responder-signers.ts';
import type { ResponderSigner } from '../signing/responder-signer.ts';

/** An authority, its folder of keys, and the signers that follow it; time stands until it is set. */
export class SignersBench {
  readonly authority: SigningAuthority;
  /** What the signers know; empty it for a responder that has just started. */
  authorities: SigningAuthority[];
  readonly lines: string[] = [];
  now = Date.now();
  readonly #ca: TestCa;
  readonly #directory = mkdtempSync(join(tmpdir(), 'kakunin-signers-'));
  #signers: ResponderSigners | undefined;

  constructor(ca: TestCa) {
    this.#ca = ca;
    this.authority = { authorityId: 'signature-g1', certificate: ca.certificate };
    this.authorities = [this.authority];
  }

  /** As an operator does it: a new file, then a rename over the old one. */
  putFile(folder: string, name: string, content: string): void {
    mkdirSync(this.path(folder), { recursive: true });
    writeFileSync(join(this.#directory, 'new'), content);
    renameSync(join(this.#directory, 'new'), this.path(folder, name));
  }

  put({ keyPem, certificatePem }: IssuedCertificate, folder = ''): void {
    this.putFile(folder, 'key.pem', keyPem);
    this.putFile(folder, 'certificate.pem', certificatePem);
  }

  removeFile(folder: string, name: string): void {
    rmSync(this.path(folder, name));
  }

  putPolicy(policy: unknown): void {
    this.putFile('', 'policy.json', typeof policy === 'string' ? policy : JSON.stringify(policy));
  }

  path(...parts: readonly string[]): string {
    return join(this.#directory, this.authority.authorityId, ...parts);
  }

  issueResponders(...requests: readonly CertificateRequest[]): Promise<IssuedCertificate[]> {
    return Promise.all(requests.map((request) => this.#ca.issueResponder(request)));
  }

  async open(): Promise<ResponderSigners> {
    const say = (line: string): void => void this.lines.push(line);
    this.#signers = await ResponderSigners.open({
      directory: this.#directory,
      source: {
        get: (id) => this.authorities.find(({ authorityId }) => authorityId === id),
        all: () => this.authorities,
      },
      defaults: DEFAULT_POLICY,
      clock: { now: () => this.now },
      log: { info: say, warn: say },
    });
    return this.#signers;
  }

  async close(): Promise<void> {
    await this.#signers?.close();
    rmSync(this.#directory, { recursive: true });
  }
}

export const isOf = (signer: ResponderSigner | undefined, { certificate }: IssuedCertificate): boolean =>
  signer?.certificate.serialNumber === certificate.serialNumber;
