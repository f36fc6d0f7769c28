import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { fetchSet, fetchSource, type FetchProgress } from "../../../src/data/node/fetch.ts";
import { loadSplit } from "../../../src/data/node/load.ts";
import type { SetFile } from "../../../src/data/sources.ts";
import { InputError } from "../../../src/numerics/errors.ts";
import { failureOf, folder, put, syntheticFiles, syntheticSource, zipped } from "./synthetic.ts";

const files = syntheticFiles();
const archives = Object.fromEntries(
  Object.entries(files).map(([part, bytes]) => [part, gzipSync(bytes)]),
) as unknown as Record<SetFile, Uint8Array>;
const source = syntheticSource(archives);
const images = "train-images-idx3-ubyte.gz";

type Answer = (file: Uint8Array, request: IncomingMessage, response: ServerResponse) => void;

/** Sends the whole file, or the range asked for. */
const wellBehaved: Answer = (file, request, response) => {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  if (from > 0)
    response.writeHead(206, { "content-range": `bytes ${from}-${file.length - 1}/${file.length}` });
  response.end(file.subarray(from));
};

/** Announces everything, sends `bytes` and hangs up. */
const cutAfter =
  (bytes: number): Answer =>
  (file, _request, response) => {
    response.writeHead(200, { "content-length": file.length });
    response.write(file.subarray(0, bytes), () => setTimeout(() => response.destroy(), 20));
  };

const running: { close(): void }[] = [];
afterEach(() => {
  for (const server of running.splice(0)) server.close();
});

/**
 * A mirror on this machine: `answers` are used up request by request for the training images, the
 * last one stays.
 */
async function mirror(...answers: Answer[]): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const name = basename(request.url ?? "");
    const file = archives[name.replace(/-idx.*/, "") as SetFile];
    asked.push(`${name} ${request.headers.range ?? "whole"}`);
    const answer =
      name !== images
        ? wellBehaved
        : answers.length > 1
          ? answers.shift()!
          : (answers[0] ?? wellBehaved);
    answer(file, request, response);
  });
  running.push(server);
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, asked };
}

async function complete(dir: string): Promise<void> {
  for (const { part, file } of source.files)
    expect(readFileSync(join(dir, file)).equals(archives[part])).toBe(true);
  expect(readdirSync(dir)).toHaveLength(4);
  expect((await loadSplit("mnist", dir)).train.count).toBe(20);
}

describe("fetching a data set", () => {
  it("downloads the four files, tells how far it is, and leaves nothing else", async () => {
    const dir = join(folder(), "new", "folder");
    const { url } = await mirror();
    const seen: FetchProgress[] = [];
    const paths = await fetchSource(source, dir, {
      mirrors: [url],
      onProgress: (p) => seen.push(p),
    });
    expect(paths).toEqual(source.files.map((f) => join(dir, f.file)));
    await complete(dir);
    for (const { file, bytes } of source.files) {
      const received = seen.filter((p) => p.file === file).map((p) => p.received);
      expect(received).toEqual([...received].sort((a, b) => a - b));
      expect(received.at(-1)).toBe(bytes);
    }
    expect(seen[0]).toMatchObject({ total: archives["train-images"].length, mirror: url });
  });

  it("asks nothing when the files are there", async () => {
    const dir = folder();
    const { url, asked } = await mirror();
    await fetchSource(source, dir, { mirrors: [url] });
    const before = asked.length;
    await fetchSource(source, dir, { mirrors: [url] });
    expect(asked).toHaveLength(before);
  });

  it("goes on after a cut connection, asking only for the rest", async () => {
    const dir = folder();
    const { url, asked } = await mirror(cutAfter(5000), wellBehaved);
    await fetchSource(source, dir, { mirrors: [url] });
    expect(asked.slice(0, 2)).toEqual([`${images} whole`, `${images} bytes=5000-`]);
    await complete(dir);
  });

  it("goes on in a later call where an earlier one was broken off", async () => {
    const dir = folder();
    const broken = await mirror(cutAfter(3000), (_f, _r, response) =>
      response.writeHead(503).end(),
    );
    const error = await failureOf(fetchSource(source, dir, { mirrors: [broken.url] }));
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain(
      `3000 of ${archives["train-images"].length} bytes are kept in ${join(dir, images)}.part`,
    );
    const whole = await mirror();
    await fetchSource(source, dir, { mirrors: [whole.url] });
    expect(whole.asked[0]).toBe(`${images} bytes=3000-`);
    await complete(dir);
  });

  it("starts again when the server ignores the range", async () => {
    const dir = folder();
    const { url, asked } = await mirror(cutAfter(5000), (file, _request, response) =>
      response.end(file),
    );
    await fetchSource(source, dir, { mirrors: [url] });
    expect(asked.filter((line) => line.startsWith(images))).toEqual([
      `${images} whole`,
      `${images} bytes=5000-`,
    ]);
    await complete(dir);
  });

  it.each<[string, Answer]>([
    ["refuses the range", (_f, _r, response) => response.writeHead(416).end()],
    [
      "sends another range",
      (file, _r, response) =>
        response
          .writeHead(206, { "content-range": `bytes 0-${file.length - 1}/${file.length}` })
          .end(file),
    ],
  ])("drops what it kept and starts again when the server %s", async (_, answer) => {
    const dir = folder();
    const { url, asked } = await mirror(cutAfter(5000), answer, wellBehaved);
    await fetchSource(source, dir, { mirrors: [url] });
    expect(asked[2]).toBe(`${images} whole`);
    await complete(dir);
  });

  it("drops a part whose beginning is wrong, and starts again", async () => {
    const dir = folder();
    const { url, asked } = await mirror();
    writeFileSync(join(dir, `${images}.part`), new Uint8Array(2000));
    await fetchSource(source, dir, { mirrors: [url] });
    expect(asked.slice(0, 2)).toEqual([`${images} bytes=2000-`, `${images} whole`]);
    await complete(dir);
  });

  it("takes the next mirror when one fails, and goes on with what the first one sent", async () => {
    const dir = folder();
    const closed = "http://127.0.0.1:1/";
    const first = await mirror(cutAfter(4000), (_f, _r, response) => response.writeHead(404).end());
    const second = await mirror();
    await fetchSource(source, dir, { mirrors: [closed, first.url, second.url] });
    expect(second.asked[0]).toBe(`${images} bytes=4000-`);
    await complete(dir);
  });

  it.each<[string, Answer]>([
    ["is as long but other", (file, _r, response) => response.end(file.map((b) => b ^ 1))],
    ["never ends", (file, _r, response) => response.end(new Uint8Array(3 * file.length))],
  ])("deletes a download that %s, says so, and takes the next mirror", async (_, wrong) => {
    const dir = folder();
    const bad = await mirror(wrong);
    const good = await mirror();
    const error = await failureOf(fetchSource(source, dir, { mirrors: [bad.url] }));
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(
      new RegExp(
        `${bad.url}${images}: its sha256 is [0-9a-f]{64}, expected ` +
          `${source.files[0].archive.hex}; the download was deleted`,
      ),
    );
    expect(readdirSync(dir)).toEqual([]);
    await fetchSource(source, dir, { mirrors: [bad.url, good.url] });
    await complete(dir);
  });

  it("lists why every mirror failed", async () => {
    const dir = folder();
    const missing = await mirror((_f, _r, response) => response.writeHead(404).end());
    const closed = "http://127.0.0.1:1/";
    const { message } = await failureOf(
      fetchSource(source, dir, { mirrors: [missing.url, closed] }),
    );
    expect(message).toContain(`${missing.url}${images}: it answered 404 Not Found`);
    expect(message).toMatch(
      new RegExp(`${closed}${images}: .*(ECONNREFUSED|bad port|fetch failed)`),
    );
  });

  it("asks a set's own mirrors in their order, for the archive as it is", async () => {
    const asked: [string, string | null][] = [];
    const offline = (url: string | URL | Request, init?: RequestInit) => {
      asked.push([url as string, new Headers(init?.headers).get("accept-encoding")]);
      return Promise.reject(new Error("offline"));
    };
    await expect(fetchSet("kmnist", folder(), { fetch: offline })).rejects.toThrow(/offline/);
    expect(asked).toEqual([
      ["https://codh.rois.ac.jp/kmnist/dataset/kmnist/train-images-idx3-ubyte.gz", "identity"],
      ["http://codh.rois.ac.jp/kmnist/dataset/kmnist/train-images-idx3-ubyte.gz", "identity"],
    ]);
  });

  it("blames the folder, not the mirrors, when it cannot be written", async () => {
    const dir = folder();
    const { url, asked } = await mirror();
    writeFileSync(join(dir, "file"), "");
    const error = await failureOf(
      fetchSource(source, join(dir, "file", "below"), { mirrors: [url] }),
    );
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(
      /file.*below: .*\(ENOTDIR\), expected a folder that can be written/,
    );
    expect(asked).toEqual([]);
  });

  it("leaves a file alone that is not the published one", async () => {
    const dir = folder();
    const { url } = await mirror();
    put(dir, { "train-images": syntheticFiles(5, 5, 2)["train-images"] }, zipped);
    const before = readFileSync(join(dir, images));
    await expect(fetchSource(source, dir, { mirrors: [url] })).rejects.toThrow(
      /is there already, but it is not the published file/,
    );
    expect(readFileSync(join(dir, images)).equals(before)).toBe(true);
    expect(existsSync(join(dir, `${images}.part`))).toBe(false);
  });
});
