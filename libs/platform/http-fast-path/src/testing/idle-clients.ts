// A process of its own, because a process has only so many file descriptors: opens connections, each of which asks once.
import { once } from 'node:events';
import { connect } from 'node:net';
import { ordinaryPost } from './request.ts';

const AT_ONCE = 250;

const [port, count] = process.argv.slice(2).map(Number) as [number, number];

async function openIdle(): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.write(ordinaryPost());
  await once(socket, 'data');
}

for (let opened = 0; opened < count; opened += AT_ONCE) {
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - opened) }, openIdle));
}
process.send?.('open');
