import type { Answer } from '../api/answers.ts';
import { api } from '../api/client.ts';

export type ImportMode = 'create' | 'update' | 'upsert';
export type DecimalMark = '.' | ',';
export type DateOrder = 'ymd' | 'dmy' | 'mdy';

export interface ImportTarget {
  readonly path: string;
  readonly label: string;
  readonly required: boolean;
  /** Records can be known again by it. */
  readonly key: boolean;
}

/** A file of records, and how far it has come. */
export interface RecordImport {
  readonly id: string;
  readonly file_name: string;
  readonly state: 'new' | 'running' | 'done' | 'failed' | 'cancelled';
  readonly trial: boolean;
  readonly columns: readonly {
    readonly name: string;
    readonly sample: readonly string[];
    readonly target: string | null;
  }[];
  readonly targets: readonly ImportTarget[];
  /** What every record has of fields that no column brings, by path. */
  readonly values: Readonly<Record<string, string>>;
  readonly mode: ImportMode;
  readonly key: readonly string[];
  readonly decimal: DecimalMark;
  readonly date: DateOrder;
  readonly rows: number;
  readonly position: number;
  readonly created: number;
  readonly updated: number;
  readonly rejected: number;
  readonly failure: string | null;
}

export interface ImportFault {
  readonly row: number;
  readonly column: string | null;
  readonly message: string;
}

export interface ImportChoices {
  readonly columns: readonly (string | null)[];
  readonly values: Readonly<Record<string, string>>;
  readonly mode: ImportMode;
  readonly key?: readonly string[];
  readonly decimal: DecimalMark;
  readonly date: DateOrder;
  readonly trial: boolean;
}

export async function uploadRecords(entity: string, file: File): Promise<RecordImport> {
  const headers = {
    'Content-Type': file.type === '' ? 'application/octet-stream' : file.type,
    'X-File-Name': encodeURIComponent(file.name),
  };
  return (await api.post<Answer<RecordImport>>(`/records/${entity}/import`, file, { headers })).data;
}

export async function fetchImport(id: string): Promise<RecordImport> {
  return (await api.get<Answer<RecordImport>>(`/imports/${id}`)).data;
}

export async function runImport(id: string, choices: ImportChoices): Promise<RecordImport> {
  return (await api.post<Answer<RecordImport>>(`/imports/${id}/run`, choices)).data;
}

export async function stopImport(id: string): Promise<RecordImport> {
  return (await api.post<Answer<RecordImport>>(`/imports/${id}/cancel`)).data;
}

export async function listFaults(id: string): Promise<readonly ImportFault[]> {
  return (await api.get<Answer<readonly ImportFault[]>>(`/imports/${id}/faults`)).data;
}
