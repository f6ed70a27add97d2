// A worker thread that signs once for each message, as one of the responder's does: sources, stripped of their types.
import { parentPort, workerData } from 'node:worker_threads';
import { parseCertificate } from '@kakunin/x509';
import type { Pkcs11Key } from '../pkcs11/pkcs11-file.ts';
import { openPkcs11Key } from '../pkcs11/pkcs11-signing-key.ts';

const { key, certificate } = workerData as { readonly key: Pkcs11Key; readonly certificate: Uint8Array };
const opened = openPkcs11Key(key, parseCertificate(certificate));

parentPort?.on('message', async (data: Uint8Array) => {
  parentPort?.postMessage(await (await opened).sign(data));
});
