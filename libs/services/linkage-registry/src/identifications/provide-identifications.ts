import type { Provider } from '@nestjs/common';
import { RegistryKeys } from '../signing/registry-keys.ts';
import { RegistryKeysController } from '../signing/registry-keys.controller.ts';
import { AttemptRecorder } from './attempt-recorder.ts';
import { ChallengeStore } from './challenge.store.ts';
import { Challenges } from './challenges.ts';
import { EvidenceSigner } from './evidence-signer.ts';
import { Examination } from './examination.ts';
import { IdentificationPoliciesController } from './identification-policies.controller.ts';
import { Identifications } from './identifications.ts';
import { IdentificationsController } from './identifications.controller.ts';
import { Issuers } from './issuers.ts';
import { Possession } from './possession.ts';
import { SerialDisclosuresController } from './serial-disclosures.controller.ts';

export const IDENTIFICATION_CONTROLLERS = [
  IdentificationsController,
  IdentificationPoliciesController,
  SerialDisclosuresController,
  RegistryKeysController,
];

/** Who names persons. */
export const IDENTIFICATION_PROVIDERS: readonly Provider[] = [
  RegistryKeys,
  Issuers,
  ChallengeStore,
  Challenges,
  Possession,
  Examination,
  AttemptRecorder,
  EvidenceSigner,
  Identifications,
];
