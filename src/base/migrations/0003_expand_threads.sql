-- The ids of a thread's first and last published comments, 0 while it has none: when it was begun, and what is new.
ALTER TABLE threads ADD COLUMN oldest INTEGER NOT NULL DEFAULT 0;
ALTER TABLE threads ADD COLUMN newest INTEGER NOT NULL DEFAULT 0;

CREATE INDEX comments_by_thread_status ON comments (thread_id, status, id);

UPDATE threads SET
    oldest = coalesce((SELECT min(id) FROM comments WHERE thread_id = threads.id AND status = 'published'), 0),
    newest = coalesce((SELECT max(id) FROM comments WHERE thread_id = threads.id AND status = 'published'), 0);

-- The orders of the list of threads, each within a site.
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
