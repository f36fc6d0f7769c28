import { expect, it } from "vitest";
import { bytesText, refuseTooLarge, spanText } from "../../src/numerics/demand.ts";
import { arena } from "../../src/numerics/kernels/arena.ts";

it("a demand beyond the room is refused with both numbers and what to do", () => {
  const asked = { of: "x", bytes: 6e9, seconds: 3e6, less: "ask for less", shorter: "stop" };
  expect(() => {
    refuseTooLarge(asked, { bytes: 2 ** 31, more: "buy more" });
  }).toThrow(
    "x: too large: it needs about 6 GB of memory, more than this machine or the engine has " +
      "(2.1 GB); ask for less, or buy more",
  );
  expect(() => {
    refuseTooLarge(asked, { bytes: 1e10, seconds: 86_400, lift: "--force it" });
  }).toThrow(
    "x: too large: it takes some 35 days of a processor, more than 24 h; stop, or --force it",
  );
  refuseTooLarge(asked, { bytes: 6e9 });
  refuseTooLarge(asked, { bytes: 6e9, seconds: 3e6 });
});

it("sizes and times are said as people say them", () => {
  expect([1234, 5.6e6, 123e6, 3.21e9, 4e13, 4e21].map(bytesText)).toEqual([
    "1.2 kB",
    "5.6 MB",
    "123 MB",
    "3.2 GB",
    "40 TB",
    "4e9 TB",
  ]);
  expect([1.2, 600, 8000, 200_000, 4e9, 1e20].map(spanText)).toEqual([
    "2 s",
    "10 min",
    "3 h",
    "3 days",
    "127 years",
    "3e12 years",
  ]);
});

it("kernels that have no room say so, whatever asks for it", () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 2 });
  expect(() => arena({ memory }).reals(1e6)).toThrow(
    /^the kernels' memory: too large: it needs about 4\.1 MB, more than .*; use smaller layers/,
  );
});
