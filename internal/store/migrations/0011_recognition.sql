-- What people say of entries and of one another: comments, credits, what they follow,
-- searches they keep, reports of what should not be there.

-- +goose Up
CREATE TABLE commons_comment (
    id         TEXT      NOT NULL PRIMARY KEY,
    entry      TEXT      NOT NULL,
    parent     TEXT      NOT NULL, -- comment that it answers, '' for none
    author     TEXT      NOT NULL, -- person; '' once they are erased
    body       TEXT      NOT NULL, -- '' once its author deleted it, or long after it was hidden
    state      TEXT      NOT NULL, -- waiting, shown, hidden, deleted
    reason     TEXT      NOT NULL, -- why it is hidden
    moderator  TEXT      NOT NULL, -- person who let it appear or hid it, '' for none
    created_at TIMESTAMP NOT NULL, -- UTC
    edited_at  TIMESTAMP,
    decided_at TIMESTAMP,
    version    BIGINT    NOT NULL
);
CREATE INDEX commons_comment_entry ON commons_comment (entry, created_at);
CREATE INDEX commons_comment_author ON commons_comment (author, created_at) WHERE author <> '';
CREATE INDEX commons_comment_state ON commons_comment (state, created_at);

CREATE TABLE commons_credit (
    id           TEXT      NOT NULL PRIMARY KEY,
    entry        TEXT      NOT NULL,
    person       TEXT      NOT NULL, -- '' for an organisation
    organisation TEXT      NOT NULL, -- '' for a person
    did          TEXT      NOT NULL, -- wrote, translated, tested, taught, maintained, reported
    state        TEXT      NOT NULL, -- asked, shown, refused, removed
    proposed_by  TEXT      NOT NULL, -- person; '' once they are erased
    created_at   TIMESTAMP NOT NULL, -- UTC
    decided_at   TIMESTAMP,
    version      BIGINT    NOT NULL
);
CREATE UNIQUE INDEX commons_credit_once ON commons_credit (entry, person, organisation, did);
CREATE INDEX commons_credit_person ON commons_credit (person) WHERE person <> '';
CREATE INDEX commons_credit_organisation ON commons_credit (organisation) WHERE organisation <> '';

CREATE TABLE commons_contributor (
    person TEXT      NOT NULL PRIMARY KEY,
    page   TEXT      NOT NULL UNIQUE, -- by which their public page is found
    since  TIMESTAMP NOT NULL
);

CREATE TABLE commons_search (
    id         TEXT      NOT NULL PRIMARY KEY,
    person     TEXT      NOT NULL,
    name       TEXT      NOT NULL,
    query      TEXT      NOT NULL, -- as the address of the list holds it
    lang       TEXT      NOT NULL,
    often      TEXT      NOT NULL, -- daily, weekly, never
    told_at    TIMESTAMP NOT NULL, -- until when new entries were told
    created_at TIMESTAMP NOT NULL,
    version    BIGINT    NOT NULL
);
CREATE INDEX commons_search_person ON commons_search (person);

CREATE TABLE commons_seen (
    entry TEXT      NOT NULL PRIMARY KEY,
    at    TIMESTAMP NOT NULL -- when the library was first seen with it
);
CREATE INDEX commons_seen_at ON commons_seen (at);

CREATE TABLE follow (
    person  TEXT      NOT NULL,
    subject TEXT      NOT NULL, -- entry:ID, level:code, organisation:ID
    at      TIMESTAMP NOT NULL,
    PRIMARY KEY (person, subject)
);
CREATE INDEX follow_subject ON follow (subject, person);

CREATE TABLE report (
    id          TEXT      NOT NULL PRIMARY KEY, -- a secret: whoever holds it follows the report
    subject     TEXT      NOT NULL, -- entry:ID, comment:ID
    reason      TEXT      NOT NULL,
    body        TEXT      NOT NULL, -- '' long after it was answered
    reporter    TEXT      NOT NULL, -- person; '' for a visitor, or once they are erased
    state       TEXT      NOT NULL, -- open, kept, hidden, edited
    answer      TEXT      NOT NULL,
    answered_by TEXT      NOT NULL, -- person
    created_at  TIMESTAMP NOT NULL, -- UTC
    answered_at TIMESTAMP,
    version     BIGINT    NOT NULL
);
CREATE INDEX report_state ON report (state, created_at);
CREATE INDEX report_reporter ON report (reporter) WHERE reporter <> '';
