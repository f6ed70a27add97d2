export {
  BlindListBuilder,
  type BlindListPlan,
  type BlindListTimes,
  CERTIFICATES_A_BLOCK,
} from './blind-list-builder.ts';
export { type BlindListAnswer, BlindListChain, type BlindListSubject, type NotCovered } from './blind-list-chain.ts';
export { BlindListError, type BlindListErrorCode } from './blind-list-error.ts';
export { BlindList } from './blind-list.ts';
export { entropyBound } from './entropy-bound.ts';
export type { BlindListHeader, BlindListId } from './header.ts';
export { memoryPartitions, type Partitions } from './partitions.ts';
