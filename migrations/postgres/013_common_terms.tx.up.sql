-- The films of each term that many films have, as sets of numbers: a search for
-- common words is an intersection of such sets, which tells how many films
-- there are as well. What only few films have is looked up in movies_terms.
--
-- A set is cut into blocks of 65,536 numbers, each a Roaring bitmap in its
-- portable form (github.com/RoaringBitmap/RoaringFormatSpec). Sets are kept from
-- the moment that their term is listed, and used once they are complete.

CREATE TABLE common_terms (
    term     TEXT    COLLATE "C" NOT NULL PRIMARY KEY,
    complete BOOLEAN NOT NULL
);

CREATE TABLE common_films (
    term  TEXT    COLLATE "C" NOT NULL,
    block INTEGER NOT NULL,
    films BYTEA   NOT NULL,
    PRIMARY KEY (term, block)
);
ALTER TABLE common_films ALTER COLUMN films SET STORAGE EXTERNAL; -- there is nothing left to compress

-- The number is in the index of each order, so that a walk along it reads no
-- films to see which of them are in a set.
ALTER TABLE movies ADD COLUMN num INTEGER NOT NULL GENERATED ALWAYS AS IDENTITY;
CREATE UNIQUE INDEX movies_by_num ON movies (num);
DROP INDEX movies_by_title;
DROP INDEX movies_by_year;
DROP INDEX movies_by_year_down;
DROP INDEX movies_by_rating;
CREATE INDEX movies_by_title ON movies (title_key, id) INCLUDE (num);
CREATE INDEX movies_by_year ON movies (year, title_key, id) INCLUDE (num);
CREATE INDEX movies_by_year_down ON movies (year_down, title_key, id) INCLUDE (num);
CREATE INDEX movies_by_rating ON movies (rating_rank, title_key, id) INCLUDE (num);
