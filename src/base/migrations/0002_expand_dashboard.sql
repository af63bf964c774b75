-- Who looks after what. Everyone who was here before is an owner.
ALTER TABLE accounts ADD COLUMN role TEXT NOT NULL DEFAULT 'owner' CHECK (role IN ('owner', 'admin', 'moderator'));

CREATE TABLE account_sites ( -- what a moderator moderates; owners and admins have every site
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    site_id    INTEGER NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    PRIMARY KEY (account_id, site_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE invitations (
    id         INTEGER PRIMARY KEY NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    email      TEXT NOT NULL,
    role       TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'moderator')),
    invited_by INTEGER REFERENCES accounts (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE invitation_sites (
    invitation_id INTEGER NOT NULL REFERENCES invitations (id) ON DELETE CASCADE,
    site_id       INTEGER NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    PRIMARY KEY (invitation_id, site_id)
) STRICT, WITHOUT ROWID;

ALTER TABLE sites ADD COLUMN blocked_words TEXT NOT NULL DEFAULT '';  -- one a line
ALTER TABLE sites ADD COLUMN close_after INTEGER NOT NULL DEFAULT 0;  -- days after a thread's first comment; 0: never
ALTER TABLE sites ADD COLUMN theme TEXT NOT NULL DEFAULT '' CHECK (theme IN ('', 'light', 'dark'));
ALTER TABLE sites ADD COLUMN accent TEXT NOT NULL DEFAULT '';         -- #rrggbb; empty: the widget's own
ALTER TABLE sites ADD COLUMN first_view_at INTEGER;                   -- when a page of the site first asked for a thread
ALTER TABLE sites ADD COLUMN removed_at INTEGER;                      -- erased 30 days after that

ALTER TABLE threads ADD COLUMN held INTEGER NOT NULL DEFAULT 0;       -- every new comment waits for a moderator
ALTER TABLE threads ADD COLUMN close_after INTEGER;                   -- days; null: as the site says, 0: never

ALTER TABLE guests ADD COLUMN email_verified INTEGER NOT NULL DEFAULT 0;
ALTER TABLE guests ADD COLUMN source TEXT;                            -- which system an imported person is of …
ALTER TABLE guests ADD COLUMN source_id TEXT;                         -- … and who they are there
CREATE UNIQUE INDEX guests_by_source ON guests (site_id, source, source_id) WHERE source IS NOT NULL;
CREATE INDEX guests_by_email ON guests (email) WHERE email <> '';

ALTER TABLE comments ADD COLUMN network TEXT NOT NULL DEFAULT '';     -- the sender's address, shortened (203.0.113.0/24)
ALTER TABLE comments ADD COLUMN findings TEXT NOT NULL DEFAULT '';    -- what the rules said of it, one a line
CREATE INDEX comments_by_email ON comments (author_email COLLATE NOCASE) WHERE author_email <> '';
CREATE INDEX comments_by_account ON comments (account_id, status) WHERE account_id IS NOT NULL;
CREATE INDEX comments_with_address ON comments (created_at) WHERE address_hash IS NOT NULL OR network <> '';

CREATE TABLE comment_versions ( -- the texts that edits replaced
    comment_id INTEGER NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
    written_at INTEGER NOT NULL,
    body       TEXT NOT NULL,
    html       TEXT NOT NULL,
    PRIMARY KEY (comment_id, written_at)
) STRICT, WITHOUT ROWID;

-- Words of names and comments, as community/comments/search.rs splits them, and what else comments are looked for by;
-- rowid is the comment's id.
CREATE VIRTUAL TABLE comments_fts USING fts5 (
    author, words, marks, content = '', contentless_delete = 1, prefix = '3 4',
    tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER comments_leave_the_index AFTER DELETE ON comments
BEGIN DELETE FROM comments_fts WHERE rowid = old.id; END;

ALTER TABLE votes ADD COLUMN shadow INTEGER NOT NULL DEFAULT 0;       -- cast under a shadow ban: seen by its voter, counted by nobody

CREATE TABLE bans (
    id         INTEGER PRIMARY KEY NOT NULL,
    site_id    INTEGER REFERENCES sites (id) ON DELETE CASCADE,       -- null: every site
    kind       TEXT NOT NULL CHECK (kind IN ('address', 'network', 'email', 'name')),
    pattern    TEXT NOT NULL,
    shadow     INTEGER NOT NULL DEFAULT 0,
    reason     TEXT NOT NULL DEFAULT '',
    account_id INTEGER REFERENCES accounts (id) ON DELETE SET NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER                                                -- null: for good
) STRICT;

ALTER TABLE moderations ADD COLUMN version INTEGER NOT NULL DEFAULT 0; -- when the text was written that it was done to

CREATE INDEX reports_by_batch ON reports (settled_by) WHERE settled_by IS NOT NULL;

-- Appended to, never changed: each row's hash covers the row before it.
CREATE TABLE audit (
    id         INTEGER PRIMARY KEY NOT NULL,
    at         INTEGER NOT NULL,
    account_id INTEGER,
    actor      TEXT NOT NULL,
    address    TEXT NOT NULL,
    action     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    site_id    INTEGER,
    was        TEXT NOT NULL,
    became     TEXT NOT NULL,
    hash       BLOB NOT NULL
) STRICT;
CREATE INDEX audit_by_subject ON audit (subject, id);
CREATE INDEX audit_by_account ON audit (account_id, id);
CREATE INDEX audit_by_action ON audit (action, id);
CREATE INDEX audit_by_site ON audit (site_id, id) WHERE site_id IS NOT NULL;
CREATE INDEX audit_by_name ON audit (actor, id) WHERE account_id IS NULL;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'the audit trail is append-only'); END;

CREATE TABLE settings (
    key   TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE imports (
    id         INTEGER PRIMARY KEY NOT NULL,
    site_id    INTEGER NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    account_id INTEGER REFERENCES accounts (id) ON DELETE SET NULL,
    format     TEXT NOT NULL,
    file       TEXT NOT NULL,                                         -- what it was called where it came from
    rules      TEXT NOT NULL DEFAULT '',                              -- which page is which, one a line
    zone       TEXT NOT NULL DEFAULT '',                              -- of dates in the file that do not say theirs
    dry_run    INTEGER NOT NULL,
    started    INTEGER NOT NULL,
    ended      INTEGER,
    report     TEXT,                                                  -- JSON, once it went well
    failure    TEXT                                                   -- in words, when it did not
) STRICT;
CREATE INDEX imports_by_site ON imports (site_id, id);

CREATE TABLE address_salts ( -- without its salt an address hash cannot be made again, by anyone
    period INTEGER PRIMARY KEY NOT NULL,
    salt   BLOB NOT NULL
) STRICT;
