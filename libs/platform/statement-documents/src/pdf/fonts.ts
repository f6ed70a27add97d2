import { createRequire } from 'node:module';

const resolve = (name: string): string =>
  createRequire(import.meta.url).resolve(`@expo-google-fonts/biz-udpgothic/${name}`);

/** BIZ UDPGothic (SIL Open Font License 1.1): made for documents of offices, with digits of one width. */
export const FONT_FILES = {
  regular: resolve('400Regular/BIZUDPGothic_400Regular.ttf'),
  bold: resolve('700Bold/BIZUDPGothic_700Bold.ttf'),
};
