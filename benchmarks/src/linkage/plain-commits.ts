import { Client } from 'pg';

const COMMITS = 500;

/** What a server carries when each row is a transaction and the next begins when it is durable: `pgbench` with one client. */
export async function plainCommits(databaseUrl: string): Promise<number> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('CREATE TABLE plain_commit (number int PRIMARY KEY, note text NOT NULL)');
    const began = performance.now();
    for (let number = 0; number < COMMITS; number += 1) {
      await client.query({ name: 'plain commit', text: INSERT, values: [number] });
    }
    return (COMMITS * 1_000) / (performance.now() - began);
  } finally {
    await client.query('DROP TABLE IF EXISTS plain_commit');
    await client.end();
  }
}

const INSERT = `INSERT INTO plain_commit (number, note) VALUES ($1, 'as long as the note of an event, more or less')`;
