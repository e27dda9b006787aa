/** Why a command cannot do what it was asked to; its message is all that is printed. */
export class CommandFault extends Error {}

/** Runs a command; a fault it knows is printed as a sentence, anything else as it is. Sets the exit code. */
export async function command(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const isExpected = error instanceof CommandFault || error.name !== 'Error';
    process.stderr.write(`${isExpected ? error.message : (error.stack ?? error.message)}\n`);
    process.exitCode = 1;
  }
}
