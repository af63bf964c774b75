CREATE TABLE meta (
    key   TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    fact       TEXT NOT NULL,
    thread_id  INTEGER NOT NULL,
    comment_id INTEGER,
    at         INTEGER NOT NULL
) STRICT;

CREATE INDEX outbox_by_thread ON outbox (thread_id, seq);

CREATE TABLE job_runs (
    id       INTEGER PRIMARY KEY NOT NULL,
    job      TEXT NOT NULL,
    started  INTEGER NOT NULL,
    ended    INTEGER,
    outcome  TEXT
) STRICT;

CREATE INDEX job_runs_by_job ON job_runs (job, started);

CREATE TABLE idempotency (
    scope       TEXT NOT NULL,
    key         TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    comment_id  INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_by_age ON idempotency (created_at);

CREATE TABLE sites (
    id            INTEGER PRIMARY KEY NOT NULL,
    key           TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    moderation    TEXT NOT NULL DEFAULT 'none' CHECK (moderation IN ('none', 'all', 'first', 'links')),
    sort          TEXT NOT NULL DEFAULT 'oldest' CHECK (sort IN ('oldest', 'newest', 'best')),
    display_depth INTEGER NOT NULL DEFAULT 4,
    edit_window   INTEGER NOT NULL DEFAULT 900,   -- seconds
    max_length    INTEGER NOT NULL DEFAULT 10000, -- characters of a comment's source
    images        INTEGER NOT NULL DEFAULT 0,
    avatars       INTEGER NOT NULL DEFAULT 0,
    created_at    INTEGER NOT NULL
, blocked_words TEXT NOT NULL DEFAULT '', close_after INTEGER NOT NULL DEFAULT 0, theme TEXT NOT NULL DEFAULT '' CHECK (theme IN ('', 'light', 'dark')), accent TEXT NOT NULL DEFAULT '', first_view_at INTEGER, removed_at INTEGER, revision INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE TABLE site_origins (
    site_id  INTEGER NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    origin   TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (site_id, origin)
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
    id            INTEGER PRIMARY KEY NOT NULL,
    email         TEXT NOT NULL UNIQUE COLLATE NOCASE,
    name          TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at    INTEGER NOT NULL
, role TEXT NOT NULL DEFAULT 'owner' CHECK (role IN ('owner', 'admin', 'moderator'))) STRICT;

CREATE TABLE guests (
    id         INTEGER PRIMARY KEY NOT NULL,
    site_id    INTEGER NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    name       TEXT NOT NULL DEFAULT '',
    email      TEXT NOT NULL DEFAULT '',
    url        TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL
, email_verified INTEGER NOT NULL DEFAULT 0, source TEXT, source_id TEXT) STRICT;

CREATE INDEX guests_by_site ON guests (site_id);

CREATE TABLE sessions (
    token_hash BLOB PRIMARY KEY NOT NULL,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    agent      TEXT NOT NULL DEFAULT '',
    address    TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_account ON sessions (account_id);

CREATE TABLE setup_links (
    token_hash BLOB PRIMARY KEY NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE threads (
    id         INTEGER PRIMARY KEY NOT NULL,
    site_id    INTEGER NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    page       TEXT NOT NULL,
    url        TEXT NOT NULL DEFAULT '',
    title      TEXT NOT NULL DEFAULT '',
    locked     INTEGER NOT NULL DEFAULT 0,
    count      INTEGER NOT NULL DEFAULT 0, -- published comments
    created_at INTEGER NOT NULL, held INTEGER NOT NULL DEFAULT 0, close_after INTEGER, oldest INTEGER NOT NULL DEFAULT 0, newest INTEGER NOT NULL DEFAULT 0, revision INTEGER NOT NULL DEFAULT 0,
    UNIQUE (site_id, page)
) STRICT;

CREATE TABLE thread_aliases (
    site_id   INTEGER NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    page      TEXT NOT NULL,
    thread_id INTEGER NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    PRIMARY KEY (site_id, page)
) STRICT, WITHOUT ROWID;

CREATE TABLE comments (
    id           INTEGER PRIMARY KEY NOT NULL,
    site_id      INTEGER NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    thread_id    INTEGER NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    parent_id    INTEGER REFERENCES comments (id),
    root_id      INTEGER NOT NULL,
    depth        INTEGER NOT NULL,
    path         BLOB NOT NULL,                -- the ids from the root down to this one, eight bytes each
    guest_id     INTEGER REFERENCES guests (id) ON DELETE SET NULL,
    account_id   INTEGER REFERENCES accounts (id) ON DELETE SET NULL,
    author_name  TEXT NOT NULL,
    author_email TEXT NOT NULL DEFAULT '',
    author_url   TEXT NOT NULL DEFAULT '',
    format       TEXT NOT NULL CHECK (format IN ('markdown', 'html')),
    body         TEXT NOT NULL,                -- as written
    html         TEXT NOT NULL,                -- as shown: sanitised
    status       TEXT NOT NULL CHECK (status IN ('published', 'held', 'spam', 'deleted')),
    held_because TEXT NOT NULL DEFAULT '',
    pinned       INTEGER NOT NULL DEFAULT 0,
    up           INTEGER NOT NULL DEFAULT 0,
    down         INTEGER NOT NULL DEFAULT 0,
    rank         REAL NOT NULL DEFAULT 0,      -- lower bound of the Wilson score interval
    live_replies INTEGER NOT NULL DEFAULT 0,   -- published comments anywhere below this one
    shown        INTEGER NOT NULL GENERATED ALWAYS AS (status = 'published' OR live_replies > 0) STORED,
    address_hash BLOB,
    page_url     TEXT NOT NULL DEFAULT '',     -- what its sender said of the page: believed …
    page_title   TEXT NOT NULL DEFAULT '',     -- … once the comment is published
    created_at   INTEGER NOT NULL,
    edited_at    INTEGER,
    source       TEXT,                         -- where an imported comment came from …
    source_id    TEXT                          -- … and its id there
, network TEXT NOT NULL DEFAULT '', findings TEXT NOT NULL DEFAULT '') STRICT;

CREATE INDEX comments_in_tree ON comments (root_id, path);

CREATE INDEX roots_by_time ON comments (thread_id, pinned, id) WHERE parent_id IS NULL AND shown;

CREATE INDEX roots_by_rank ON comments (thread_id, pinned, rank, id) WHERE parent_id IS NULL AND shown;

CREATE INDEX comments_by_status ON comments (status, id);

CREATE INDEX comments_by_site ON comments (site_id, id);

CREATE INDEX comments_by_site_status ON comments (site_id, status, id);

CREATE INDEX comments_by_thread ON comments (thread_id, id);

CREATE INDEX comments_by_parent ON comments (parent_id);

CREATE INDEX comments_by_guest ON comments (guest_id, status);

CREATE INDEX comments_by_source ON comments (source, source_id) WHERE source IS NOT NULL;

CREATE TABLE votes (
    comment_id   INTEGER NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
    guest_id     INTEGER NOT NULL REFERENCES guests (id) ON DELETE CASCADE,
    value        INTEGER NOT NULL CHECK (value IN (-1, 1)),
    address_hash BLOB NOT NULL,
    at           INTEGER NOT NULL, shadow INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (comment_id, guest_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX votes_by_guest ON votes (guest_id);

CREATE TABLE reports (
    comment_id   INTEGER NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
    address_hash BLOB NOT NULL,
    reason       TEXT NOT NULL,
    at           INTEGER NOT NULL,
    settled_by   INTEGER,                      -- the moderators' batch that dealt with it
    PRIMARY KEY (comment_id, address_hash)
) STRICT, WITHOUT ROWID;

CREATE INDEX open_reports ON reports (comment_id) WHERE settled_by IS NULL;

CREATE TABLE moderations (
    id         INTEGER PRIMARY KEY NOT NULL,
    batch      INTEGER NOT NULL,
    comment_id INTEGER NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
    account_id INTEGER REFERENCES accounts (id) ON DELETE SET NULL,
    was        TEXT NOT NULL,
    because    TEXT NOT NULL,                  -- why it was held or spam before
    became     TEXT NOT NULL,
    undone     INTEGER NOT NULL DEFAULT 0,
    at         INTEGER NOT NULL
, version INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE INDEX moderations_by_batch ON moderations (batch);

CREATE INDEX moderations_by_comment ON moderations (comment_id, at);

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

CREATE UNIQUE INDEX guests_by_source ON guests (site_id, source, source_id) WHERE source IS NOT NULL;

CREATE INDEX guests_by_email ON guests (email) WHERE email <> '';

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

CREATE VIRTUAL TABLE comments_fts USING fts5 (
    author, words, marks, content = '', contentless_delete = 1, prefix = '3 4',
    tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TABLE 'comments_fts_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'comments_fts_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE 'comments_fts_docsize'(id INTEGER PRIMARY KEY, sz BLOB, origin INTEGER);

CREATE TABLE 'comments_fts_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TRIGGER comments_leave_the_index AFTER DELETE ON comments
BEGIN DELETE FROM comments_fts WHERE rowid = old.id; END;

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

CREATE INDEX reports_by_batch ON reports (settled_by) WHERE settled_by IS NOT NULL;

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

CREATE INDEX comments_by_thread_status ON comments (thread_id, status, id);

CREATE INDEX threads_by_newest ON threads (site_id, newest, id);

CREATE INDEX threads_by_count ON threads (site_id, count, id);

CREATE INDEX threads_by_name ON threads (site_id, lower(iif(title = '', page, title)), id);

CREATE INDEX thread_aliases_by_thread ON thread_aliases (thread_id);

CREATE TABLE thread_merges ( -- threads that are gone, and which one has their comments, so that their addresses lead on
    thread_id INTEGER PRIMARY KEY NOT NULL,
    into_id   INTEGER NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    at        INTEGER NOT NULL
) STRICT;

CREATE INDEX thread_merges_by_into ON thread_merges (into_id);

CREATE TRIGGER new_comments_move_their_thread AFTER INSERT ON comments BEGIN
    UPDATE threads SET revision = revision + 1 WHERE id = NEW.thread_id;
END;

CREATE TRIGGER changed_comments_move_their_threads AFTER UPDATE ON comments BEGIN
    UPDATE threads SET revision = revision + 1 WHERE id IN (OLD.thread_id, NEW.thread_id);
END;

CREATE TRIGGER removed_comments_move_their_thread AFTER DELETE ON comments BEGIN
    UPDATE threads SET revision = revision + 1 WHERE id = OLD.thread_id;
END;

CREATE TRIGGER changed_threads_move AFTER UPDATE OF site_id, page, url, title, locked, count, close_after ON threads BEGIN
    UPDATE threads SET revision = revision + 1 WHERE id = NEW.id;
END;

CREATE TRIGGER changed_sites_move AFTER UPDATE OF key, name, sort, display_depth, edit_window, max_length, images, avatars,
    close_after, theme, accent, first_view_at, removed_at ON sites BEGIN
    UPDATE sites SET revision = revision + 1 WHERE id = NEW.id;
END;

CREATE TRIGGER new_origins_move_their_site AFTER INSERT ON site_origins BEGIN
    UPDATE sites SET revision = revision + 1 WHERE id = NEW.site_id;
END;

CREATE TRIGGER removed_origins_move_their_site AFTER DELETE ON site_origins BEGIN
    UPDATE sites SET revision = revision + 1 WHERE id = OLD.site_id;
END;
