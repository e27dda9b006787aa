/**
 * The one catalogue of refusals: whatever the engine refuses, it refuses with one of these codes. Codes are stable; a
 * retired code is not given a second meaning. docs/errors.md is written from this table (see errors.test.ts).
 *
 * Faults inside a request (`required`, `minimum` …) have codes and messages of their own, in metamodel/messages.ts.
 */

interface TextPair {
  readonly en: string;
  readonly id: string;
}

interface CatalogueEntry {
  /** HTTP status, by the table of the API contract. */
  readonly status: number;
  readonly title: TextPair;
  /** One sentence for the person who sees it; `{name}` is filled from the refusal's parameters. */
  readonly detail: TextPair;
}

const MODULE_ACCESS_DENIED = 'Module access denied';

export const ERRORS = {
  'malformed-body': {
    status: 400,
    title: { en: 'Malformed request body', id: 'Isi permintaan tidak terbaca' },
    detail: {
      en: 'The body is not JSON that can be read: {reason}.',
      id: 'Isi permintaan bukan JSON yang sah: {reason}.',
    },
  },
  'malformed-query': {
    status: 400,
    title: { en: 'Malformed query', id: 'Parameter permintaan salah' },
    detail: {
      en: 'Some parameters of the address are unknown or cannot be read.',
      id: 'Beberapa parameter pada alamat tidak dikenal atau tidak terbaca.',
    },
  },
  'malformed-header': {
    status: 400,
    title: { en: 'Malformed header', id: 'Header permintaan salah' },
    detail: { en: 'The header {header} cannot be read.', id: 'Header {header} tidak terbaca.' },
  },
  'not-signed-in': {
    status: 401,
    title: { en: 'Not signed in', id: 'Belum masuk' },
    detail: { en: 'Sign in, or send a valid token.', id: 'Silakan masuk, atau kirim token yang sah.' },
  },
  'wrong-credentials': {
    status: 401,
    title: { en: 'Sign-in failed', id: 'Gagal masuk' },
    detail: { en: 'The e-mail address or the password is not right.', id: 'Alamat email atau kata sandi tidak benar.' },
  },
  'code-needed': {
    status: 401,
    title: { en: 'Code needed', id: 'Kode diperlukan' },
    detail: {
      en: 'Send a code of your authenticator app, or a recovery code, as otp.',
      id: 'Kirim kode dari aplikasi autentikator Anda, atau kode pemulihan, sebagai otp.',
    },
  },
  forbidden: {
    status: 403,
    title: { en: 'Not allowed', id: 'Tidak diizinkan' },
    detail: { en: 'You may not do this here.', id: 'Anda tidak berhak melakukan ini.' },
  },
  // The title is part of the API contract, so it is the same in every language.
  'module-access-denied': {
    status: 403,
    title: { en: MODULE_ACCESS_DENIED, id: MODULE_ACCESS_DENIED },
    detail: {
      en: 'The module “{module}” is not active for this company.',
      id: 'Modul “{module}” belum aktif untuk perusahaan ini.',
    },
  },
  'token-not-confirmed': {
    status: 403,
    title: { en: 'Request not confirmed', id: 'Permintaan tidak terkonfirmasi' },
    detail: {
      en: 'Send the csrf_token of your session in the header X-CSRF-Token.',
      id: 'Kirim csrf_token sesi Anda pada header X-CSRF-Token.',
    },
  },
  'not-found': {
    status: 404,
    title: { en: 'Not found', id: 'Tidak ditemukan' },
    detail: { en: 'There is nothing here that you can see.', id: 'Tidak ada apa pun di sini yang dapat Anda lihat.' },
  },
  'method-not-allowed': {
    status: 405,
    title: { en: 'Method not allowed', id: 'Metode tidak diizinkan' },
    detail: { en: 'This address takes {allowed}.', id: 'Alamat ini menerima {allowed}.' },
  },
  conflict: {
    status: 409,
    title: { en: 'Conflict', id: 'Bentrok' },
    detail: {
      en: 'The present state does not allow this.',
      id: 'Keadaan saat ini tidak memungkinkan hal tersebut.',
    },
  },
  'already-exists': {
    status: 409,
    title: { en: 'Already exists', id: 'Sudah ada' },
    detail: { en: 'A value that must be unique is taken.', id: 'Nilai yang harus unik sudah dipakai.' },
  },
  'still-linked': {
    status: 409,
    title: { en: 'Still in use', id: 'Masih dipakai' },
    detail: { en: 'Other records link to this one: {users}.', id: 'Catatan lain memakai catatan ini: {users}.' },
  },
  'not-a-draft': {
    status: 409,
    title: { en: 'Not a draft', id: 'Bukan draf' },
    detail: {
      en: 'Only a draft can be changed or deleted; this document is {status}.',
      id: 'Hanya draf yang dapat diubah atau dihapus; dokumen ini berstatus {status}.',
    },
  },
  'wrong-state': {
    status: 409,
    title: { en: 'Not possible in this state', id: 'Tidak dapat dilakukan pada status ini' },
    detail: {
      en: 'This cannot be done while the document is {status}.',
      id: 'Tindakan ini tidak dapat dilakukan selama dokumen berstatus {status}.',
    },
  },
  'has-dependents': {
    status: 409,
    title: { en: 'Others build on it', id: 'Dipakai dokumen lain' },
    detail: {
      en: 'Cancel these first: {users}.',
      id: 'Batalkan lebih dahulu: {users}.',
    },
  },
  'period-closed': {
    status: 409,
    title: { en: 'Period closed', id: 'Periode sudah ditutup' },
    detail: {
      en: 'The books are closed for {date}. Choose a date in an open period.',
      id: 'Pembukuan untuk {date} sudah ditutup. Pilih tanggal pada periode yang masih terbuka.',
    },
  },
  unbalanced: {
    status: 422,
    title: { en: 'Not balanced', id: 'Tidak seimbang' },
    detail: {
      en: 'The entries do not balance: the difference is {difference}.',
      id: 'Ayat jurnal tidak seimbang: selisihnya {difference}.',
    },
  },
  'self-approval': {
    status: 403,
    title: { en: 'Somebody else must do this', id: 'Harus dilakukan orang lain' },
    detail: {
      en: 'Whoever made the document may not take this step.',
      id: 'Pembuat dokumen tidak boleh mengambil langkah ini.',
    },
  },
  'already-approved': {
    status: 409,
    title: { en: 'Already approved', id: 'Sudah disetujui' },
    detail: {
      en: 'You have agreed already; {missing} more must agree.',
      id: 'Anda sudah menyetujui; masih diperlukan {missing} persetujuan lain.',
    },
  },
  'nothing-open': {
    status: 409,
    title: { en: 'Nothing left to carry over', id: 'Tidak ada sisa untuk diteruskan' },
    detail: {
      en: 'Nothing of this document is open any more.',
      id: 'Tidak ada lagi yang terbuka dari dokumen ini.',
    },
  },
  'plan-outdated': {
    status: 409,
    title: { en: 'Plan outdated', id: 'Rencana sudah usang' },
    detail: {
      en: 'The metadata changed since this plan was made. Plan again and look at the new steps.',
      id: 'Metadata sudah berubah sejak rencana ini dibuat. Buat rencana lagi dan periksa langkah barunya.',
    },
  },
  'module-needed': {
    status: 409,
    title: { en: 'Module still needed', id: 'Modul masih dibutuhkan' },
    detail: {
      en: 'Active modules depend on this one: {dependants}. Deactivate them first.',
      id: 'Modul aktif berikut membutuhkannya: {dependants}. Nonaktifkan dahulu modul tersebut.',
    },
  },
  'key-running': {
    status: 409,
    title: { en: 'Request still running', id: 'Permintaan masih berjalan' },
    detail: {
      en: 'A request with the same Idempotency-Key is still running.',
      id: 'Permintaan dengan Idempotency-Key yang sama masih berjalan.',
    },
  },
  'stale-version': {
    status: 412,
    title: { en: 'Changed by someone else', id: 'Sudah diubah pihak lain' },
    detail: {
      en: 'The record changed since you read it; `data` holds it as it is now.',
      id: 'Catatan ini berubah sejak Anda membacanya; `data` berisi keadaan terbarunya.',
    },
  },
  'too-large': {
    status: 413,
    title: { en: 'Too large', id: 'Terlalu besar' },
    detail: { en: 'The request may hold at most {limit}.', id: 'Permintaan paling besar {limit}.' },
  },
  'unreadable-file': {
    status: 422,
    title: { en: 'The file cannot be read', id: 'Berkas tidak terbaca' },
    detail: {
      en: 'The file cannot be read as a table: {reason}.',
      id: 'Berkas tidak dapat dibaca sebagai tabel: {reason}.',
    },
  },
  'address-too-long': {
    status: 414,
    title: { en: 'Address too long', id: 'Alamat terlalu panjang' },
    detail: { en: 'The address may hold at most {limit} characters.', id: 'Alamat paling panjang {limit} karakter.' },
  },
  'wrong-media-type': {
    status: 415,
    title: { en: 'Wrong media type', id: 'Jenis isi tidak sesuai' },
    detail: { en: 'Send the body as {expected}.', id: 'Kirim isi permintaan sebagai {expected}.' },
  },
  invalid: {
    status: 422,
    title: { en: 'Some values are not valid', id: 'Beberapa nilai tidak sah' },
    detail: { en: 'Correct the values named under `errors`.', id: 'Perbaiki nilai yang disebut pada `errors`.' },
  },
  'key-reused': {
    status: 422,
    title: { en: 'Idempotency key used before', id: 'Kunci idempotensi sudah dipakai' },
    detail: {
      en: 'This Idempotency-Key belongs to a request with another body.',
      id: 'Idempotency-Key ini milik permintaan dengan isi berbeda.',
    },
  },
  'version-missing': {
    status: 428,
    title: { en: 'Version missing', id: 'Versi tidak disebutkan' },
    detail: {
      en: 'Say which version you change: send its ETag as If-Match, or `version` in the body.',
      id: 'Sebutkan versi yang diubah: kirim ETag sebagai If-Match, atau `version` pada isi permintaan.',
    },
  },
  'too-many-requests': {
    status: 429,
    title: { en: 'Too many requests', id: 'Terlalu banyak permintaan' },
    detail: { en: 'Try again in {seconds} seconds.', id: 'Coba lagi dalam {seconds} detik.' },
  },
  defect: {
    status: 500,
    title: { en: 'Something went wrong', id: 'Terjadi kesalahan' },
    detail: {
      en: 'The fault is ours and has been logged under the id of this request.',
      id: 'Kesalahan ada pada kami dan sudah dicatat dengan nomor permintaan ini.',
    },
  },
  busy: {
    status: 503,
    title: { en: 'Busy', id: 'Sedang sibuk' },
    detail: { en: 'Nothing was changed. Try again shortly.', id: 'Tidak ada yang diubah. Coba lagi sebentar lagi.' },
  },
  unavailable: {
    status: 503,
    title: { en: 'Not available', id: 'Tidak tersedia' },
    detail: {
      en: 'A service that this needs cannot be reached. Try again shortly.',
      id: 'Layanan yang diperlukan tidak dapat dihubungi. Coba lagi sebentar lagi.',
    },
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;

export type ErrorCode = keyof typeof ERRORS;

/** One thing that is wrong with a request. */
export interface Fault {
  /** JSON pointer into the body; for a parameter of the address its path, `/filter/city/gte`; '' for the whole. */
  readonly pointer: string;
  readonly code: string;
  /** What fills the message of the code. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** A message of the metadata's own, by language, shown instead of the code's. */
  readonly message?: Readonly<Partial<Record<string, string>>>;
}

export interface RefusalDetail {
  readonly faults?: readonly Fault[];
  /** What fills the detail sentence of the code. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Sent as `data`: with 412 the record as it is now. */
  readonly data?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** A request that the engine will not carry out, for a reason the caller may know. Made by `refuse`. */
export class Refusal extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly faults: readonly Fault[];
  readonly parameters: Readonly<Record<string, string>>;
  readonly data: unknown;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, detail: RefusalDetail = {}) {
    super(`${code}${(detail.faults ?? []).map((fault) => ` ${fault.pointer}:${fault.code}`).join('')}`, {
      cause: detail.cause,
    });
    this.name = 'Refusal';
    this.code = code;
    this.status = ERRORS[code].status;
    this.faults = detail.faults ?? [];
    this.parameters = detail.parameters ?? {};
    this.data = detail.data;
    this.headers = detail.headers ?? {};
  }
}

/** The refusal to throw. */
export function refuse(code: ErrorCode, detail?: RefusalDetail): Refusal {
  return new Refusal(code, detail);
}

/** Fills `{name}` in a sentence; a name that nobody gave stays out. */
export function fillSentence(sentence: string, parameters: Readonly<Record<string, string>>): string {
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => parameters[name] ?? '');
}
