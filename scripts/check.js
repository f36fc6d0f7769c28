// Checks format beside types and lint: what a check has to say comes when it ends, and one that fails fails all.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const modules = join(root, "node_modules");
const checks = {
  format: ["@biomejs/biome/bin/biome", "format"],
  "types and lint": ["oxlint/bin/oxlint"],
};

const passed = await Promise.all(
  Object.entries(checks).map(([name, command]) => run(name, command)),
);
process.exitCode = passed.every(Boolean) ? 0 : 1;

function run(name, [script, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(modules, script), ...args], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => {
        said += text;
      });
    child.on("close", (code) => {
      process.stdout.write(`${said}${name}: ${code === 0 ? "no faults" : "failed"}\n`);
      resolve(code === 0);
    });
  });
}
