-- Evidence that comes in over days and over lines that break, and how wrong the clocks of devices are.

-- Files of which a device has sent a part; the bytes lie in the folder of files.
CREATE TABLE upload (
    device  TEXT    NOT NULL REFERENCES device (id),
    sha256  TEXT    NOT NULL,
    bytes   INTEGER NOT NULL, -- of the whole file
    have    INTEGER NOT NULL, -- how many of them are durable
    expires INTEGER NOT NULL, -- Unix seconds; each piece puts it off
    parcel  INTEGER NOT NULL, -- 1 for an outbox that the device carries for another
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

-- Parcels that came over the network, and the receipts that go back to whoever carried them.
CREATE TABLE received_parcel (
    sha256  TEXT    NOT NULL, -- of the parcel
    device  TEXT    NOT NULL REFERENCES device (id),
    bytes   INTEGER NOT NULL,
    receipt BLOB    NOT NULL,
    PRIMARY KEY (sha256, device)
) STRICT;
