-- Films are found by their original titles as well: the same key as title_key,
-- worked out by the program; NULL where the original title is the title.

ALTER TABLE movies ADD COLUMN original_key BYTEA;
CREATE INDEX movies_by_original_title ON movies (original_key) WHERE original_key IS NOT NULL;
