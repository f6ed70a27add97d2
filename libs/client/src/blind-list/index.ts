export { BlindListClientError, type BlindListClientErrorCode } from './blind-list-client-error.ts';
export { openBlindList } from './open-blind-list.ts';
export type {
  BlindListCrypto,
  BlindListFacts,
  BlindListGap,
  BlindListInput,
  BlindListQuestion,
  BlindListResult,
  OpenBlindList,
  SignedBlindList,
} from './types.ts';
