import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../base/errors.ts';
import { readCamt } from './read-camt.ts';
import { isMt940, readMt940 } from './read-mt940.ts';
import type { TableRow } from './table.ts';

type Reader = (bytes: Readable) => AsyncIterable<readonly TableRow[]>;

async function cellsOf(read: Reader, text: string | Buffer, size = 65_536): Promise<readonly (readonly string[])[]> {
  const bytes = Buffer.from(text as string);
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
  const rows: TableRow[] = [];
  for await (const portion of read(Readable.from(pieces, { objectMode: true }))) rows.push(...portion);
  expect(rows.map(({ number }) => number)).toEqual(rows.map((_, index) => index + 1));
  return rows.slice(1).map(({ cells }) => cells);
}

async function reasonOf(read: Reader, text: string): Promise<unknown> {
  try {
    await cellsOf(read, text);
  } catch (error) {
    if (error instanceof Refusal && error.code === 'unreadable-file') return error.parameters['reason'];
    throw error;
  }
  return null;
}

const MESSAGE = `{1:F01BMRIIDJAXXXX0000000000}{2:I940XXXXXXXXN}{4:\r
:20:STMT260131\r
:25:1370012345678\r
:28C:00031/001\r
:60F:C260130IDR12500000,00\r
:61:2601310131C1110000,00NTRFINV-2026-014//BR0001\r
PAYMENT\r
:86:TRF DR TOKO MAJU\r
INV-2026-014\r
:61:260131D75000,5NCHGNONREF\r
:86:BIAYA ADM\r
:61:2601021231RC1000,NMSCNONREF//X-9\r
:62F:C260131IDR13534  000,00\r
-}`.replace('13534  000,00', '13533999,50');

describe('MT940', () => {
  it.each([65_536, 1, 7])('reads a statement with its envelope, in pieces of %i bytes', async (size) => {
    expect(await cellsOf(readMt940, MESSAGE, size)).toEqual([
      [
        '1370012345678',
        '00031',
        '2026-01-31',
        '12500000.00',
        '13533999.50',
        '2026-01-31',
        '1110000.00',
        'PAYMENT TRF DR TOKO MAJU INV-2026-014',
        'INV-2026-014',
      ],
      ['', '', '', '', '', '2026-01-31', '-75000.5', 'BIAYA ADM', ''],
      // The day of the entry belongs to the year in which it is nearest to the value date; a reversed credit goes out.
      ['', '', '', '', '', '2025-12-31', '-1000', '', 'X-9'],
    ]);
  });

  it('puts the pages of a statement together, and tells several statements apart', async () => {
    const page = (number: string, open: string, amount: string, close: string): string =>
      `:20:A\n:25:77\n:28C:5/${number}\n${open}\n:61:260201C${amount},00NTRFNONREF\n${close}\n-\n`;
    const rows = await cellsOf(
      readMt940,
      page('1', ':60F:D260131IDR10,00', '5', ':62M:D260201IDR5,00') +
        page('2', ':60M:D260201IDR5,00', '7', ':62F:C260201IDR2,00') +
        ':20:B\n:25:78\n:28C:1\n:60F:C260131IDR3,00\n:62F:C260201IDR3,00\n:86:about the statement\n',
    );
    expect(rows).toEqual([
      ['77', '5', '2026-02-01', '-10.00', '2.00', '2026-02-01', '5.00', '', ''],
      ['', '', '', '', '', '2026-02-01', '7.00', '', ''],
      ['78', '1', '2026-02-01', '3.00', '3.00'],
    ]);
  });

  it('reads the sub-fields of structured descriptions, and Latin-1', async () => {
    const message =
      ':20:A\n:25:1\n:28C:1\n:60F:C260131EUR0,00\n:61:260131C1,00NTRFNONREF\n' +
      ':86:166?00GUTSCHRIFT?20Rechnung 4?21711?32M\u00fcller?33 GmbH?34001\n:62F:C260131EUR1,00\n';
    const [[, , , , , , , description] = []] = await cellsOf(readMt940, Buffer.from(message, 'latin1'));
    expect(description).toBe('Rechnung 4 711 M\u00fcller GmbH');
  });

  it.each([
    ['Kode,Nama\nA,B\n', 'it has no statement in the format MT940'],
    [':20:A\n:25:1\n:28C:9\n:60F:C260131IDR0,00\n', 'statement 9 has no opening or no closing balance'],
    [':20:A\n:60F:X260131IDR0,00\n', '“X260131IDR0,00” is no balance'],
    [':20:A\n:61:26Z131C1,00NTRF\n', '“26Z131C1,00NTRF” is no entry'],
    [':20:A\n:60F:C261399IDR0,00\n', '“261399” is no date'],
    [`:20:${'x'.repeat(20_000)}`, 'a line is too long for a bank statement'],
  ])('refuses what is none: %j', async (text, reason) => {
    expect(await reasonOf(readMt940, text)).toBe(reason);
  });

  it('is refused wherever it was cut off before its closing balance', async () => {
    const closing = MESSAGE.indexOf(':62F:') + ':62F:C260131IDR'.length;
    for (let length = 0; length <= closing; length += 1) {
      expect([length, await reasonOf(readMt940, MESSAGE.slice(0, length))]).toEqual([length, expect.any(String)]);
    }
  });

  it('is known by its beginning', () => {
    expect([MESSAGE, ':20:A\n', '\n:20:A'].map(isMt940)).toEqual([true, true, true]);
    expect(['Tanggal,Uraian', '20:30', ''].map(isMt940)).toEqual([false, false, false]);
  });
});

const entry = (amount: string, direction: string, more: string): string =>
  `<Ntry><Amt Ccy="IDR">${amount}</Amt><CdtDbtInd>${direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>` +
  `<BookgDt><Dt>2026-01-31</Dt></BookgDt>${more}</Ntry>`;
const balance = (code: string, amount: string, direction: string): string =>
  `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="IDR">${amount}</Amt>` +
  `<CdtDbtInd>${direction}</CdtDbtInd><Dt><Dt>2026-01-31</Dt></Dt></Bal>`;
const STATEMENT = `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr><Stmt>
<Id>S-31</Id><ElctrncSeqNb>31</ElctrncSeqNb><Acct><Id><Othr><Id>1370012345678</Id></Othr></Id></Acct>
${balance('OPBD', '100.00', 'DBIT')}${balance('CLBD', '50.25', 'CRDT')}
${entry('200.25', 'CRDT', '<NtryDtls><TxDtls><Refs><EndToEndId>INV-7</EndToEndId></Refs><RltdPties><Dbtr><Pty><Nm>Toko &amp; Anak</Nm></Pty></Dbtr></RltdPties><RmtInf><Ustrd>Pelunasan</Ustrd><Ustrd>INV-7</Ustrd></RmtInf></TxDtls></NtryDtls>')}
${entry('50.00', 'DBIT', '<AcctSvcrRef>B-1</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs></TxDtls></NtryDtls><AddtlNtryInf>Biaya</AddtlNtryInf>')}
${entry('9.00', 'DBIT', '').replace('BOOK', 'PDNG')}
</Stmt></BkToCstmrStmt></Document>`;

describe('camt.053', () => {
  it.each([65_536, 5])('reads a statement, in pieces of %i bytes', async (size) => {
    expect(await cellsOf(readCamt, STATEMENT, size)).toEqual([
      [
        '1370012345678',
        '31',
        '2026-01-31',
        '-100.00',
        '50.25',
        '2026-01-31',
        '200.25',
        'Toko & Anak Pelunasan INV-7',
        'INV-7',
      ],
      ['', '', '', '', '', '2026-01-31', '-50.00', 'Biaya', 'B-1'],
    ]);
  });

  it('is refused wherever it was cut off', async () => {
    for (let length = 0; length < STATEMENT.length; length += 1) {
      expect([length, await reasonOf(readCamt, STATEMENT.slice(0, length))]).toEqual([length, expect.any(String)]);
    }
  });

  it.each([
    ['<a/>', 'it has no statement in the format camt.053'],
    [STATEMENT.replace('CLBD', 'XXXX'), 'statement 31 has no opening or no closing balance'],
    [STATEMENT.replace('200.25', '2OO'), '“2OO” is no amount'],
    ['<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', 'the XML has a document type'],
    [STATEMENT.slice(0, 900), 'the XML is cut off'],
    [STATEMENT.replace('</Stmt>', ''), 'what should be XML is none'],
    ['<a>'.repeat(2_000), 'what should be XML is none'],
  ])('refuses what is none: %#', async (text, reason) => {
    expect(await reasonOf(readCamt, text)).toBe(reason);
  });
});
