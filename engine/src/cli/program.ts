import { Command } from 'commander';
import packageFacts from '../../package.json' with { type: 'json' };

/**
 * The command line of the engine. What a command needs is loaded when it runs, so that `rangka version` does not wait
 * for database drivers.
 */
export function program(): Command {
  const rangka = new Command('rangka')
    .description('Describe a business in JSON and run it.')
    .version(packageFacts.version);

  rangka
    .command('serve')
    .description('Serve the web application and the API')
    .action(async () => (await import('./serve.ts')).serve());

  rangka
    .command('check')
    .description('Check a folder of metadata and print every fault')
    .argument('<folder>', 'a module, or a folder of modules')
    .option('--json', 'print the diagnostics as JSON, for editors')
    .action(async (folder: string, choices: { json?: boolean }) =>
      (await import('./check.ts')).check(folder, choices.json === true),
    );

  rangka
    .command('config')
    .description('Print the settings as they are read from the environment, with secrets hidden')
    .action(async () => (await import('./config.ts')).printConfig());

  rangka
    .command('migrate')
    .description('Bring the catalog and all companies up to date')
    .action(async () => (await import('./migrate.ts')).migrateAll());

  rangka
    .command('doctor')
    .description('Prove the promises about the books on live data; ends with 1 when one is broken')
    .argument('[company]', 'slug of the company; all of them when absent')
    .action(async (company?: string) => (await import('./doctor.ts')).doctor(company ?? null));

  rangka
    .command('activate')
    .description('Activate a module and what it depends on for a company')
    .argument('<company>', 'slug of the company')
    .argument('<module>', 'slug of the module')
    .action(async (company: string, module: string) => (await import('./activate.ts')).activate(company, module));

  rangka
    .command('types')
    .description('Write TypeScript types and a client of the records of a company')
    .argument('<company>', 'slug of the company')
    .option('--output <file>', 'where to; printed when absent')
    .action(async (company: string, choices: { output?: string }) =>
      (await import('./types.ts')).writeTypes(company, choices.output ?? null),
    );

  rangka
    .command('letters')
    .description('Print letters to people that were not sent, for installations without a mail server')
    .action(async () => (await import('./letters.ts')).printLetters());

  addMetadataCommands(rangka);
  addImportCommands(rangka.command('import').description('Make modules out of what other programs know'));
  addUserCommands(rangka.command('user').description('Manage people'));
  addTokenCommands(rangka.command('token').description('Manage API tokens'));

  rangka
    .command('version')
    .description('Print the version')
    .action(() => {
      process.stdout.write(`${packageFacts.version}\n`);
    });
  return rangka;
}

interface MetadataChoices {
  readonly company: string;
  readonly json?: boolean;
}

/** The company's own metadata, carried from one installation to another. */
function addMetadataCommands(rangka: Command): void {
  const add = (name: string, argument: string, description: string): Command =>
    rangka
      .command(name)
      .description(description)
      .argument(argument)
      .requiredOption('--company <slug>', 'whose metadata')
      .option('--json', 'print the result as JSON');
  add('export', '<path>', "Write a company's own metadata to a file (.json) or a folder with a file for each document")
    .option('--scope <scope>', 'company, or module:{slug}', 'company')
    .action(async (path: string, choices: MetadataChoices & { scope: string }) =>
      (await import('./metadata.ts')).exportMetadata(path, choices),
    );
  add('diff', '<path>', 'Compare a company with a file or folder; ends with 1 when they differ').action(
    async (path: string, choices: MetadataChoices) => (await import('./metadata.ts')).diffMetadata(path, choices),
  );
  add('plan', '<path>', 'Show what publishing a file or folder would do; ends with 1 when it cannot be').action(
    async (path: string, choices: MetadataChoices) => (await import('./metadata.ts')).planMetadata(path, choices),
  );
  add('apply', '<path>', 'Publish a file or folder in place of everything in its scope')
    .option('--note <note>', 'what stands in the list of versions')
    .action(async (path: string, choices: MetadataChoices & { note?: string }) =>
      (await import('./metadata.ts')).applyMetadata(path, choices),
    );
  add('restore', '<version>', "Return to the documents of a version of a company's metadata").action(
    async (version: string, choices: MetadataChoices) =>
      (await import('./metadata.ts')).restoreMetadata(version, choices),
  );
}

function addImportCommands(imports: Command): void {
  const out = ['--out <folder>', 'where the modules go', 'imported'] as const;
  imports
    .command('frappe')
    .description('DocTypes of Frappe and ERPNext apps')
    .argument('<folder>', 'an app, a folder of apps, or one DocType')
    .option(...out)
    .action(async (folder: string, choices: { out: string }) =>
      (await import('./import-metadata.ts')).importFromFrappe(folder, choices.out),
    );
  imports
    .command('json-schema')
    .description('Objects of JSON Schemas')
    .argument('<place>', 'a schema, or a folder of schemas that belong together')
    .option(...out)
    .action(async (place: string, choices: { out: string }) =>
      (await import('./import-metadata.ts')).importFromJsonSchema(place, choices.out),
    );
  imports
    .command('database')
    .description('Tables of a MySQL, MariaDB or SQLite database')
    .argument('<place>', 'mysql://user:password@host/database, or the file of a SQLite database')
    .option(...out)
    .option('--records', 'write the records as CSV files, too')
    .action(async (place: string, choices: { out: string; records?: boolean }) =>
      (await import('./import-metadata.ts')).importFromDatabase(place, choices.out, choices.records === true),
    );
}

function addUserCommands(user: Command): void {
  user
    .command('create')
    .description('Add a person; the password is made up and printed')
    .argument('<email>')
    .argument('<name>')
    .option('--company <slug>', 'make them a member of this company')
    .option('--role <role>', 'their role there', 'user')
    .action(async (email: string, name: string, choices: { company?: string; role: string }) =>
      (await import('./user.ts')).createUser(email, name, choices.company ?? null, choices.role),
    );
  user
    .command('reset-password')
    .description('Give a person a new password, print it, and sign them out everywhere')
    .argument('<email>')
    .action(async (email: string) => (await import('./user.ts')).resetPassword(email));
}

function addTokenCommands(token: Command): void {
  token
    .command('create')
    .description('Make an API token and print it; it is shown only once')
    .argument('<email>', 'whose rights it has')
    .argument('<company>', 'slug of the company it opens')
    .option('--name <name>', 'what it is for', 'command line')
    .option('--abilities <abilities>', 'what it may do, separated by commas', '*')
    .option('--days <days>', 'until it expires', '7')
    .action(async (email: string, company: string, choices: { name: string; abilities: string; days: string }) =>
      (await import('./token.ts')).createToken(email, company, choices),
    );
}
