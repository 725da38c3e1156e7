-- Films. Orders are worked out by the program or by generated columns, so that
-- both databases order alike: bytes and numbers, all ascending.
-- Lists (countries, cast ...) are JSON texts: they are only ever read whole.

CREATE TABLE movies (
    -- The row number is what movie_terms knows a film by; VACUUM would give
    -- others to films that had none of their own.
    num             INTEGER PRIMARY KEY,
    id              TEXT    NOT NULL UNIQUE,
    source          TEXT    NOT NULL,
    digest          TEXT    NOT NULL,
    imdb_id         TEXT    NOT NULL,
    title           TEXT    NOT NULL,
    original_title  TEXT    NOT NULL,
    title_key       BLOB    NOT NULL,
    year            INTEGER NOT NULL,
    runtime_minutes INTEGER NOT NULL,
    countries       TEXT    NOT NULL,
    languages       TEXT    NOT NULL,
    genres          TEXT    NOT NULL,
    directors       TEXT    NOT NULL,
    cast_names      TEXT    NOT NULL,
    overview_en     TEXT    NOT NULL,
    overview_ko     TEXT    NOT NULL,
    rating_sum      INTEGER NOT NULL DEFAULT 0,
    rating_count    INTEGER NOT NULL DEFAULT 0,
    year_down       INTEGER NOT NULL GENERATED ALWAYS AS (-year) STORED,
    -- The best average first, films without ratings last.
    rating_rank     INTEGER NOT NULL GENERATED ALWAYS AS
        (CASE WHEN rating_count = 0 THEN 0 ELSE -(rating_sum * 1000000 / rating_count) END) STORED
);

CREATE INDEX movies_by_title ON movies (title_key, id);
CREATE INDEX movies_by_year ON movies (year, title_key, id);
CREATE INDEX movies_by_year_down ON movies (year_down, title_key, id);
CREATE INDEX movies_by_rating ON movies (rating_rank, title_key, id);

-- Terms come folded and cut by the program, separated by spaces. The tokenizer
-- for ASCII takes every other character as part of a word and so leaves them.
-- Beginnings of one and two characters are terms of their own, also on Postgres.
CREATE VIRTUAL TABLE movie_terms USING fts5 (
    terms, content = '', contentless_delete = 1, detail = 'none', prefix = '3 4 5', tokenize = 'ascii'
);

CREATE TABLE movie_genres (
    movie_id TEXT    NOT NULL REFERENCES movies (id) ON DELETE CASCADE,
    genre    TEXT    NOT NULL,
    year     INTEGER NOT NULL,
    PRIMARY KEY (movie_id, genre)
) WITHOUT ROWID;

CREATE INDEX movie_genres_by_genre ON movie_genres (genre, year, movie_id);
