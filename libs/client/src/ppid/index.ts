export { parsePpid } from './parse-ppid.ts';
export { type PpidMap, PpidMapError, type PpidMapOptions, verifyPpidMap } from './verify-ppid-map.ts';
