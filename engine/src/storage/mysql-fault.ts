import { StorageError } from './fault.ts';
import type { FaultKind } from './fault.ts';

interface Rule {
  readonly kind: FaultKind;
  /** Where the server's message names the constraint or the column. */
  readonly name?: RegExp;
  readonly rerun?: boolean;
}

const KEY: Rule = { kind: 'unique', name: /for key '(?:[^']*\.)?([^'.]+)'$/ };
const LINK: Rule = { kind: 'foreign-key', name: /CONSTRAINT `([^`]+)` FOREIGN KEY/ };
const REQUIRED: Rule = { kind: 'check', name: /(?:Column|Field) '([^']+)'/ };
const TOO_LONG: Rule = { kind: 'too-long', name: /column '([^']+)'/ };
const CONTENTION: Rule = { kind: 'busy', rerun: true };
const AWAY: Rule = { kind: 'unavailable' };

/** Error numbers of MySQL 8.4 and MariaDB 10.11; where they differ, both. */
const RULES: ReadonlyMap<number, Rule> = new Map<number, Rule>([
  [1062, KEY], // ER_DUP_ENTRY
  [1586, KEY], // ER_DUP_ENTRY_WITH_KEY_NAME
  [1216, LINK], // ER_NO_REFERENCED_ROW
  [1217, LINK], // ER_ROW_IS_REFERENCED
  [1451, LINK], // ER_ROW_IS_REFERENCED_2
  [1452, LINK], // ER_NO_REFERENCED_ROW_2
  [1048, REQUIRED], // ER_BAD_NULL_ERROR
  [1364, REQUIRED], // ER_NO_DEFAULT_FOR_FIELD
  [3819, { kind: 'check', name: /constraint '([^']+)'/ }], // ER_CHECK_CONSTRAINT_VIOLATED (MySQL)
  [4025, { kind: 'check', name: /CONSTRAINT `([^`]+)`/ }], // ER_CONSTRAINT_FAILED (MariaDB)
  [1406, TOO_LONG], // ER_DATA_TOO_LONG
  [1264, TOO_LONG], // ER_WARN_DATA_OUT_OF_RANGE
  [1205, CONTENTION], // ER_LOCK_WAIT_TIMEOUT
  [1213, CONTENTION], // ER_LOCK_DEADLOCK
  [1020, CONTENTION], // ER_CHECKREAD: MariaDB's snapshot isolation
  [1180, CONTENTION], // ER_ERROR_DURING_COMMIT: Galera's certification
  [3101, CONTENTION], // ER_TRANSACTION_ROLLBACK_DURING_COMMIT: Group Replication
  [1040, AWAY], // ER_CON_COUNT_ERROR
  [1203, AWAY], // ER_TOO_MANY_USER_CONNECTIONS
  [1226, AWAY], // ER_USER_LIMIT_REACHED
  [1044, AWAY], // ER_DBACCESS_DENIED_ERROR
  [1045, AWAY], // ER_ACCESS_DENIED_ERROR
  [1053, AWAY], // ER_SERVER_SHUTDOWN
  [1077, AWAY], // ER_NORMAL_SHUTDOWN
  [1927, AWAY], // ER_CONNECTION_KILLED (MariaDB)
  [4031, AWAY], // ER_CLIENT_INTERACTION_TIMEOUT (MySQL)
  [1047, AWAY], // ER_UNKNOWN_COM_ERROR: a Galera node that is not ready
  [1290, AWAY], // ER_OPTION_PREVENTS_STATEMENT: read-only server
  [1836, AWAY], // ER_READ_ONLY_MODE
  [1021, AWAY], // ER_DISK_FULL
  [1030, AWAY], // ER_GET_ERRNO: the storage engine cannot read or write
  [1114, AWAY], // ER_RECORD_FILE_FULL
  [3024, AWAY], // ER_QUERY_TIMEOUT (MySQL)
  [1969, AWAY], // ER_STATEMENT_TIMEOUT (MariaDB)
  [1049, { kind: 'missing' }], // ER_BAD_DB_ERROR
]);

/** Errors of the connection itself have a name and no number the server gave. */
const CONNECTION_CODE = /^(?:E[A-Z]+|PROTOCOL_.+|HANDSHAKE_.+)$/;

/** What an error of the driver means. */
export function mysqlFault(error: unknown): Error {
  if (!(error instanceof Error)) return new StorageError('other', { cause: error });
  if (error instanceof StorageError) return error;
  const { errno, code, sqlMessage, fatal } = error as Error &
    Record<'errno' | 'code' | 'sqlMessage' | 'fatal', unknown>;
  const rule = typeof errno === 'number' ? RULES.get(errno) : undefined;
  if (rule !== undefined) {
    const message = typeof sqlMessage === 'string' ? sqlMessage : error.message;
    return new StorageError(rule.kind, { constraint: rule.name?.exec(message)?.[1], rerun: rule.rerun, cause: error });
  }
  const connectionBroke = typeof code === 'string' && CONNECTION_CODE.test(code) && typeof sqlMessage !== 'string';
  if (connectionBroke || fatal === true || error.message === 'Pool is closed.') {
    return new StorageError('unavailable', { cause: error });
  }
  if (error.message === 'Queue limit reached.') return new StorageError('busy', { cause: error });
  return typeof errno === 'number' ? new StorageError('other', { cause: error }) : error;
}
