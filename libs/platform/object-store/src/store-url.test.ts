import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { objectStoreUrl, parseStoreUrl } from './store-url.ts';

describe('parseStoreUrl', () => {
  it.each([
    ['file:.kakunin/published', resolve('.kakunin/published')],
    ['file:published', resolve('published')],
    ['file:/var/lib/kakunin', '/var/lib/kakunin'],
    ['file:///var/lib/kakunin', '/var/lib/kakunin'],
  ])('reads %s as a directory', (text, directory) => {
    expect(parseStoreUrl(text)).toEqual({ kind: 'directory', directory });
  });

  it.each([
    ['s3://crls', { bucket: 'crls', prefix: '' }],
    ['s3://crls/', { bucket: 'crls', prefix: '' }],
    ['s3://crls/a/b/', { bucket: 'crls', prefix: 'a/b/' }],
    ['s3://crls/a?region=ap-northeast-1', { bucket: 'crls', prefix: 'a/', region: 'ap-northeast-1' }],
    [
      's3://crls/?endpoint=https://store.example.jp:9000&region=jp',
      { bucket: 'crls', prefix: '', endpoint: 'https://store.example.jp:9000', region: 'jp' },
    ],
  ])('reads %s as a bucket', (text, location) => {
    expect(parseStoreUrl(text)).toEqual({ kind: 's3', ...location });
  });

  it.each([
    '',
    'file:',
    'crls',
    '/var/lib',
    's3:crls',
    's3://',
    's3://key:secret@crls',
    's3://crls/?endpoint=nowhere',
    's3://crls/?regoin=x',
    'https://crls',
  ])('knows no store %j', (text) => {
    expect(parseStoreUrl(text)).toBeUndefined();
    expect(objectStoreUrl.safeParse(text).success).toBe(false);
  });
});
