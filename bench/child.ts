import { InputError } from "../src/numerics/errors.ts";
import { runTask, type Task } from "./tasks.ts";

// Runs one task in a process of its own: the task as JSON in the first argument, a line of JSON per
// result.
try {
  await runTask(JSON.parse(process.argv[2]) as Task, (result) =>
    process.stdout.write(`${JSON.stringify(result)}\n`),
  );
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
