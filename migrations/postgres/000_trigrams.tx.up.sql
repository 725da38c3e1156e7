-- Search in titles and names goes by trigrams, which work for Hangul as well.
-- The extension is trusted: the owner of the database may create it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
