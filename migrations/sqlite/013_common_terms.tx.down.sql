DROP TABLE common_films;
DROP TABLE common_terms;
DELETE FROM catalogue WHERE name = 'common_terms';
