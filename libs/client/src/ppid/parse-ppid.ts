import { parsePpid as parse } from '@kakunin/linkage';

/**
 * Reads a ppid that a person may have typed: any case, full-width, with hyphens or spaces. Its check symbol finds every
 * single wrong symbol and every swap of two neighbours.
 * @returns the ppid as the registry writes it; undefined when it is none
 */
export const parsePpid: (text: string) => string | undefined = parse;
