export { BlindListClientError, type BlindListClientErrorCode } from './blind-list-client-error.ts';
export { fetchBlindList } from './fetch-blind-list.ts';
export { openBlindList } from './open-blind-list.ts';
export type {
  BlindListCrypto,
  BlindListFacts,
  BlindListFiles,
  BlindListGap,
  BlindListInput,
  BlindListQuestion,
  BlindListResult,
  BlindListSource,
  FetchedBlindListFile,
  OpenBlindList,
  SignedBlindList,
} from './types.ts';
