export type {
  Connection,
  Exchange,
  FastPath,
  FastPathFigures,
  FastPathOptions,
  LongResponse,
  RequestHead,
} from './fast-path.ts';
export { ResponseHead } from './response-head.ts';
export { takeOver } from './take-over.ts';
