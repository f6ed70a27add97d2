import { join } from 'node:path';
import type { IndependentClient } from './independent-client.ts';
import { askProgram, clientFolder } from './line-program.ts';

/** The JDK's PKIXRevocationChecker, with a nonce. */
export const javaClient: IndependentClient = {
  name: 'Java',
  hashAlgorithms: ['sha1'],
  cannotVerify: [],
  ask: (questions) =>
    askProgram(
      ['java', join(clientFolder('java'), 'CheckRevocation.java')],
      questions.map((asked) => [asked.url, asked.authorityFile, asked.certificateFile]),
    ),
};
