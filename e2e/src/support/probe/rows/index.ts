import type { ProbeRow } from '../probe.ts';
import { ANSWER_ROWS } from './answers.ts';
import { CERT_ID_ROWS } from './cert-id.ts';
import { DER_ROWS } from './der.ts';
import { EXTENSION_ROWS } from './extensions.ts';
import { GET_ROWS } from './get.ts';
import { HTTP_ROWS } from './http.ts';
import { MESSAGE_ROWS } from './message.ts';

/** The strict probe: every row is a rule that any responder can be asked to keep. */
export const PROBE: Readonly<Record<string, readonly ProbeRow[]>> = {
  'Connections and POST': HTTP_ROWS,
  GET: GET_ROWS,
  DER: DER_ROWS,
  CertID: CERT_ID_ROWS,
  Extensions: EXTENSION_ROWS,
  'Messages and signatures': MESSAGE_ROWS,
  Answers: ANSWER_ROWS,
};
