import { INVITATION_DAYS } from '../access/invitations.ts';
import { fillSentence } from '../base/errors.ts';
import type { Locale } from '../metamodel/text.ts';
import type { Session } from '../storage/database.ts';
import type { Letters } from './letters.ts';

const SUBJECT: Readonly<Record<Locale, string>> = {
  en: 'Invitation to work with {company}',
  id: 'Undangan bekerja bersama {company}',
};
const BODY: Readonly<Record<Locale, string>> = {
  en:
    'Hello,\n\n{inviter} invites you to work with {company}. Open this address to accept. It works once, within ' +
    '{days} days:\n\n{address}\n\nIf you do not know {company}, leave it: nothing happens.\n',
  id:
    'Halo,\n\n{inviter} mengundang Anda bekerja bersama {company}. Buka alamat ini untuk menerima. Alamat berlaku ' +
    'sekali, dalam {days} hari:\n\n{address}\n\nJika Anda tidak mengenal {company}, abaikan saja: tidak terjadi ' +
    'apa-apa.\n',
};
const SUBJECT_LENGTH_MAX = 200;

/**
 * Sends the letter of an invitation, as a part of a transaction. It says the same to whoever has an account and to
 * whoever has none (promise I6).
 */
export async function sendInvitation(
  writer: Session,
  { letters, publicUrl }: { readonly letters: Letters; readonly publicUrl: string },
  letter: {
    readonly email: string;
    readonly company: string;
    readonly inviter: string;
    readonly secret: string;
    readonly locale: Locale;
  },
): Promise<void> {
  const { email, secret, locale } = letter;
  // Names are what people typed: within a letter they take one line.
  const company = letter.company.replace(/\s+/g, ' ');
  const inviter = letter.inviter.replace(/\s+/g, ' ');
  // After `#`, the secret is in no log of a server or a proxy.
  const address = new URL(`/invitation#${secret}`, publicUrl).href;
  await letters.put(writer, {
    receiver: email,
    subject: fillSentence(SUBJECT[locale], { company }).slice(0, SUBJECT_LENGTH_MAX),
    body: fillSentence(BODY[locale], { company, inviter, address, days: String(INVITATION_DAYS) }),
    minutes: INVITATION_DAYS * 24 * 60,
  });
}
