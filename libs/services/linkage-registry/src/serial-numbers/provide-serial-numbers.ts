import { SealingKeysDirectory } from '@kakunin/status-feed/sealing-keys-directory';
import type { Provider } from '@nestjs/common';
import { SerialNumbers } from './serial-numbers.ts';

export const provideSerialNumbers = ({
  sealingKeysDirectory,
}: {
  sealingKeysDirectory?: string | undefined;
}): Provider[] => [
  { provide: SealingKeysDirectory, useFactory: () => new SealingKeysDirectory(sealingKeysDirectory) },
  SerialNumbers,
];
