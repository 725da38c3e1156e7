DROP TABLE familiar_places;
