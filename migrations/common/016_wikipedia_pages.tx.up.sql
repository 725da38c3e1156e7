-- The film's page in the English Wikipedia, by its name as it reads ("Up_(2009_film)"),
-- so that a film can lead there. Films get theirs when they are told of again.

ALTER TABLE movies ADD COLUMN wikipedia_page TEXT NOT NULL DEFAULT '';
