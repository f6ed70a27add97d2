import { describe } from 'vitest';
import { faults } from './faults.ts';
import { listing } from './listing.ts';
import { objects } from './objects.ts';
import { pointers } from './pointers.ts';
import type { ObjectStoreUnderTest } from './scene.ts';
import { staging } from './staging.ts';

/** What every adapter of `ObjectStore` must do. */
export function objectStoreContract(name: string, adapter: ObjectStoreUnderTest): void {
  describe(`${name} as an ObjectStore`, () => {
    describe('staging', () => staging(adapter));
    describe('objects', () => objects(adapter));
    describe('pointers', () => pointers(adapter));
    describe('listing and removing', () => listing(adapter));
    describe('faults', () => faults(adapter));
  });
}
