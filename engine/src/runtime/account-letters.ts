import { makeSecret, SECRET_MINUTES } from '../access/mailed-secrets.ts';
import type { SecretPurpose } from '../access/mailed-secrets.ts';
import { fillSentence } from '../base/errors.ts';
import type { Locale } from '../metamodel/text.ts';
import type { Session } from '../storage/database.ts';
import type { Letters } from './letters.ts';

interface LetterText {
  readonly subject: Readonly<Record<Locale, string>>;
  readonly body: Readonly<Record<Locale, string>>;
}

const TEXTS: Readonly<Record<SecretPurpose, LetterText>> = {
  reset: {
    subject: { en: 'Choose a new password', id: 'Buat kata sandi baru' },
    body: {
      en:
        'Hello {name},\n\nopen this address to choose a new password. It works once, within an hour:\n\n{address}\n\n' +
        'If you did not ask for this, leave it: your password stays as it is.\n',
      id:
        'Halo {name},\n\nbuka alamat ini untuk membuat kata sandi baru. Alamat berlaku sekali, dalam satu jam:\n\n' +
        '{address}\n\nJika Anda tidak memintanya, abaikan saja: kata sandi Anda tidak berubah.\n',
    },
  },
  verify: {
    subject: { en: 'Confirm your e-mail address', id: 'Konfirmasi alamat email Anda' },
    body: {
      en:
        'Hello {name},\n\nopen this address to confirm that this e-mail address is yours. It works within a week:\n\n' +
        '{address}\n\nIf you did not sign up, leave it.\n',
      id:
        'Halo {name},\n\nbuka alamat ini untuk memastikan bahwa alamat email ini milik Anda. Alamat berlaku satu ' +
        'minggu:\n\n{address}\n\nJika Anda tidak mendaftar, abaikan saja.\n',
    },
  },
};

/** Where the web application takes a secret that was mailed. */
const PATHS: Readonly<Record<SecretPurpose, string>> = { reset: 'reset-password', verify: 'verify-email' };

export interface Receiver {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly locale: Locale;
}

/**
 * Costs about what `sendSecret` costs, and sends nothing: so that the time of an answer does not tell whether there is
 * such an account (promise I6).
 */
export async function sendNothing(writer: Session, letters: Letters): Promise<void> {
  await letters.put(writer, { receiver: '', subject: '', body: '', minutes: 0 });
}

/** Sends a person a secret for a purpose, as a part of a transaction. */
export async function sendSecret(
  writer: Session,
  { letters, publicUrl }: { readonly letters: Letters; readonly publicUrl: string },
  { id, name, email, locale }: Receiver,
  purpose: SecretPurpose,
): Promise<void> {
  const secret = await makeSecret(writer, { userId: id, email, purpose });
  // After `#`, the secret is in no log of a server or a proxy.
  const address = new URL(`/${PATHS[purpose]}#${secret}`, publicUrl).href;
  const { subject, body } = TEXTS[purpose];
  await letters.put(writer, {
    receiver: email,
    subject: subject[locale],
    body: fillSentence(body[locale], { name, address }),
    minutes: SECRET_MINUTES[purpose],
  });
}
