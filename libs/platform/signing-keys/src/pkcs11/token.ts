import { readFileSync } from 'node:fs';
import type { PKCS11 } from 'pkcs11js';
import { SigningKeyError } from '../signing-key-error.ts';
import type {
  CipherRequest,
  KeyReference,
  Mechanism,
  SignRequest,
  TokenReference,
  TokenRequest,
} from './token-protocol.ts';

type Pkcs11 = typeof import('pkcs11js');
type Handle = Buffer;

const LONGEST_SIGNATURE = 1024;
/** AES-GCM adds no more than a tag. */
const TAG_OCTETS = 16;
/** pkcs11js has no name for it: PKCS #11 3.0, 2.3.14. */
const CKM_EDDSA = 0x1057;

/** A token that this process is logged in to. */
export class Token {
  readonly #pkcs11: Pkcs11;
  readonly #module: PKCS11;
  readonly #idle: Handle[];
  readonly #keys = new Map<string, Handle>();
  /** Data under way: the library reads it on another thread, and pkcs11js does not hold it. */
  readonly #reading = new Set<Uint8Array>();

  private constructor(pkcs11: Pkcs11, module: PKCS11, sessions: Handle[]) {
    this.#pkcs11 = pkcs11;
    this.#module = module;
    this.#idle = sessions;
  }

  /** @throws SigningKeyError */
  static async open(reference: TokenReference): Promise<Token> {
    const pkcs11 = await loadPkcs11();
    const module = new pkcs11.PKCS11();
    module.load(reference.module);
    module.C_Initialize({ flags: pkcs11.CKF_OS_LOCKING_OK });
    const slot = slotOf(module, reference);
    const sessions = Array.from({ length: reference.sessions }, () => {
      return module.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION);
    });
    // The login is the process's, not the session's (PKCS #11 2.40, 5.6).
    logIn(module, sessions[0]!, { user: pkcs11.CKU_USER, pinFile: reference.pinFile });
    return new Token(pkcs11, module, sessions);
  }

  /**
   * No more at once than the token has sessions.
   * @throws SigningKeyError
   */
  async answer(request: TokenRequest): Promise<Uint8Array> {
    const session = this.#idle.pop();
    if (!session) throw new SigningKeyError('token_unavailable', 'All sessions are taken.');
    const octets = Buffer.from(request.data);
    this.#reading.add(octets);
    try {
      return request.mechanism === 'CKM_AES_GCM'
        ? this.#cipher(session, request, octets)
        : await this.#sign(session, request, octets);
    } finally {
      this.#reading.delete(octets);
      this.#idle.push(session);
    }
  }

  #sign(session: Handle, { key, mechanism }: SignRequest, octets: Buffer): Promise<Uint8Array> {
    const handle = this.#keyOf(session, key, this.#pkcs11.CKO_PRIVATE_KEY);
    this.#module.C_SignInit(session, { mechanism: this.#mechanism(mechanism) }, handle);
    return this.#module.C_SignAsync(session, octets, Buffer.alloc(LONGEST_SIGNATURE));
  }

  #cipher(session: Handle, { key, direction, nonce, additionalData }: CipherRequest, octets: Buffer): Uint8Array {
    const { CKM_AES_GCM: mechanism, CK_PARAMS_AES_GCM_v240: type, CKO_SECRET_KEY } = this.#pkcs11;
    const handle = this.#keyOf(session, key, CKO_SECRET_KEY);
    const iv = Buffer.from(nonce);
    const aad = Buffer.from(additionalData);
    const parameter = { type, iv, aad, ivBits: iv.length * 8, tagBits: TAG_OCTETS * 8 };
    const room = Buffer.alloc(octets.length + TAG_OCTETS);
    if (direction === 'encrypt') {
      this.#module.C_EncryptInit(session, { mechanism, parameter }, handle);
      return this.#module.C_Encrypt(session, octets, room);
    }
    this.#module.C_DecryptInit(session, { mechanism, parameter }, handle);
    return this.#module.C_Decrypt(session, octets, room);
  }

  /** Ends all sessions. */
  close(): void {
    this.#module.C_Finalize();
  }

  #mechanism(name: Mechanism): number {
    return name === 'CKM_EDDSA' ? CKM_EDDSA : this.#pkcs11[name];
  }

  #keyOf(session: Handle, key: KeyReference, kind: number): Handle {
    const name = JSON.stringify([kind, key]);
    const handle = this.#keys.get(name) ?? this.#findKey(session, key, kind);
    this.#keys.set(name, handle);
    return handle;
  }

  #findKey(session: Handle, { label, id }: KeyReference, kind: number): Handle {
    const { CKA_CLASS, CKA_LABEL, CKA_ID, CKO_PRIVATE_KEY } = this.#pkcs11;
    const what = kind === CKO_PRIVATE_KEY ? 'private' : 'secret';
    this.#module.C_FindObjectsInit(session, [
      { type: CKA_CLASS, value: kind },
      ...(label === undefined ? [] : [{ type: CKA_LABEL, value: label }]),
      ...(id === undefined ? [] : [{ type: CKA_ID, value: Buffer.from(id, 'hex') }]),
    ]);
    const [found, another] = this.#module.C_FindObjects(session, 2);
    this.#module.C_FindObjectsFinal(session);
    if (!found) throw new SigningKeyError('key_missing', `The token holds no ${what} key with this label and id.`);
    if (another)
      throw new SigningKeyError('key_missing', `The token holds several ${what} keys with this label and id.`);
    return found;
  }
}

async function loadPkcs11(): Promise<Pkcs11> {
  try {
    return (await import('pkcs11js')).default as unknown as Pkcs11;
  } catch (cause) {
    const advice = 'Keys in a token need the package pkcs11js and a C++ compiler to build it: npm install pkcs11js.';
    throw new SigningKeyError('pkcs11_unavailable', advice, { cause });
  }
}

function slotOf(module: PKCS11, { tokenLabel, slot }: TokenReference): Handle {
  const [found, another] = module.C_GetSlotList(true).filter((handle) => {
    return slot === undefined ? labelOf(module, handle) === tokenLabel : handle.readUInt32LE() === slot;
  });
  if (!found) throw new SigningKeyError('token_unavailable', 'The library has no token with this label or slot.');
  if (another) throw new SigningKeyError('token_unavailable', 'Several tokens have this label: name the slot instead.');
  return found;
}

/** Padded with spaces to 32 octets. */
const labelOf = (module: PKCS11, slot: Handle): string => module.C_GetTokenInfo(slot).label.trimEnd();

function logIn(module: PKCS11, session: Handle, { user, pinFile }: { user: number; pinFile: string }): void {
  const pin = readFileSync(pinFile, 'utf8').trimEnd();
  try {
    module.C_Login(session, user, pin);
  } catch (cause) {
    const { message } = cause as Error;
    if (!message.startsWith('CKR_PIN_')) throw cause;
    throw new SigningKeyError('pin_refused', `The token refuses the PIN (${message}).`, { cause });
  }
}
