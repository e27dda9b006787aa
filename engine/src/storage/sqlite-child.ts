/**
 * A process of its own, for tests that kill it: works on the data folder given as its first argument, and prints the
 * number of each row once its transaction was acknowledged.
 */
import { openServer } from './connect.ts';
import { statement, table } from './statement.ts';

const [folder = ''] = process.argv.slice(2);
const server = openServer({
  dataFolder: folder,
  onCallbackError: (error) => {
    throw error;
  },
});
await server.createCompany('acme');
const database = server.company('acme');
await database.session(async (session) => {
  await session.run(statement(`CREATE TABLE IF NOT EXISTS ${table('pair')} (number INTEGER, half TEXT)`));
});
const insert = statement(`INSERT INTO ${table('pair')} (number, half) VALUES (?, ?)`);
process.stdout.write('ready\n');
for (let number = 1; ; number += 1) {
  await database.transaction(async (transaction) => {
    await transaction.run(insert, [number, 'first']);
    await transaction.run(insert, [number, 'second']);
  });
  process.stdout.write(`${number}\n`);
}
