import { goProgram } from '../go-program.ts';

/**
 * The program of an S3 server, built by Go the first time.
 * @throws Error that says what to install
 */
export const versitygw = (): Promise<string> =>
  goProgram({
    module: 'github.com/versity/versitygw/cmd/versitygw',
    version: 'v1.8.0',
    need: 'Tests of object stores need an S3 server',
  });
