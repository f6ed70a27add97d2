import type { Authority } from '@kakunin/certificates';
import { Injectable } from '@nestjs/common';

/** Certificates that are issued and that nobody holds. */
@Injectable()
export class HoneyCertificates {
  has(_authority: Authority, _serialNumber: string): boolean {
    return false;
  }
}
