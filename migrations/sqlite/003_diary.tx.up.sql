-- What people did with films, and numbers beside the films (how many there
-- are, which starter films were loaded).
--
-- A film's sum of ratings changes with the rows of ratings. Taking a person
-- away must take his ratings out of those sums first: hence no cascade.

CREATE TABLE ratings (
    user_id  TEXT   NOT NULL REFERENCES users (id),
    movie_id TEXT   NOT NULL REFERENCES movies (id),
    rating   INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 10),
    at       BIGINT NOT NULL,
    PRIMARY KEY (user_id, movie_id)
);
CREATE INDEX ratings_newest ON ratings (user_id, at, movie_id);

CREATE TABLE watchlist (
    user_id  TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    movie_id TEXT   NOT NULL REFERENCES movies (id),
    at       BIGINT NOT NULL,
    PRIMARY KEY (user_id, movie_id)
);
CREATE INDEX watchlist_newest ON watchlist (user_id, at, movie_id);

CREATE TABLE watched (
    user_id    TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    movie_id   TEXT   NOT NULL REFERENCES movies (id),
    watched_on TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (user_id, movie_id)
);
CREATE INDEX watched_newest ON watched (user_id, watched_on, at, movie_id);

CREATE TABLE catalogue (
    name  TEXT   NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO catalogue (name, value) VALUES ('movies', 0);
