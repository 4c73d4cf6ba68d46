-- Secrets that administrators set in the product: kept apart from settings, which are
-- recorded and shown.

-- +goose Up
CREATE TABLE secret (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);
