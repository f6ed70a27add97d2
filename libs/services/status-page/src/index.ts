export { withStatusPage } from './with-status-page.ts';
