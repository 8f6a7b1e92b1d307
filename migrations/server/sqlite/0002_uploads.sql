-- Evidence that comes in over days and over lines that break, and how wrong the clocks of devices are.

-- Files of which a device has sent a part; the bytes lie in the folder of files.
CREATE TABLE upload (
    device  TEXT    NOT NULL REFERENCES device (id),
    sha256  TEXT    NOT NULL,
    bytes   INTEGER NOT NULL, -- of the whole file
    have    INTEGER NOT NULL, -- how many of them are durable
    expires INTEGER NOT NULL, -- Unix seconds; each piece puts it off
    PRIMARY KEY (device, sha256)
) STRICT;

-- The device's clock less headquarters', in seconds, at the sync that brought the record; absent where it was not told.
ALTER TABLE record ADD COLUMN skew INTEGER;

-- Of the device's last sync: when by headquarters' clock (Unix seconds), and by how many seconds its own was off.
ALTER TABLE device ADD COLUMN last_sync INTEGER;
ALTER TABLE device ADD COLUMN skew      INTEGER;

-- Files that a supervisor asked for; they are sent before others.
CREATE TABLE asked_file (
    sha256 TEXT PRIMARY KEY
) STRICT;
