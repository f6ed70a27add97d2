import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/**
 * Says `100 Continue` (RFC 9110, 10.1.1) when it is the request's turn to be answered. Node itself says it at once, and
 * when requests are pipelined it ends up between the head and the body of an answer.
 */
export function continueInTurn(server: Server): void {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    // Whoever has not waited for it has his answer already.
    const goOn = (): void => void (response.headersSent || response.writeContinue());
    if (response.socket) goOn();
    else response.once('socket', goOn);
    server.emit('request', request, response);
  });
}
