import { Agent, request } from 'node:https';
import type { AgentOptions } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

export interface HttpsLoad {
  readonly port: number;
  readonly path: string;
  /** Each is sent once. */
  readonly bodies: readonly string[];
  readonly connections: number;
  readonly tls: AgentOptions;
}

export interface Answered {
  readonly status: number;
  readonly body: string;
  /** From sending to the whole answer. */
  readonly milliseconds: number;
}

/** Sends every body once, over kept connections that are all busy. @returns the answers, in the order of the bodies */
export async function sendEach({ port, path, bodies, connections, tls }: HttpsLoad): Promise<readonly Answered[]> {
  const agent = new Agent({ ...tls, keepAlive: true, maxSockets: connections, servername: 'localhost' });
  const answers: Answered[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < bodies.length; at = next++) {
      answers[at] = await send({ agent, port, path }, bodies[at]!);
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  agent.destroy();
  return answers;
}

/** Sends every body once, at its time whether or not the ones before are answered. @returns the answers, in the order of the bodies */
export async function sendPaced(load: HttpsLoad & { readonly perSecond: number }): Promise<readonly Answered[]> {
  const { port, path, bodies, connections, tls, perSecond } = load;
  const agent = new Agent({ ...tls, keepAlive: true, maxSockets: connections, servername: 'localhost' });
  const began = performance.now();
  const answers = await Promise.all(
    bodies.map(async (body, index) => {
      await sleep(Math.max(0, began + (index * 1_000) / perSecond - performance.now()));
      return send({ agent, port, path }, body);
    }),
  );
  agent.destroy();
  return answers;
}

/** The share-th of how long the answers took, milliseconds. */
export function percentile(answers: readonly Answered[], share: number): number {
  const sorted = answers.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

const send = (to: { agent: Agent; port: number; path: string }, body: string): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = performance.now();
    const sending = request({ host: '127.0.0.1', method: 'POST', headers, ...to }, async (response) => {
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk as string;
      resolve({ status: response.statusCode ?? 0, body: text, milliseconds: performance.now() - sent });
    });
    sending.on('error', (error: NodeJS.ErrnoException) => {
      // The server has just closed a connection that nobody used for a while.
      if (sending.reusedSocket && error.code === 'ECONNRESET') resolve(send(to, body));
      else reject(error);
    });
    sending.end(body);
  });
