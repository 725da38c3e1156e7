DROP TABLE movie_aliases;
DROP INDEX movies_by_imdb;
DROP INDEX movies_by_rating;
ALTER TABLE movies DROP COLUMN rating_rank;
ALTER TABLE movies DROP COLUMN imdb_sum;
ALTER TABLE movies DROP COLUMN imdb_votes;
ALTER TABLE movies DROP COLUMN movielens_sum;
ALTER TABLE movies DROP COLUMN movielens_votes;
ALTER TABLE movies ADD COLUMN rating_rank BIGINT NOT NULL GENERATED ALWAYS AS
    (CASE WHEN rating_count = 0 THEN 0 ELSE -(rating_sum * 1000000 / rating_count) END) STORED;
CREATE INDEX movies_by_rating ON movies (rating_rank, title_key, id);
