import { ERRORS, fillSentence } from '../base/errors.ts';
import type { Fault, Refusal } from '../base/errors.ts';
import { messageOf } from '../metamodel/messages.ts';
import type { Locale } from '../metamodel/text.ts';

/** Messages of faults that only the gateway finds; those of fields stand in metamodel/messages.ts. */
export const GATEWAY_MESSAGES = {
  'no-key': {
    en: 'Records of this kind have no single key to be found by',
    id: 'Data jenis ini tidak memiliki satu kunci untuk dicari',
  },
  unreadable: { en: 'This parameter cannot be read', id: 'Parameter ini tidak terbaca' },
  'unknown-parameter': {
    en: 'There is no such parameter here; known are {known}',
    id: 'Parameter ini tidak dikenal; yang dikenal: {known}',
  },
  'unknown-operator': {
    en: '“{operator}” is not an operator here; known are {expected}',
    id: '“{operator}” bukan operator di sini; yang dikenal: {expected}',
  },
  alternatives: {
    en: 'Number the alternatives from 0, at most {maximum}: filter[or][0][field]=value',
    id: 'Beri nomor alternatif mulai dari 0, paling banyak {maximum}: filter[or][0][kolom]=nilai',
  },
  'two-values': { en: 'Give two values, separated by a comma', id: 'Berikan dua nilai, dipisahkan koma' },
  'not-a-link': { en: '“{name}” does not lead to other records', id: '“{name}” tidak menuju data lain' },
  'not-comparable': {
    en: 'This report has no period that could be compared with others',
    id: 'Laporan ini tidak memiliki periode yang dapat dibandingkan',
  },
  'not-sortable': { en: 'Lists cannot be sorted by “{name}”', id: 'Daftar tidak dapat diurutkan menurut “{name}”' },
  'whole-number': {
    en: 'A whole number from {minimum} to {maximum}',
    id: 'Bilangan bulat dari {minimum} sampai {maximum}',
  },
  'unknown-property': {
    en: 'There is no such property here; known are {known}',
    id: 'Properti ini tidak dikenal; yang dikenal: {known}',
  },
  'e-mail-taken': {
    en: 'This e-mail address cannot be registered; sign in instead if it is yours',
    id: 'Alamat email ini tidak dapat didaftarkan; silakan masuk bila ini milik Anda',
  },
  'unknown-choice': { en: 'There is no such {what}', id: 'Tidak ada {what} seperti itu' },
  'unknown-ability': {
    en: '“{found}” is not an ability; write *, records:read, records:write or entity.name:read',
    id: '“{found}” bukan kemampuan; tulis *, records:read, records:write, atau entity.name:read',
  },
  'unknown-role': { en: 'There is no role “{found}” here', id: 'Tidak ada peran “{found}” di sini' },
  'not-both': { en: 'Name one of the two, not both', id: 'Sebutkan salah satu saja, bukan keduanya' },
  past: { en: 'This lies in the past', id: 'Waktu ini sudah lewat' },
  'not-the-title': { en: 'This is not what the record is called', id: 'Ini bukan nama data tersebut' },
  'role-of-a-module': {
    en: 'This role belongs to a module. Copy it and change the copy',
    id: 'Peran ini milik sebuah modul. Salin peran ini lalu ubah salinannya',
  },
  'role-in-use': { en: 'These people have the role: {people}', id: 'Orang berikut memiliki peran ini: {people}' },
  slug: {
    en: 'This must begin with a letter from a to z',
    id: 'Isian ini harus diawali huruf a sampai z',
  },
  'schema-blocked': {
    en: '{place} cannot become what the module needs without losing data ({reason})',
    id: '{place} tidak dapat disesuaikan dengan modul tanpa kehilangan data ({reason})',
  },
  'metadata-fault': {
    en: 'The metadata of this company would be wrong at {place}: {reason}',
    id: 'Metadata perusahaan ini akan salah pada {place}: {reason}',
  },
  'document-repeated': {
    en: 'This document was named before in the same request',
    id: 'Dokumen ini sudah disebut sebelumnya dalam permintaan yang sama',
  },
  'changed-meanwhile': {
    en: 'Somebody else changed it meanwhile; read it again',
    id: 'Sudah diubah orang lain; baca ulang',
  },
  'outside-scope': {
    en: 'This document does not belong to {scope}',
    id: 'Dokumen ini tidak termasuk {scope}',
  },
  'hash-differs': {
    en: 'The documents are not those that were exported: their hash differs',
    id: 'Dokumen tidak sama dengan yang diekspor: nilai hash berbeda',
  },
  'too-many-mentions': {
    en: 'One comment can name at most {maximum} people',
    id: 'Satu komentar dapat menyebut paling banyak {maximum} orang',
  },
  'wrong-code': {
    en: 'This code is not right, or was used before',
    id: 'Kode ini tidak benar, atau sudah pernah dipakai',
  },
  'mailed-secret': {
    en: 'This address is too old or was used before. Ask for a new letter',
    id: 'Alamat ini sudah lewat waktu atau sudah dipakai. Minta surat baru',
  },
  'invitation-over': {
    en: 'This invitation was accepted, withdrawn, or is too old. Ask for a new one',
    id: 'Undangan ini sudah diterima, ditarik, atau lewat waktu. Minta undangan baru',
  },
  'wrong-password': { en: 'This is not your present password', id: 'Ini bukan kata sandi Anda saat ini' },
} as const satisfies Readonly<Record<string, { readonly en: string; readonly id: string }>>;

export type GatewayFault = keyof typeof GATEWAY_MESSAGES;

function isGatewayFault(code: string): code is GatewayFault {
  return Object.hasOwn(GATEWAY_MESSAGES, code);
}

/** The sentence of a refusal as a whole. */
export function refusalMessage(refusal: Refusal, locale: Locale): string {
  return fillSentence(ERRORS[refusal.code].detail[locale], refusal.parameters);
}

/** What a fault says to a person: the metadata's own message, else the gateway's, else the field's. */
export function faultMessage(fault: Fault, locale: Locale): string {
  const own = fault.message?.[locale] ?? fault.message?.['en'];
  if (own !== undefined) return own;
  const parameters = fault.parameters ?? {};
  if (isGatewayFault(fault.code)) return fillSentence(GATEWAY_MESSAGES[fault.code][locale], parameters);
  return messageOf(fault.code, parameters, locale);
}
