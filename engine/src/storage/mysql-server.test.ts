import { createServer, connect } from 'node:net';
import type { Server, Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StorageError } from './fault.ts';
import { mysqlFault } from './mysql-fault.ts';
import { MysqlServer } from './mysql-server.ts';
import { statement } from './statement.ts';

const onCallbackError = (error: unknown): never => {
  throw error;
};

describe('an address', () => {
  test.each([
    'mysql://root@127.0.0.1:3306/rangka',
    'mysql://user:p%40ss@db.example:3307/rangka_1?tls=on',
    'mysql://root@[::1]/rangka',
  ])('%s is taken', async (url) => {
    await new MysqlServer({ url, onCallbackError }).close();
  });

  test.each([
    'postgres://root@127.0.0.1/rangka',
    'mysql://root@127.0.0.1',
    'mysql://root@127.0.0.1/a-name-that-is-much-too-long-to-have-companies',
    'mysql://root@127.0.0.1/ra%60ngka',
    'mysql://root@127.0.0.1/rangka?ssl=true',
    'mysql://root@127.0.0.1/rangka?tls=maybe',
    'rangka',
  ])('%s is refused with an example of a right one', (url) => {
    expect(() => new MysqlServer({ url, onCallbackError })).toThrow('mysql://user:password@host:3306/rangka');
  });
});

describe('what a driver error means', () => {
  const fromServer = (errno: number, sqlMessage: string): unknown =>
    mysqlFault(Object.assign(new Error(sqlMessage), { errno, code: 'ER_X', sqlMessage }));

  test.each<[message: string, errno: number, kind: string, constraint: string | undefined, rerun: boolean]>([
    ["Duplicate entry 'a-1' for key 'area.area_code'", 1062, 'unique', 'area_code', false],
    ["Duplicate entry 'for key 'x'' for key 'area_code'", 1062, 'unique', 'area_code', false],
    ["Duplicate entry '1' for key 'area.PRIMARY'", 1062, 'unique', 'PRIMARY', false],
    [
      '… a foreign key constraint fails (`d`.`s`, CONSTRAINT `s_area` FOREIGN KEY (`a`) …)',
      1452,
      'foreign-key',
      's_area',
      false,
    ],
    ["Check constraint 'positive' is violated.", 3819, 'check', 'positive', false],
    ['CONSTRAINT `positive` failed for `d`.`area`', 4025, 'check', 'positive', false],
    ["Column 'code' cannot be null", 1048, 'check', 'code', false],
    ["Field 'code' doesn't have a default value", 1364, 'check', 'code', false],
    ["Data too long for column 'code' at row 1", 1406, 'too-long', 'code', false],
    ['Deadlock found when trying to get lock; try restarting transaction', 1213, 'busy', undefined, true],
    ['Lock wait timeout exceeded; try restarting transaction', 1205, 'busy', undefined, true],
    ['Got error 149 during COMMIT', 1180, 'busy', undefined, true],
    ['Plugin instructed the server to rollback the current transaction.', 3101, 'busy', undefined, true],
    ['Too many connections', 1040, 'unavailable', undefined, false],
    ["Unknown database 'x'", 1049, 'missing', undefined, false],
    ['You have an error in your SQL syntax', 1064, 'other', undefined, false],
  ])('%s', (message, errno, kind, constraint, rerun) => {
    expect(fromServer(errno, message)).toMatchObject({ kind, constraint, rerun });
  });

  test.each(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'PROTOCOL_CONNECTION_LOST'])(
    '%s',
    (code) => {
      expect(mysqlFault(Object.assign(new Error(code), { code, errno: -111 }))).toMatchObject({ kind: 'unavailable' });
    },
  );

  test('an error of the program passes as it is', () => {
    const error = new TypeError('Bind parameters must not contain undefined');
    expect(mysqlFault(error)).toBe(error);
  });
});

test('a server that is not there is told as unavailable, soon', async () => {
  const server = new MysqlServer({ url: 'mysql://root@127.0.0.1:1/rangka', onCallbackError });
  const started = performance.now();
  await expect(server.ping()).rejects.toMatchObject({ kind: 'unavailable' });
  await expect(server.catalog.transaction(async (tx) => tx.get(statement('SELECT 1')))).rejects.toThrow(StorageError);
  expect(performance.now() - started).toBeLessThan(6_000);
  await server.close();
});

const address = process.env['RANGKA_TEST_DATABASE_URL'];

/** A road to the database that can be cut. */
class Road {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  #open = true;
  /** What travels is swallowed: connections stay, answers do not come. */
  silent = false;

  constructor(target: URL) {
    const [host, port] = [target.hostname, Number(target.port === '' ? 3306 : target.port)];
    this.#server = createServer((near) => {
      if (!this.#open) return near.destroy();
      const far = connect(port, host);
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined);
      }
      near.on('data', (bytes) => this.silent || far.write(bytes));
      far.on('data', (bytes) => this.silent || near.write(bytes));
      near.on('close', () => far.destroy());
      far.on('close', () => near.destroy());
    });
  }

  listen(): Promise<number> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => {
        const bound = this.#server.address();
        resolve(typeof bound === 'object' && bound !== null ? bound.port : 0);
      });
    });
  }

  cut(): void {
    this.#open = false;
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  mend(): void {
    this.#open = true;
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}

describe.runIf(address !== undefined)('when the road to the database is cut', () => {
  let road: Road;
  let server: MysqlServer;

  beforeAll(async () => {
    const target = new URL(address ?? '');
    road = new Road(target);
    target.port = String(await road.listen());
    target.hostname = '127.0.0.1';
    server = new MysqlServer({ url: target.href, onCallbackError });
  });

  afterAll(async () => {
    await server.close();
    road.close();
  });

  test('requests fail as unavailable and recover by themselves', async () => {
    await server.ping();
    road.cut();
    await expect(server.ping()).rejects.toMatchObject({ kind: 'unavailable' });
    road.mend();
    await expect(server.ping()).resolves.toBeUndefined();
  });

  test('a transaction under way fails, is not run again, and its connection is not used again', async () => {
    let runs = 0;
    const cutOff = server.catalog.transaction(async (transaction) => {
      runs += 1;
      await transaction.get(statement('SELECT 1'));
      road.cut();
      await transaction.get(statement('SELECT 1'));
    });
    await expect(cutOff).rejects.toMatchObject({ kind: 'unavailable', outcomeUnknown: false });
    expect(runs).toBe(1);
    road.mend();
    const answer = await server.catalog.transaction(async (transaction) => transaction.get(statement('SELECT 2 AS n')));
    expect(answer).toMatchObject({ n: 2 });
  });

  test('a commit whose answer is lost says that its outcome is unknown', async () => {
    const committing = server.catalog.transaction(async (transaction) => {
      await transaction.get(statement('SELECT 1'));
      road.silent = true;
      setTimeout(() => road.cut(), 30);
    });
    await expect(committing).rejects.toMatchObject({ kind: 'unavailable', outcomeUnknown: true });
    road.silent = false;
    road.mend();
    await expect(server.ping()).resolves.toBeUndefined();
  });

  test('sessions are set up before their first use', async () => {
    const row = await server.catalog.get(
      statement('SELECT @@time_zone AS zone, @@sql_mode AS mode, @@innodb_lock_wait_timeout AS patience'),
    );
    expect(row).toMatchObject({ zone: '+00:00', patience: 10 });
    expect(row?.mode).toContain('STRICT_ALL_TABLES');
  });
});
