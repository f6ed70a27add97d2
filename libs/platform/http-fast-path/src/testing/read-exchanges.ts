import { readFileSync } from 'node:fs';

/** One exchange of `exchanges.txt`. */
export interface ScriptedExchange {
  readonly name: string;
  readonly octets: Buffer;
  /** `way status [body]`, one for each answer. */
  readonly answers: readonly string[];
}

/** Reads the script beside this file; it explains its own form. */
export function readExchanges(): ScriptedExchange[] {
  const script = readFileSync(new URL('./exchanges.txt', import.meta.url), 'utf8');
  return script.split(/^== /m).slice(1).map(readExchange);
}

function readExchange(text: string): ScriptedExchange {
  const [name = '', ...lines] = text.trimEnd().split('\n');
  const sent = lines.map((line) =>
    line.startsWith('>') ? `${line.slice(2)}\\r\\n` : line.startsWith('|') ? line.slice(2) : '',
  );
  const answers = lines.filter((line) => line.startsWith('<')).map((line) => line.slice(2));
  return { name, octets: Buffer.from(unescape(sent.join('')), 'latin1'), answers };
}

function unescape(text: string): string {
  const octets: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '0': '\0' };
  return text.replace(/\\(?:x([0-9a-f]{2})|(.))/g, (_, code: string | undefined, letter: string) =>
    code === undefined ? octets[letter]! : String.fromCharCode(parseInt(code, 16)),
  );
}
