// Trains on three threads and prints the message of the error that ends it.
import { threads } from "../../src/training/threads/node/threads.ts";
import { workload } from "./workload.ts";

try {
  await workload("small", 20, { spawn: threads(3) });
  process.stdout.write("no error");
} catch (error) {
  process.stdout.write(error instanceof Error ? error.message : "not an error");
}
