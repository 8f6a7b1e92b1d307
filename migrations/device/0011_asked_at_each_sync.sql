-- What every sync asks, told without reading the texts of all that headquarters took.

-- Which records of this device's person headquarters has, to compare with what it says (`Tx::own_held`, whose terms these are to the letter).
CREATE INDEX record_own_held ON record (json_extract(body, '$.author'), id)
WHERE state = 'held' AND json_extract(body, '$.device') IS NOT NULL;

-- Which sealed names headquarters has not said it has.
CREATE INDEX sealed_identity_untold ON sealed_identity (record) WHERE told = 0;
