-- Ratings that other sites counted, beside those of our own people, which
-- stay in rating_sum and rating_count. A source's figures are columns of the
-- film, so that it is changed and ranked in one statement.
-- Sums are tenths of points on our scale of 1 to 10: an average with one
-- decimal, times its votes, is a whole number then. The rank fits a BIGINT:
-- 10^9 votes * 100 tenths * 10^5 < 2^63.

DROP INDEX movies_by_rating;
ALTER TABLE movies DROP COLUMN rating_rank;
ALTER TABLE movies ADD COLUMN imdb_sum        INTEGER NOT NULL DEFAULT 0;
ALTER TABLE movies ADD COLUMN imdb_votes      INTEGER NOT NULL DEFAULT 0;
ALTER TABLE movies ADD COLUMN movielens_sum   INTEGER NOT NULL DEFAULT 0;
ALTER TABLE movies ADD COLUMN movielens_votes INTEGER NOT NULL DEFAULT 0;
-- The best average first, films without ratings last. VIRTUAL since SQLite adds
-- no STORED column to a table; its index holds the value all the same.
ALTER TABLE movies ADD COLUMN rating_rank INTEGER NOT NULL GENERATED ALWAYS AS
    (CASE WHEN rating_count + imdb_votes + movielens_votes = 0 THEN 0
          ELSE -((rating_sum * 10 + imdb_sum + movielens_sum) * 100000 / (rating_count + imdb_votes + movielens_votes)) END) VIRTUAL;
CREATE INDEX movies_by_rating ON movies (rating_rank, title_key, id);

-- Films are recognised by their IMDb ids, whatever source they come from.
CREATE INDEX movies_by_imdb ON movies (imdb_id) WHERE imdb_id <> '';

-- Other ids under which a film has come, from a source that has no IMDb ids.
CREATE TABLE movie_aliases (
    id       TEXT NOT NULL PRIMARY KEY,
    movie_id TEXT NOT NULL REFERENCES movies (id) ON DELETE CASCADE
) WITHOUT ROWID;
