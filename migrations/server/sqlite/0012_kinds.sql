-- What a record does, apart from its body: a word of core's Act. It is asked for at each sync, and no function of JSON is the same in two
-- databases.
ALTER TABLE record ADD COLUMN kind TEXT NOT NULL DEFAULT '';
UPDATE record SET kind = coalesce(json_extract(body, '$.act.kind'), '');
