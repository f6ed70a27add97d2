import { Client } from 'pg';
import { toEventLogError } from './errors.ts';

const ANSWER_LIMIT_MILLISECONDS = 10_000;

/**
 * One connection that its owner keeps, for what is bound to a connection: LISTEN and advisory locks. Statements run one
 * after the other; when the connection breaks, everything fails from then on and `onLost` is told once.
 */
export class Session {
  private last: Promise<unknown> = Promise.resolve();
  private lost = false;

  private constructor(private readonly client: Client) {}

  static async open(url: string, onLost: () => void): Promise<Session> {
    const client = new Client({
      connectionString: url,
      connectionTimeoutMillis: ANSWER_LIMIT_MILLISECONDS,
      query_timeout: ANSWER_LIMIT_MILLISECONDS,
      keepAlive: true,
      // The server gives the locks of a machine that vanished back after half a minute, not after two hours.
      options: '-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3',
    });
    const session = new Session(client);
    const lose = (): void => {
      if (session.lost) return;
      session.lost = true;
      onLost();
    };
    client.on('error', lose);
    client.on('end', lose);
    try {
      await client.connect();
    } catch (error) {
      throw toEventLogError(error);
    }
    return session;
  }

  onNotification(listener: (payload: string) => void): void {
    this.client.on('notification', ({ payload }) => listener(payload ?? ''));
  }

  /** @throws EventLogError */
  query<R extends object>(text: string, values: unknown[] = []): Promise<readonly R[]> {
    const answer = this.last.then(() => this.client.query<R & Record<string, unknown>>(text, values));
    this.last = answer.catch(() => undefined);
    return answer.then(
      ({ rows }) => rows,
      (error: unknown) => {
        throw toEventLogError(error);
      },
    );
  }

  async close(): Promise<void> {
    this.lost = true;
    await this.last;
    await this.client.end().catch(() => undefined);
  }
}
