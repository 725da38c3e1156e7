-- The words of titles and names, by which a search that finds next to nothing
-- looks for the words that were meant. Their letters are in normalisation form
-- D, and compared as bytes. Words of films that are gone may stay.

CREATE TABLE movie_words (
    spelling  TEXT    COLLATE "C" NOT NULL PRIMARY KEY,
    backwards TEXT    COLLATE "C" NOT NULL,
    middle    TEXT    COLLATE "C" NOT NULL,
    letters   INTEGER NOT NULL
);

CREATE INDEX movie_words_by_beginning ON movie_words (letters, spelling);
CREATE INDEX movie_words_by_ending ON movie_words (letters, backwards);
CREATE INDEX movie_words_by_middle ON movie_words (letters, middle);
