// In a process of its own: a library of PKCS #11 is initialized once a process. Arguments: library, token, PIN, label.
import pkcs11 from 'pkcs11js';

const [library, tokenLabel, pin, label] = process.argv.slice(2);
const module = new pkcs11.PKCS11();
module.load(library);
module.C_Initialize();
const slot = module.C_GetSlotList(true).find((each) => module.C_GetTokenInfo(each).label.trimEnd() === tokenLabel);
const session = module.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION);
module.C_Login(session, pkcs11.CKU_USER, pin);
module.C_GenerateKey(session, { mechanism: pkcs11.CKM_AES_KEY_GEN }, [
  { type: pkcs11.CKA_LABEL, value: label },
  { type: pkcs11.CKA_TOKEN, value: true },
  { type: pkcs11.CKA_SENSITIVE, value: true },
  { type: pkcs11.CKA_EXTRACTABLE, value: false },
  { type: pkcs11.CKA_ENCRYPT, value: true },
  { type: pkcs11.CKA_DECRYPT, value: true },
  { type: pkcs11.CKA_VALUE_LEN, value: 32 },
]);
module.C_Finalize();
