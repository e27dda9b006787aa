import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/**
 * Encryption at rest with AES-256-GCM. The key of each place (`users`, `company:…`) is derived from the
 * installation's secret by HKDF-SHA-256, so that a value copied into another company cannot be read there.
 *
 * Envelope: `e1.<key id>.<base64url of nonce, cipher text and tag>`. The key id names the secret, so that values
 * written under an older secret can still be read while a new one takes over.
 */
const ENVELOPE = /^e1\.([0-9a-f]{8})\.([A-Za-z0-9_-]+)$/;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** Encrypts and decrypts the texts of one place. */
export interface Cipher {
  encrypt(text: string): string;
  /** Throws an Error when the text was not encrypted here, or was changed since. */
  decrypt(envelope: string): string;
}

interface Key {
  readonly id: string;
  readonly bytes: Uint8Array;
}

function deriveKey(secret: string, place: string): Key {
  const id = createHash('sha256').update(`rangka key id\n${secret}`).digest('hex').slice(0, 8);
  return { id, bytes: new Uint8Array(hkdfSync('sha256', secret, 'rangka', `encrypt ${place}`, KEY_BYTES)) };
}

/**
 * The cipher of a place. New values are written with the first secret; older secrets only read.
 *
 * @param secrets the installation's secret, then retired ones
 */
export function cipherFor(place: string, secrets: readonly [string, ...string[]]): Cipher {
  const keys = secrets.map((secret) => deriveKey(secret, place));
  const writing = keys[0] as Key;
  const context = Buffer.from(place);

  return {
    encrypt(text) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', writing.bytes, nonce);
      cipher.setAAD(context);
      const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `e1.${writing.id}.${sealed.toString('base64url')}`;
    },
    decrypt(envelope) {
      const [, id, body = ''] = ENVELOPE.exec(envelope) ?? [];
      const key = keys.find((candidate) => candidate.id === id);
      if (key === undefined) throw new Error('A value was encrypted with a key that is not known here.');
      const sealed = Buffer.from(body, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', key.bytes, sealed.subarray(0, NONCE_BYTES));
      decipher.setAAD(context);
      decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
      const text = decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES), undefined, 'utf8');
      return text + decipher.final('utf8');
    },
  };
}
