"""Uploads one file with tuspy: python upload.py ENDPOINT TOKEN FILE SHA256 [CHUNK]

Prints one JSON document: where the file is.
"""

import json
import sys

from tusclient import client

endpoint, token, path, sha256, *chunk = sys.argv[1:]
uploader = client.TusClient(endpoint, headers={"Authorization": f"Bearer {token}"}).uploader(
    path,
    chunk_size=int(chunk[0]) if chunk else sys.maxsize,
    metadata={"filename": "registre.pdf", "sha256": sha256},
    upload_checksum=bool(chunk),
    retries=8,
    retry_delay=0.5,
)
uploader.upload()
print(json.dumps({"url": uploader.url}))
