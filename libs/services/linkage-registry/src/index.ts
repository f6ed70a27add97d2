export { linkageRegistry } from './linkage-registry.ts';
