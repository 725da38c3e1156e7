-- A film can be watched more than once, each time on a date of its own. A
-- viewing is a rewatch when an earlier one is recorded, or when the person says
-- so: the first ones may lie before the diary.
--
-- SQLite cannot change a primary key, so that the rows move to a new table.

DROP INDEX watched_newest;
ALTER TABLE watched RENAME TO watched_once;
CREATE TABLE watched (
    user_id    TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    movie_id   TEXT    NOT NULL REFERENCES movies (id),
    watched_on TEXT    NOT NULL,
    at         BIGINT  NOT NULL,
    rewatch    BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (user_id, movie_id, watched_on)
);
INSERT INTO watched (user_id, movie_id, watched_on, at) SELECT user_id, movie_id, watched_on, at FROM watched_once;
DROP TABLE watched_once;
CREATE INDEX watched_newest ON watched (user_id, watched_on, at, movie_id);
