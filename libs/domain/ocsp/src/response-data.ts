import {
  constructed,
  contextConstructed,
  DerError,
  type DerReader,
  type DerValue,
  encodeDer,
  generalizedTime,
  octetString,
  sequence,
  TAG,
} from '@kakunin/der';
import { type Certificate, digest, encodeExtension, type Extension, readExtensions } from '@kakunin/x509';
import { encodeNonce, readNonce } from './nonce.ts';
import { OCSP } from './object-identifiers.ts';
import { encodeSingleResponse, readSingleResponse, type SingleResponse } from './single-response.ts';

/** ResponderID (RFC 6960, 4.2.1): DER of the responder's subject name, or SHA-1 of its public key bits. */
export type ResponderId = { readonly byName: Uint8Array } | { readonly byKey: Uint8Array };

/** The shorter form: 20 octets, whatever the name. */
export const responderIdByKey = (responder: Certificate): ResponderId => ({
  byKey: digest('sha1', responder.publicKeyBits),
});

/** The longer form, for clients that look a responder up by its name. */
export const responderIdByName = (responder: Certificate): ResponderId => ({ byName: responder.subject });

/** ResponseData (RFC 6960, 4.2.1), what a responder signs. */
export interface ResponseData {
  readonly responderId: ResponderId;
  /** Epoch ms; whole seconds are written. */
  readonly producedAt: number;
  /** At least one. */
  readonly responses: readonly SingleResponse[];
  /** The request's, echoed. */
  readonly nonce?: Uint8Array | undefined;
  /** Beside the nonce. */
  readonly extensions?: readonly Extension[];
}

/** DER of the ResponseData: sign it, then `assembleOcspResponse`. */
export function encodeResponseData(data: ResponseData): Uint8Array {
  const extensions = (data.extensions ?? []).map(encodeExtension);
  if (data.nonce) extensions.unshift(encodeNonce(data.nonce));
  return encodeDer(
    sequence(
      encodeResponderId(data.responderId),
      generalizedTime(data.producedAt),
      sequence(...data.responses.map(encodeSingleResponse)),
      extensions.length > 0 ? constructed(contextConstructed(1), [sequence(...extensions)]) : undefined,
    ),
  );
}

const encodeResponderId = (id: ResponderId): DerValue =>
  'byKey' in id
    ? constructed(contextConstructed(2), [octetString(id.byKey)])
    : constructed(contextConstructed(1), [id.byName]);

/** @throws DerError */
export function readResponseData(fields: DerReader): ResponseData {
  const version = fields.explicit(0, (reader) => reader.smallInteger());
  if (version) throw new DerError('The version is unknown.');
  const responderId = readResponderId(fields);
  const producedAt = fields.generalizedTime();
  const responses: SingleResponse[] = [];
  for (const list = fields.sequence(); !list.done;) responses.push(readSingleResponse(list.sequence()));
  const extensions = fields.explicit(1, readExtensions) ?? [];
  fields.finish();
  const beside = extensions.filter(({ id }) => id !== OCSP.nonce);
  return { responderId, producedAt, responses, extensions: beside, nonce: readNonce(extensions) };
}

function readResponderId(fields: DerReader): ResponderId {
  const byName = fields.explicit(1, (reader) => reader.element(TAG.sequence));
  if (byName) return { byName };
  const byKey = fields.explicit(2, (reader) => reader.octetString());
  if (!byKey) throw new DerError('The ResponderID is missing.');
  return { byKey };
}
