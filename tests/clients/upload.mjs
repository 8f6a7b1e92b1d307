// Uploads one file with tus-js-client: node upload.mjs ENDPOINT TOKEN FILE SHA256 [CHUNK]
// Prints one JSON document: where the file is, and how often the client had to resume.

import { readFileSync } from "node:fs";
import * as tus from "tus-js-client";

const [endpoint, token, path, sha256, chunk] = process.argv.slice(2);
let requests = 0;

const upload = new tus.Upload(readFileSync(path), {
  endpoint,
  chunkSize: chunk ? Number(chunk) : Infinity,
  headers: { authorization: `Bearer ${token}` },
  metadata: { filename: "registre.pdf", sha256 },
  retryDelays: [100, 200, 400, 800, 1600, 1600, 1600],
  uploadDataDuringCreation: Boolean(chunk),
  onBeforeRequest: () => {
    requests += 1;
  },
  onError: (error) => {
    console.error(String(error));
    process.exit(1);
  },
  onSuccess: () => console.log(JSON.stringify({ url: upload.url, requests })),
});
upload.start();
