//! The list itself. What hangs on something else stands before it, so that from the top down nothing is in the
//! way of what is deleted.

use super::{Column, Fate, Found, Kind, Table};

const fn column(name: &'static str, kind: Kind, cleared: &'static str) -> Column {
    Column { name, kind, cleared }
}

const AN_ACCOUNT: &str = "who looks after the instance has an account, which is removed as such";
const TRAIL: &str = "the audit trail is append-only, so that nobody can hide what they did";

/// Every table with something personal in it.
pub const TABLES: &[Table] = &[
    Table {
        name: "comments_fts",
        key: "rowid",
        about: Found::Comment("rowid"),
        erased: Fate::Deleted,
        anonymised: Fate::Deleted,
        columns: &[
            column("author", Kind::Index, "''"),
            column("words", Kind::Index, "''"),
            column("marks", Kind::Index, "''"),
        ],
        beside: &[],
    },
    Table {
        name: "comment_versions",
        key: "comment_id",
        about: Found::Comment("comment_id"),
        erased: Fate::Deleted,
        anonymised: Fate::WordsStay,
        columns: &[column("body", Kind::Words, "''"), column("html", Kind::Words, "''")],
        beside: &["comment_id", "written_at"],
    },
    Table {
        name: "idempotency",
        key: "comment_id",
        about: Found::Comment("comment_id"),
        erased: Fate::Deleted,
        anonymised: Fate::Deleted,
        columns: &[column("fingerprint", Kind::Reference, "x''")],
        beside: &["comment_id", "created_at"],
    },
    // Whose report it is, nobody can tell: these are the ones about what the person wrote.
    Table {
        name: "reports",
        key: "comment_id",
        about: Found::Comment("comment_id"),
        erased: Fate::Deleted,
        anonymised: Fate::WordsStay,
        columns: &[
            column("reason", Kind::Words, "''"),
            column("address_hash", Kind::OthersAddress, "randomblob(8)"),
        ],
        beside: &["comment_id", "at"],
    },
    Table {
        name: "votes",
        key: "comment_id",
        about: Found::Guest("guest_id"),
        erased: Fate::Deleted,
        anonymised: Fate::Deleted,
        columns: &[column("address_hash", Kind::Address, "x''")],
        beside: &["comment_id", "guest_id", "value", "at"],
    },
    Table {
        name: "comments",
        key: "id",
        about: Found::Comment("id"),
        erased: Fate::Cleared,
        anonymised: Fate::WordsStay,
        columns: &[
            column("author_name", Kind::Name, "iif(status = 'deleted', '', 'Anonymous')"),
            column("author_email", Kind::Email, "''"),
            column("author_url", Kind::Link, "''"),
            column("body", Kind::Words, "''"),
            column("html", Kind::Words, "''"),
            column("address_hash", Kind::Address, "NULL"),
            column("network", Kind::Address, "''"),
            column("findings", Kind::Finding, "''"),
            column("page_url", Kind::Finding, "''"),
            column("page_title", Kind::Finding, "''"),
            column("guest_id", Kind::Reference, "NULL"),
            column("account_id", Kind::Reference, "NULL"),
        ],
        beside: &["id", "thread_id", "parent_id", "status", "created_at", "edited_at"],
    },
    Table {
        name: "guests",
        key: "id",
        about: Found::Guest("id"),
        erased: Fate::Deleted,
        anonymised: Fate::Deleted,
        columns: &[
            column("name", Kind::Name, "''"),
            column("email", Kind::Email, "''"),
            column("url", Kind::Link, "''"),
            column("source_id", Kind::Reference, "'person-' || id"),
        ],
        beside: &["id", "created_at", "email_verified", "source"],
    },
    Table {
        name: "bans",
        key: "id",
        about: Found::Email("pattern", "kind = 'email'"),
        erased: Fate::Deleted,
        anonymised: Fate::Deleted,
        columns: &[column("pattern", Kind::Email, "''"), column("reason", Kind::Finding, "''")],
        beside: &["id", "kind", "created_at", "expires_at"],
    },
    Table {
        name: "invitations",
        key: "id",
        about: Found::Email("email", "true"),
        erased: Fate::Deleted,
        anonymised: Fate::Deleted,
        columns: &[
            column("token_hash", Kind::Secret, "randomblob(32)"),
            column("email", Kind::Email, "'person-' || id || '@anonymous.invalid'"),
        ],
        beside: &["id", "role", "created_at", "expires_at"],
    },
    Table {
        name: "audit",
        key: "id",
        about: Found::Account("account_id"),
        erased: Fate::Kept(TRAIL),
        anonymised: Fate::Kept(TRAIL),
        columns: &[
            column("actor", Kind::Name, "'somebody'"),
            column("address", Kind::Address, "''"),
            column("was", Kind::Finding, "''"),
            column("became", Kind::Finding, "''"),
        ],
        beside: &["id", "at", "action", "subject"],
    },
    Table {
        name: "sessions",
        key: "account_id",
        about: Found::Account("account_id"),
        erased: Fate::Kept(AN_ACCOUNT),
        anonymised: Fate::Kept(AN_ACCOUNT),
        columns: &[
            column("token_hash", Kind::Secret, "randomblob(32)"),
            column("agent", Kind::Device, "''"),
            column("address", Kind::Address, "''"),
        ],
        beside: &["account_id", "created_at", "seen_at", "expires_at"],
    },
    Table {
        name: "accounts",
        key: "id",
        about: Found::Account("id"),
        erased: Fate::Kept(AN_ACCOUNT),
        anonymised: Fate::Kept(AN_ACCOUNT),
        columns: &[
            column("email", Kind::Email, "'person-' || id || '@anonymous.invalid'"),
            column("name", Kind::Name, "'Somebody'"),
            column("password_hash", Kind::Secret, "''"),
        ],
        beside: &["id", "role", "created_at"],
    },
];

/// What is text or bytes and says nothing of a person. A new column stands here or above; a test asks for it.
pub const NOT_PERSONAL: &[(&str, &[&str])] = &[
    ("accounts", &["role"]),
    ("address_salts", &["salt"]),
    ("audit", &["action", "subject", "hash"]),
    ("bans", &["kind"]),
    // Where an imported comment came from stays when it is erased: else the next import would bring it back.
    ("comments", &["path", "format", "status", "held_because", "source", "source_id"]),
    ("guests", &["source"]),
    ("idempotency", &["scope", "key"]),
    ("imports", &["format", "file", "rules", "zone", "report", "failure"]),
    ("invitations", &["role"]),
    ("job_runs", &["job", "outcome"]),
    ("meta", &["key", "value"]),
    ("moderations", &["was", "because", "became"]),
    ("outbox", &["fact"]),
    ("settings", &["key", "value"]),
    ("setup_links", &["token_hash"]),
    ("site_origins", &["origin"]),
    ("sites", &["key", "name", "moderation", "sort", "blocked_words", "theme", "accent"]),
    ("thread_aliases", &["page"]),
    ("threads", &["page", "url", "title"]),
];
