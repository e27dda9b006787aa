import { fillSentence } from '../base/errors.ts';
import type { FieldFaultCode } from './fields/faults.ts';
import type { Locale } from './text.ts';

/** Faults of a record as a whole and of its rows, found after every field was read by itself. */
type RecordFaultCode =
  | 'required'
  | 'read-only'
  | 'unknown-field'
  | 'not-shareable'
  | 'unknown-entity'
  | 'unknown-record'
  | 'several-records'
  | 'unknown-row'
  | 'duplicate-row'
  | 'too-few-rows'
  | 'too-many-rows'
  | 'link-filter'
  | 'unique'
  | 'check'
  | 'unknown-operator'
  | 'not-a-link'
  | 'not-sortable'
  | 'tree-circle'
  | 'tree-depth'
  | 'not-computable'
  | 'guard'
  | 'period-closed'
  | 'dimension-missing'
  | 'needed-by';

type Messages = Readonly<Record<Locale, string>>;

/** What each fault says to the person who sees it; `{name}` is filled from the fault's parameters. */
export const FAULT_MESSAGES: Readonly<Record<FieldFaultCode | RecordFaultCode, Messages>> = {
  type: { en: 'This must be {expected}', id: 'Isian ini harus berupa {expected}' },
  format: { en: 'This is not {expected}', id: 'Ini bukan {expected}' },
  character: {
    en: 'This holds a character that cannot be kept, such as a control character',
    id: 'Isian memuat karakter yang tidak dapat disimpan, misalnya karakter kendali',
  },
  'too-long': { en: 'At most {maximum} characters', id: 'Paling banyak {maximum} karakter' },
  'too-short': { en: 'At least {minimum} characters', id: 'Paling sedikit {minimum} karakter' },
  'too-deep': {
    en: 'This is nested deeper than {maximum} levels',
    id: 'Susunannya lebih dalam dari {maximum} tingkat',
  },
  'too-many': { en: 'At most {maximum}', id: 'Paling banyak {maximum}' },
  duplicate: { en: '“{found}” is named twice', id: '“{found}” disebut dua kali' },
  number: {
    en: 'Write a number in plain digits, with a point before the fraction',
    id: 'Tulis bilangan dengan angka biasa, dengan titik sebelum pecahan',
  },
  inexact: {
    en: 'This number is not exact; send it as a string',
    id: 'Bilangan ini tidak eksak; kirim sebagai teks',
  },
  whole: { en: 'Write a whole number', id: 'Isi dengan bilangan bulat' },
  scale: { en: 'At most {scale} digits after the point', id: 'Paling banyak {scale} angka di belakang koma' },
  precision: {
    en: 'At most {precision} digits, {scale} of them after the point',
    id: 'Paling banyak {precision} angka, {scale} di antaranya di belakang koma',
  },
  minimum: { en: 'At least {minimum}', id: 'Paling sedikit {minimum}' },
  maximum: { en: 'At most {maximum}', id: 'Paling banyak {maximum}' },
  option: { en: 'Choose one of {options}', id: 'Pilih salah satu dari {options}' },
  date: {
    en: 'Write a date that exists as YYYY-MM-DD, from the year 1000 on',
    id: 'Tulis tanggal yang ada sebagai TTTT-BB-HH, mulai tahun 1000',
  },
  datetime: {
    en: 'Write an instant with its offset, for example 2026-01-31T09:30:00+07:00',
    id: 'Tulis waktu beserta selisih zonanya, misalnya 2026-01-31T09:30:00+07:00',
  },
  time: { en: 'Write a time of day as HH:MM or HH:MM:SS', id: 'Tulis jam sebagai JJ:MM atau JJ:MM:DD' },
  email: { en: 'This is not an e-mail address', id: 'Ini bukan alamat email' },
  phone: {
    en: 'A telephone number has 3 to 15 digits, with +, spaces, hyphens, points, slashes and brackets at most',
    id: 'Nomor telepon terdiri atas 3 sampai 15 angka; selain itu hanya +, spasi, tanda hubung, titik, garis miring, dan kurung',
  },
  url: {
    en: 'Write a full address that begins with https://, http:// or mailto:',
    id: 'Tulis alamat lengkap yang diawali https://, http://, atau mailto:',
  },
  color: { en: 'Write a colour as #rrggbb', id: 'Tulis warna sebagai #rrggbb' },
  barcode: {
    en: 'A barcode holds plain letters, digits and signs only',
    id: 'Kode batang hanya memuat huruf, angka, dan tanda biasa',
  },
  markup: { en: '“{found}” may not stand in this text', id: '“{found}” tidak boleh ada dalam teks ini' },
  latitude: {
    en: 'The latitude is from -90 to 90, with at most 7 digits after the point',
    id: 'Garis lintang dari -90 sampai 90, paling banyak 7 angka di belakang koma',
  },
  longitude: {
    en: 'The longitude is from -180 to 180, with at most 7 digits after the point',
    id: 'Garis bujur dari -180 sampai 180, paling banyak 7 angka di belakang koma',
  },
  language: { en: '“{found}” is not one of the languages {known}', id: '“{found}” bukan salah satu bahasa {known}' },
  entity: { en: 'A link to “{found}” is not possible here', id: 'Tautan ke “{found}” tidak dapat dipakai di sini' },

  required: { en: 'This must be filled in', id: 'Isian ini wajib diisi' },
  'read-only': { en: 'This cannot be changed', id: 'Isian ini tidak dapat diubah' },
  'unknown-field': { en: 'There is no field “{name}”', id: 'Tidak ada isian “{name}”' },
  'not-shareable': {
    en: 'No such member or role may see such records at all',
    id: 'Tidak ada anggota atau peran seperti ini yang boleh melihat jenis data ini',
  },
  'unknown-entity': { en: 'There is no such kind of record', id: 'Jenis data tersebut tidak ada' },
  'unknown-record': { en: 'There is no such record', id: 'Data yang ditunjuk tidak ada' },
  'several-records': {
    en: 'Several records are called “{found}”; name one by its key',
    id: 'Beberapa data bernama “{found}”; sebutkan dengan kodenya',
  },
  'unknown-row': { en: 'This record has no row with this id', id: 'Data ini tidak memiliki baris dengan id tersebut' },
  'duplicate-row': { en: 'Two rows carry the same id', id: 'Dua baris memiliki id yang sama' },
  'too-few-rows': { en: 'At least {minimum} rows', id: 'Paling sedikit {minimum} baris' },
  'too-many-rows': { en: 'At most {maximum} rows', id: 'Paling banyak {maximum} baris' },
  'link-filter': { en: 'This record may not be chosen here', id: 'Data ini tidak boleh dipilih di sini' },
  unique: { en: 'Another record already has this value', id: 'Nilai ini sudah dipakai data lain' },
  guard: { en: 'A limit of the books forbids this', id: 'Batas pada pembukuan tidak mengizinkannya' },
  'period-closed': {
    en: 'The books are closed on this day. Choose a date in an open period',
    id: 'Pembukuan untuk tanggal ini sudah ditutup. Pilih tanggal pada periode yang terbuka',
  },
  'dimension-missing': {
    en: 'The books need to know the {dimension}, and nothing says which it is',
    id: 'Pembukuan memerlukan {dimension}, dan belum ditentukan',
  },
  check: { en: 'This does not fit together', id: 'Isian ini tidak saling cocok' },
  'not-computable': {
    en: 'This cannot be worked out from what was given',
    id: 'Nilai ini tidak dapat dihitung dari isian',
  },
  'unknown-operator': {
    en: '“{operator}” does not work here; possible are: {expected}',
    id: '“{operator}” tidak dapat dipakai di sini; yang tersedia: {expected}',
  },
  'not-a-link': { en: '“{name}” does not lead to other records', id: '“{name}” tidak menunjuk ke data lain' },
  'not-sortable': { en: 'Lists cannot be sorted by “{name}”', id: 'Daftar tidak dapat diurutkan menurut “{name}”' },
  'tree-circle': {
    en: 'A record cannot stand below itself',
    id: 'Data tidak dapat berada di bawah dirinya sendiri',
  },
  'tree-depth': { en: 'The tree is too deep here', id: 'Susunan pohon terlalu dalam di sini' },
  'needed-by': { en: 'The module “{module}” needs it', id: 'Modul “{module}” membutuhkannya' },
};

const UNKNOWN_FAULT: Messages = { en: 'This is not valid', id: 'Isian ini tidak sah' };

/** What `{expected}` may name, in words. */
const EXPECTED_WORDS: Readonly<Record<string, Messages>> = {
  string: { en: 'text', id: 'teks' },
  text: { en: 'text', id: 'teks' },
  boolean: { en: 'true or false', id: 'true atau false' },
  integer: { en: 'a whole number', id: 'bilangan bulat' },
  decimal: { en: 'a number', id: 'bilangan' },
  object: { en: 'an object', id: 'objek' },
  array: { en: 'a list', id: 'daftar' },
  id: { en: 'the id of a record', id: 'id sebuah data' },
  datetime: { en: 'a time in UTC, such as 2026-01-31T08:00:00Z', id: 'waktu UTC, misalnya 2026-01-31T08:00:00Z' },
  point: { en: 'a place with lat and lng', id: 'titik dengan lat dan lng' },
  'dynamic-link': { en: 'an entity with an id', id: 'entitas dengan id' },
  'two values': { en: 'two values', id: 'dua nilai' },
};

/**
 * What a fault says, in one language.
 *
 * @param code a fault of a field or a record; any other gets a general sentence
 * @param parameters what fills the sentence
 */
export function messageOf(code: string, parameters: Readonly<Record<string, string>>, locale: Locale): string {
  const sentence = (isFault(code) ? FAULT_MESSAGES[code] : UNKNOWN_FAULT)[locale];
  const { expected } = parameters;
  if (expected === undefined) return fillSentence(sentence, parameters);
  return fillSentence(sentence, { ...parameters, expected: EXPECTED_WORDS[expected]?.[locale] ?? expected });
}

function isFault(code: string): code is keyof typeof FAULT_MESSAGES {
  return Object.hasOwn(FAULT_MESSAGES, code);
}
