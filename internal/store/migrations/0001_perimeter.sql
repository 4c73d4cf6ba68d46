-- Custom territories, under their short address. The communes are INSEE codes
-- of the vintage, in order, separated by commas.

-- +goose Up
CREATE TABLE perimeter (
    code       TEXT      NOT NULL PRIMARY KEY,
    communes   TEXT      NOT NULL,
    vintage    INTEGER   NOT NULL,
    created_at TIMESTAMP NOT NULL -- UTC
);
