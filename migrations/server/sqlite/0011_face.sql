-- A storyteller's face, sealed: a file that is named and kept like others, and that custodians alone take out.
ALTER TABLE sealed_identity ADD COLUMN face TEXT; -- the sealed file's digest; absent where no face was photographed
CREATE INDEX sealed_identity_by_face ON sealed_identity (face) WHERE face IS NOT NULL;
