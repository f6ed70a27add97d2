import { Agent, request } from 'node:https';
import type { AgentOptions } from 'node:https';

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

const send = (to: { agent: Agent; port: number; path: string }, body: string): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sending = request({ host: '127.0.0.1', method: 'POST', headers, ...to }, async (response) => {
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk as string;
      resolve({ status: response.statusCode ?? 0, body: text });
    });
    sending.on('error', reject);
    sending.end(body);
  });
