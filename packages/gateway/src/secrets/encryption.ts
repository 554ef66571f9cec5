/** Secrets at rest: AES-256-GCM with a key that is derived from the salt. */

import { createCipheriv, createDecipheriv, randomBytes, scrypt } from "node:crypto";
import { GatewayError } from "tollgate/parts";

export interface Encryption {
  /** A text of letters, digits and `.-_`, another one each time. */
  encrypt(text: string): string;
  /** Throws when the text was changed or encrypted with another salt. */
  decrypt(encrypted: string): string;
  encryptJson(value: unknown): string;
  decryptJson(encrypted: string): unknown;
}

/** Which way it was encrypted: a later way gets another mark, and this one stays readable. */
const mark = "tg1.";
const nonceBytes = 12;
const tagBytes = 16;

/** The salt is whatever an operator chose, perhaps a short word: deriving takes a while so that trying words does, too. */
export async function createEncryption(salt: string): Promise<Encryption> {
  const key = await derived(salt);
  const encrypt = (text: string): string => {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv("aes-256-gcm", key, nonce);
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return mark + Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64url");
  };
  const decrypt = (encrypted: string): string => {
    if (!isEncrypted(encrypted)) throw unreadable("It is not in a form that this version knows.");
    const bytes = Buffer.from(encrypted.slice(mark.length), "base64url");
    if (bytes.length < nonceBytes + tagBytes) throw unreadable("It was cut off.");
    const opener = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
    opener.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
    try {
      return Buffer.concat([opener.update(bytes.subarray(nonceBytes + tagBytes)), opener.final()]).toString("utf8");
    } catch (cause) {
      throw unreadable("It was changed, or encrypted with another salt (LITELLM_SALT_KEY).", cause);
    }
  };
  return {
    encrypt,
    decrypt,
    encryptJson: (value) => encrypt(JSON.stringify(value)),
    decryptJson: (encrypted) => JSON.parse(decrypt(encrypted)),
  };
}

/** Whether a stored text is one of ours. */
export function isEncrypted(text: string): boolean {
  return text.startsWith(mark);
}

const keyBytes = 32;
/** For the derivation alone; what must be secret is the operator's salt. */
const purpose = "tollgate secrets at rest, 1";

function derived(salt: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(salt, purpose, keyBytes, (cause, key) => (cause ? reject(cause) : resolve(key)));
  });
}

function unreadable(why: string, cause?: unknown): GatewayError {
  return new GatewayError(
    "internal",
    `A stored secret cannot be read. ${why} Set the salt that was used before, or store the secret again.`,
    { cause },
  );
}
