import type { Database } from './database.ts';
import type { Statement } from './statement.ts';

/** A database whose statements are told to `note` before they run, in and out of transactions; what it throws, they throw. */
export function watched(database: Database, note: (statement: Statement) => void): Database {
  const wrap = <T extends object>(reader: T): T =>
    new Proxy(reader, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        const method = member as (...parameters: unknown[]) => unknown;
        if (name === 'transaction') {
          const transaction = database.transaction.bind(database);
          return (work: Parameters<typeof transaction>[0]) => transaction((inner) => work(wrap(inner)));
        }
        return (...parameters: unknown[]) => {
          if (['all', 'get', 'tuples', 'run'].includes(String(name))) note(parameters[0] as Statement);
          return method.apply(target, parameters);
        };
      },
    });
  return wrap(database);
}
