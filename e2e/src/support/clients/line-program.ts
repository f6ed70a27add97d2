import { join } from 'node:path';
import { run, workspace } from '../processes.ts';

/** Where the clients lie that are not ours to write in TypeScript. */
export const clientFolder = (language: 'go' | 'java'): string => join(workspace, 'e2e/clients', language);

/** Gives a program questions, one a line with its fields apart by tabs. @returns its answers, one for each */
export async function askProgram(
  command: readonly [string, ...string[]],
  questions: readonly (readonly string[])[],
): Promise<readonly string[]> {
  const input = questions.map((fields) => `${fields.join('\t')}\n`).join('');
  const [program, ...parameters] = command;
  const { status, stdout, stderr } = await run(program, parameters, { input });
  const answers = stdout.trimEnd().split('\n');
  if (status !== 0 || answers.length !== questions.length) throw new Error(`${program} failed:\n${stdout}${stderr}`);
  return answers;
}
