// The process of one token: it alone loads the manufacturer's library. See token-process.ts for why.
import { SigningKeyError } from '../signing-key-error.ts';
import { Token } from './token.ts';
import type { NumberedReply, NumberedRequest, TokenFault, TokenReference } from './token-protocol.ts';

// Ctrl-C goes to the parent's processes all at once: this one is needed until the parent has answered everybody.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);

process.once('message', (reference: TokenReference) => {
  const opened = Token.open(reference);
  // Whoever asks for a signature is told.
  opened.catch(() => undefined);
  let underWay = 0;

  process.on('message', async ({ id, ...request }: NumberedRequest) => {
    underWay += 1;
    try {
      const token = await opened;
      reply({ id, result: await token.answer(request) });
    } catch (error) {
      reply({ id, fault: faultOf(error) });
    } finally {
      underWay -= 1;
    }
  });

  process.once('disconnect', () => {
    // A signature that is under way may hang, and with it every orderly end.
    if (underWay > 0) process.kill(process.pid, 'SIGKILL');
    void opened.then(
      (token) => token.close(),
      () => undefined,
    );
  });
});

function reply(message: NumberedReply): void {
  // The parent may have gone meanwhile.
  if (process.connected) process.send?.(message);
}

function faultOf(error: unknown): TokenFault {
  if (error instanceof SigningKeyError) return { code: error.code, message: error.message };
  // CKR_DEVICE_REMOVED and the like, or why the library or the PIN file cannot be read.
  const { message } = error as Error;
  return { code: 'token_unavailable', message: `The token cannot be used: ${message}.` };
}
