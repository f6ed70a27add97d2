import { expect, test } from 'vitest';
import { partitionOf } from './partitioner.ts';

// The hashes are those of org.apache.kafka.common.utils.UtilsTest.testMurmur2.
test.each([
  ['21', -973_932_308],
  ['foobar', -790_332_482],
  ['a-little-bit-long-string', -985_981_536],
  ['a-little-bit-longer-string', -1_486_304_829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58_897_971],
  ['abc', 479_470_107],
])('%s lies where the Java client puts it', (key, hash) => {
  for (const partitions of [1, 7, 8, 1000, 0x7fffffff]) {
    expect(partitionOf(key, partitions)).toBe((hash & 0x7fffffff) % partitions);
  }
});
