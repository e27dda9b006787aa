import { hkdfSync } from 'node:crypto';

const KEY_BYTES = 32;

/** The key that signs a company's webhooks, in hexadecimal; its admins give it to the receivers. */
export function keyOfWebhooks(secret: string, companyId: string): string {
  return Buffer.from(hkdfSync('sha256', secret, '', `webhooks of company ${companyId}`, KEY_BYTES)).toString('hex');
}
