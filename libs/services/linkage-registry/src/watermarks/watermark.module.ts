import { Global, Module } from '@nestjs/common';
import { WatermarkPublisher } from './watermark-publisher.ts';

/** What the outbox tells how far the log is. */
export const WATERMARKS = Symbol('watermarks');

/** Global, so that the outbox's module finds it. */
@Global()
@Module({ providers: [{ provide: WATERMARKS, useClass: WatermarkPublisher }], exports: [WATERMARKS] })
export class WatermarkModule {}
