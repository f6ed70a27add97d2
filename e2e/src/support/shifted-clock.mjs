// Preload (`node --import`): the clock of this process and its threads is off by as many milliseconds as the file
// KAKUNIN_TEST_CLOCK_FILE says, and follows it while it runs.
import { readFileSync } from 'node:fs';

const INTERVAL_MS = 10;
const file = process.env.KAKUNIN_TEST_CLOCK_FILE;
const RealDate = Date;
const realNow = Date.now;
let offset = 0;

const read = () => {
  try {
    offset = Number(readFileSync(file, 'utf8')) || offset;
  } catch {
    // Not there yet.
  }
};
read();
setInterval(read, INTERVAL_MS).unref();

globalThis.Date = class Date extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(realNow() + offset);
    else super(...parts);
  }

  static now() {
    return realNow() + offset;
  }
};
