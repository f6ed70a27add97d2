import { goProgram } from './go-program.ts';

/**
 * The load generator k6, built by Go the first time (two minutes).
 * @throws Error that says what to install
 */
export const k6Program = (): Promise<string> =>
  goProgram({ module: 'go.k6.io/k6', version: 'v1.8.1', need: 'Load campaigns need k6' });
