import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { readCamt } from '../../exchange/read-camt.ts';
import { readCsv } from '../../exchange/read-csv.ts';
import { isMt940, readMt940 } from '../../exchange/read-mt940.ts';
import { readXlsx } from '../../exchange/read-xlsx.ts';
import { unreadable } from '../../exchange/table.ts';
import type { TableRow } from '../../exchange/table.ts';
import type { TableFormat } from './store.ts';

/** Rows of a file, with its heading; a million records with a few rows of lines each. */
const ROWS_MAX = 5_000_000;
/** Rows that people are shown to choose what columns mean. */
const SAMPLE = 6;
const SAMPLE_LENGTH = 200;

export function readTable(path: string, format: TableFormat): AsyncIterable<readonly TableRow[]> {
  switch (format) {
    case 'csv':
      return readCsv(createReadStream(path));
    case 'xlsx':
      return readXlsx(path);
    case 'mt940':
      return readMt940(createReadStream(path));
    case 'camt':
      return readCamt(createReadStream(path));
  }
}

const BEGIN = 1024;

/** What a text file holds: banks give their statements the endings of plain text. */
export async function textFormat(path: string): Promise<TableFormat> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(BEGIN), 0, BEGIN, 0);
    return isMt940(buffer.toString('latin1', 0, bytesRead).replace(/^ï»¿/, '')) ? 'mt940' : 'csv';
  } finally {
    await file.close();
  }
}

export interface TableSurvey {
  /** The heading and the first rows, shortened. */
  readonly sample: readonly (readonly string[])[];
  /** Rows beside the heading. */
  readonly rows: number;
}

/** Reads a file from end to end, so that what cannot be read is found before anything is written. */
export async function surveyTable(path: string, format: TableFormat): Promise<TableSurvey> {
  const sample: (readonly string[])[] = [];
  let rows = -1;
  for await (const portion of readTable(path, format)) {
    rows += portion.length;
    for (const { cells } of portion.slice(0, SAMPLE - sample.length)) {
      sample.push(cells.map((cell) => cell.slice(0, SAMPLE_LENGTH)));
    }
    if (rows > ROWS_MAX) throw unreadable(`it has more than ${ROWS_MAX} rows`);
  }
  if (rows < 1) throw unreadable('it has no rows below its heading');
  return { sample, rows };
}
