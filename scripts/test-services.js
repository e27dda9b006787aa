// @ts-check
// Finds what the tests can use beside SQLite: a MySQL or MariaDB server, Redis, a browser and bookkeeping programs.
import { accessSync, constants } from 'node:fs';
import { createConnection } from 'node:net';
import { delimiter, join } from 'node:path';
import mysql from 'mysql2/promise';

const DEFAULT_DATABASE_URL = 'mysql://root@127.0.0.1:3306';
const DEFAULT_REDIS_URL = 'redis://127.0.0.1:6379/9';
const ANSWER_MS_MAX = 3000;
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const MAC_BROWSER = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/**
 * A database server for one test run. Without RANGKA_TEST_DATABASE_URL it is a local server that lets root in without
 * a password, with names of this run's own, which `dispose` drops.
 * @param {string | undefined} given  value of RANGKA_TEST_DATABASE_URL
 * @returns {Promise<{ url: string, dispose: () => Promise<void> } | { fault: string }>}
 */
export async function findDatabase(given) {
  const url = new URL(given ?? `${DEFAULT_DATABASE_URL}/rangka_test_${process.pid}`);
  const name = url.pathname.slice(1);
  try {
    await onServer(url, async (connection) => {
      await connection.query('CREATE DATABASE IF NOT EXISTS ?? CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci', [
        name,
      ]);
    });
  } catch (error) {
    return { fault: `MySQL at ${url.host}: ${messageOf(error)}` };
  }
  return {
    url: url.href,
    dispose: () => (given === undefined ? dropDatabases(url, name) : Promise.resolve()),
  };
}

/**
 * Drops the run's own database and those of its companies, `<name>_<company>`.
 * @param {URL} url
 * @param {string} name
 */
async function dropDatabases(url, name) {
  await onServer(url, async (connection) => {
    const [rows] = await connection.query({ sql: 'SHOW DATABASES', rowsAsArray: true });
    for (const [database] of /** @type {string[][]} */ (rows)) {
      if (database === name || database?.startsWith(`${name}_`)) await connection.query('DROP DATABASE ??', [database]);
    }
  });
}

/**
 * @param {URL} url
 * @param {(connection: mysql.Connection) => Promise<void>} work
 */
async function onServer(url, work) {
  const connection = await mysql.createConnection({
    host: url.hostname,
    port: Number(url.port || 3306),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    connectTimeout: ANSWER_MS_MAX,
  });
  try {
    await work(connection);
  } finally {
    await connection.end();
  }
}

/**
 * @param {string} [given]  value of RANGKA_TEST_REDIS_URL
 * @returns {Promise<{ url: string } | { fault: string }>}
 */
export async function findRedis(given = DEFAULT_REDIS_URL) {
  const { hostname, port, host } = new URL(given);
  try {
    await answersPing(hostname, Number(port || 6379));
    return { url: given };
  } catch (error) {
    return { fault: `Redis at ${host}: ${messageOf(error)}` };
  }
}

/**
 * Any answer tells a Redis server, also one that asks for a password.
 * @param {string} host
 * @param {number} port
 * @returns {Promise<void>}
 */
function answersPing(host, port) {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port, timeout: ANSWER_MS_MAX });
    socket.on('connect', () => socket.write('PING\r\n'));
    socket.on('data', (answer) => {
      socket.destroy();
      if (/^[+-]/.test(answer.toString())) resolve();
      else reject(new Error('another service answers there'));
    });
    socket.on('timeout', () => socket.destroy(new Error('no answer')));
    socket.on('error', reject);
  });
}

/**
 * @param {string | undefined} given  value of RANGKA_TEST_CHROMIUM
 * @returns {{ path: string } | { fault: string }}
 */
export function findBrowser(given) {
  const candidates = given ? [given] : [...BROWSERS.flatMap(placesOf), MAC_BROWSER];
  const path = candidates.find(isExecutable);
  return path === undefined ? { fault: given ? `no program at ${given}` : 'no Chromium on this computer' } : { path };
}

/**
 * The programs that read the plain-text export of the books.
 * @returns {{ hledger: string, beanCheck: string } | { fault: string }}
 */
export function findBookkeeping() {
  const hledger = placesOf('hledger').find(isExecutable);
  const beanCheck = placesOf('bean-check').find(isExecutable);
  if (hledger === undefined) return { fault: 'no hledger on this computer' };
  return beanCheck === undefined ? { fault: 'no bean-check of beancount on this computer' } : { hledger, beanCheck };
}

/**
 * Where a program would lie.
 * @param {string} name
 */
function placesOf(name) {
  return (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name));
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {unknown} error */
function messageOf(error) {
  if (error instanceof AggregateError) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
