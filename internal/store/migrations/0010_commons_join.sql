-- Organisations and territories that have a need of the library too.

-- +goose Up
CREATE TABLE commons_join (
    need    TEXT      NOT NULL, -- entry
    party   TEXT      NOT NULL, -- organisation:ID or level:code
    person  TEXT      NOT NULL, -- who said so; '' once they are erased
    comment TEXT      NOT NULL,
    at      TIMESTAMP NOT NULL, -- UTC
    PRIMARY KEY (need, party)
);
CREATE INDEX commons_join_person ON commons_join (person) WHERE person <> '';
