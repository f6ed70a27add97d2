import { Readable } from 'node:stream';
import { authoritySchema } from '@kakunin/certificates';
import { LAST_KEY_VERSION, MOST_SERIALS_A_REQUEST } from '@kakunin/serial-allotment';
import { Body, Controller, Headers, HttpCode, Inject, Post, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { AllowCall } from '../calls/allow-call.ts';
import { type AllottedSerials, SerialNumbers } from './serial-numbers.ts';

const { authorityId } = authoritySchema.shape;
const requestSchema = z.strictObject({
  authorityId,
  requestId: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/)
    .describe('Chosen by the CA: the same request is given the same serial numbers again.'),
  count: z.int().min(1).max(MOST_SERIALS_A_REQUEST),
});
const allottedSchema = z.object({
  keyVersion: z.int(),
  serialNumbers: z.array(z.string()).describe('Lower-case hexadecimal, without leading zeros.'),
  honeySerialNumbers: z
    .array(z.string())
    .describe(
      'Of certificates that nobody holds: issue and register them without a holder, as a trap for thieves of lists.',
    ),
});
const rotationSchema = z.strictObject({ authorityId, keyVersion: z.int().min(2).max(LAST_KEY_VERSION) });
const rotatedSchema = z.object({ keyVersion: z.int() });

const LINES_TOGETHER = 1_024;

/** Sealed serial numbers, for the CA that puts them into certificates. */
@Controller('serial-numbers')
export class SerialNumbersController {
  constructor(@Inject(SerialNumbers) private readonly serialNumbers: SerialNumbers) {}

  /** Who accepts `text/plain` gets one in each line, as a stream. */
  @Post()
  @HttpCode(200)
  @AllowCall('allot_serial_numbers')
  @ApiProduces('application/json', 'text/plain')
  @ApiOkResponse({ standardSchema: allottedSchema })
  async allot(
    @Body({ schema: requestSchema }) { authorityId: id, ...request }: z.output<typeof requestSchema>,
    @Headers() { accept }: IncomingHttpHeaders,
  ): Promise<AllottedSerials | StreamableFile> {
    const allotted = await this.serialNumbers.allot(id, request);
    if (!accept?.includes('text/plain')) return allotted;
    return new StreamableFile(Readable.from(linesOf(allotted.serialNumbers)), { type: 'text/plain' });
  }

  /** From now on under the next key: responders and publisher must have it before. */
  @Post('rotations')
  @HttpCode(200)
  @AllowCall('rotate_sealing_key')
  @ApiOkResponse({ standardSchema: rotatedSchema })
  rotate(
    @Body({ schema: rotationSchema }) { authorityId: id, keyVersion }: z.output<typeof rotationSchema>,
  ): Promise<z.output<typeof rotatedSchema>> {
    return this.serialNumbers.rotate(id, keyVersion);
  }
}

function* linesOf(serialNumbers: readonly string[]): Generator<string> {
  for (let start = 0; start < serialNumbers.length; start += LINES_TOGETHER) {
    yield `${serialNumbers.slice(start, start + LINES_TOGETHER).join('\n')}\n`;
  }
}
