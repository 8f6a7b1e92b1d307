-- A storyteller's face: a photo that is sealed as a file of its own, and goes with who told the story.

ALTER TABLE identity ADD COLUMN face TEXT; -- core's FileRef of the photo, as JSON; absent where none was taken

ALTER TABLE sealed_identity ADD COLUMN face TEXT; -- core's FileRef of the sealed file, as JSON; absent likewise
