export { type MatchingOptions, type MatchingTag, matchingTags } from './matching-tags.ts';
