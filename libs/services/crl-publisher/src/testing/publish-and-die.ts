// Publishes CRL 2 after CRL 1, and kills itself before the given one of the changes to the file system.
// node publish-and-die.ts <directory> <number of the change>
import fileSystem from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const [directory = '', before = ''] = process.argv.slice(2);
let changes = 0;
for (const name of ['mkdir', 'symlink', 'rename', 'link', 'rm', 'open'] as const) {
  const change = fileSystem[name] as (...parameters: unknown[]) => Promise<unknown>;
  const dying = (...parameters: unknown[]): Promise<unknown> => {
    if (++changes === Number(before)) process.kill(process.pid, 'SIGKILL');
    return change(...parameters);
  };
  Object.assign(fileSystem, { [name]: dying });
}
syncBuiltinESMExports();

const { publishNext } = await import('./publish-next.ts');
await publishNext(directory, 2n);
