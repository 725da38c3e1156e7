-- The films of each term that many films have, as sets of numbers: a search for
-- common words is an intersection of such sets, which tells how many films
-- there are as well. What only few films have is looked up in movie_terms.
--
-- A set is cut into blocks of 65,536 numbers, each a Roaring bitmap in its
-- portable form (github.com/RoaringBitmap/RoaringFormatSpec). Sets are kept from
-- the moment that their term is listed, and used once they are complete.

CREATE TABLE common_terms (
    term     TEXT    NOT NULL PRIMARY KEY,
    complete BOOLEAN NOT NULL
) WITHOUT ROWID;

CREATE TABLE common_films (
    term  TEXT    NOT NULL,
    block INTEGER NOT NULL,
    films BLOB    NOT NULL,
    PRIMARY KEY (term, block)
);
